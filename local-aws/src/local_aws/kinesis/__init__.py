"""The project's own Kinesis Data Streams.

`store.Store` holds streams and can be used from Python; `asgi.Application`
serves it over HTTP; `ministack_bridge.install` shows it to ministack's own
services. A request flows asgi → wire → operations → store → stream → shard,
and accepted records from the store to the journal.
"""
