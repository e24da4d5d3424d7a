"""How a service of ours is called: read, checked, carried out and answered, once for all of them.

A request flows `http` → `codec` → `validate` → the service's operations → `codec` → `http`;
`service.Service` is that way, `model` says what botocore knows of a service. `query` is the
encoding of forms and XML, whose operation stands in the body; `rest` reads it, and some arguments,
off the path; that of all others stands in the header ``x-amz-target`` or in the path of an RPC.
Another protocol is another `codec.Codec`.
"""
