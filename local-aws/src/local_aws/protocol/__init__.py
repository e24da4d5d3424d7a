"""How a service of ours is called: read, checked, carried out and answered, once for all of them.

A request flows `http` → `codec` → `validate` → the service's operations → `codec` → `http`;
`service.Service` is that way, `model` says what botocore knows of a service. Another protocol is
another `codec.Codec` and, where the operation does not stand in ``x-amz-target``, another way to
name it in `service.Service.operation_of`.
"""
