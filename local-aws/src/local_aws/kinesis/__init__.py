"""The project's own Kinesis Data Streams.

`store.Store` holds streams and can be used from Python; `service.KinesisService` serves it over
HTTP by the table in `operations`. A request flows operations → store → stream → shard, and
accepted records from the store to the journal.
"""
