"""ministack's other services see our streams.

CloudFormation, Lambda's event sources, DynamoDB, Firehose and state machines
reach Kinesis through the module ``ministack.services.kinesis``, so its names
that they use are pointed at our store. The views below have the shape of
ministack's own dictionaries, as far as those services look into them.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

from local_aws.kinesis.errors import KinesisError
from local_aws.kinesis.shard import Shard
from local_aws.kinesis.store import Entry, Store
from local_aws.kinesis.stream import ON_DEMAND, ON_DEMAND_SHARDS, Settings, Stream
from local_aws.ministack.foreign import arn as arns
from local_aws.ministack.foreign import concurrency, firehose, kinesis
from local_aws.protocol.http import Answer, Request
from local_aws.tenant import Tenant, current

_READ_BYTES = 6 << 20


def install(store: Store, answer: Callable[[Request], Answer]) -> None:
    """Point ministack's Kinesis at a store.

    Parameters
    ----------
    store : Store
        All streams.
    answer : callable
        Answers a request that reaches Kinesis through another service, for
        instance a state machine's.
    """

    async def handle_request(
        _method: str, _path: str, headers: dict[str, str], body: bytes, _query: dict[str, Any]
    ) -> tuple[int, dict[str, str], Any]:
        operation = headers.get("x-amz-target", "").partition(".")[2]
        said = answer(Request(operation, body, headers, current()))
        return said.status, {"Content-Type": said.headers["content-type"]}, said.body

    def put_record_internal(arn: str, partition_key: str, data: bytes) -> bool:
        stream = _at(store, arn)
        return stream is not None and _put(store, stream, data, partition_key)

    def resolve(arn: str) -> "StreamView | None":
        stream = _at(store, arn)
        return None if stream is None else StreamView(store, stream)

    for name, value in {
        "_streams": Streams(store),
        "_build_shards": lambda count, start_index=0: count,
        "_resolve_stream_by_arn": resolve,
        "put_record_internal": put_record_internal,
        "handle_request": handle_request,
        "get_state": dict,
        "load_persisted_state": lambda state: None,
        "reset": store.reset,
    }.items():
        kinesis.replace(name, value)
    store.listeners.append(_tell)


class Records(Sequence[dict[str, Any]]):
    """A shard's records by position, expired ones included in the count."""

    def __init__(self, shard: Shard) -> None:
        self._shard = shard

    def __len__(self) -> int:
        return self._shard.tip

    @overload
    def __getitem__(self, at: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, at: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, at: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        """Read one record, or those of a slice."""
        if isinstance(at, int):
            return self[at : at + 1][0]
        start, stop, _ = at.indices(len(self))
        return [
            {
                "SequenceNumber": record.sequence_number,
                "ApproximateArrivalTimestamp": record.arrival / 1000,
                "Data": record.data,
                "PartitionKey": record.partition_key,
            }
            for record in self._shard.read(start, max(0, stop - start), _READ_BYTES)
            if record.position < stop
        ]


class StreamView:
    """A stream as ministack's services look into it."""

    def __init__(self, store: Store, stream: Stream) -> None:
        self._store = store
        self._stream = stream

    def __getitem__(self, name: str) -> Any:
        stream = self._stream
        match name:
            case "StreamName":
                return stream.name
            case "StreamARN":
                return stream.arn
            case "StreamStatus":
                return stream.status(self._store.clock())
            case "tags":
                return stream.settings.tags
            case "shards":
                return {shard.id: {"records": Records(shard)} for shard in stream.shards.values()}
            case _:
                raise KeyError(f"ministack asks for {name} of a stream")

    def __setitem__(self, name: str, value: Any) -> None:
        settings = self._stream.settings
        match name:
            case "RetentionPeriodHours":
                settings.retention_hours = value
            case "StreamModeDetails":
                settings.mode = value["StreamMode"]
            case _:
                raise KeyError(f"ministack sets {name} of a stream")
        self._store.changed(self._stream)

    def get(self, name: str, default: Any = None) -> Any:
        """Look a member up."""
        try:
            return self[name]
        except KeyError:
            return default

    def setdefault(self, name: str, _default: Any) -> Any:
        """Look a member up; all of them are there."""
        return self[name]


class Streams:
    """All streams as ministack's services look them up, within the present request's tenant."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, name: str, default: Any = None) -> Any:
        """Look a stream up by its name."""
        return self.get_scoped(current().account, current().region, name, default)

    def get_scoped(self, account: str, region: str, name: str, default: Any = None) -> Any:
        """Look a stream up by account, region and name."""
        stream = self._store.find(Tenant(account, region), name)
        return default if stream is None else StreamView(self._store, stream)

    def all_items(self) -> Iterator[tuple[tuple[str, str, str], StreamView]]:
        """Go through the streams of every tenant."""
        for stream in self._store.every():
            key = (stream.tenant.account, stream.tenant.region, stream.name)
            yield key, StreamView(self._store, stream)

    def __contains__(self, name: str) -> bool:
        return self._store.find(current(), name) is not None

    def __setitem__(self, name: str, said: dict[str, Any]) -> None:
        mode = said["StreamModeDetails"]["StreamMode"]
        shards = ON_DEMAND_SHARDS if mode == ON_DEMAND else said["shards"]
        settings = Settings(mode, said["RetentionPeriodHours"], tags=dict(said["tags"]))
        try:
            self._store.create(current(), name, shards, settings)
        except KinesisError as error:
            # what CloudFormation turns into CREATE_FAILED with this reason
            raise ValueError(error.message) from error

    def pop(self, name: str, default: Any = None) -> Any:
        """Delete a stream."""
        stream = self._store.find(current(), name)
        if stream is None:
            return default
        self._store.delete(stream)
        return StreamView(self._store, stream)


def _at(store: Store, arn: str) -> Stream | None:
    try:
        spec = arns.parse_arn(arn)
    except arns.ArnParseError:
        return None
    name = spec.resource.removeprefix("stream/")
    stream = store.find(Tenant(spec.account_id, spec.region), name)
    return stream if stream is not None and stream.arn == arn else None


def _put(store: Store, stream: Stream, data: bytes, partition_key: str) -> bool:
    return store.put(stream, [(data, partition_key.encode(), None)])[0][1] is not None


def _tell(stream: Stream, entries: list[Entry]) -> None:
    """Wake Lambda's pollers, and hand records to the delivery streams that read this stream."""
    concurrency.esm_wake.set()
    if firehose._streams._data:
        records = [(key.decode(), data) for data, key, _ in entries]
        firehose.ingest_from_kinesis_source(stream.arn, records)
