"""A shard and a function without a server: time passes when somebody waits."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from local_aws.event_source import settings
from local_aws.event_source.destinations import As
from local_aws.event_source.events import Source
from local_aws.event_source.feed import Feed
from local_aws.event_source.lane import Lane
from local_aws.event_source.store import Checkpoint
from local_aws.kinesis.store import Store
from local_aws.kinesis.stream import Settings as StreamSettings
from local_aws.kinesis.stream import Stream
from local_aws.tenant import Tenant

Function = Callable[[dict[str, Any]], Any]
"""From an event to an answer; raises `Throttled` or anything else to fail."""


class ThrottledError(Exception):
    """The function is not reached."""


class Clock:
    """Seconds since 1970."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def make_stream(clock: Clock, shards: int = 1) -> tuple[Store, Stream]:
    store = Store(clock=clock)
    return store, store.create(Tenant("0" * 12, "us-east-1"), "s", shards, StreamSettings())


def put(store: Store, stream: Stream, records: Sequence[tuple[str, bytes]]) -> None:
    for key, data in records:
        store.put(stream, [(data, key.encode(), None)])


class FakeFunction:
    """What a lane asks of the function beside invoking it."""

    arn, version = "arn:f", "$LATEST"

    def __init__(self) -> None:
        self.ages: list[float] = []
        self.delivery_failures = 0

    def source(self, arn: str) -> Source:
        return Source(arn, "us-east-1", "arn:role")

    def caller(self) -> As:
        return As("arn:role", "f", "us-east-1", "http://localhost")

    def tell_age(self, milliseconds: float) -> None:
        self.ages.append(milliseconds)

    def tell_delivery_failure(self) -> None:
        self.delivery_failures += 1


class FakeReader:
    """What a lane asks of its mapping, with everything that it said kept."""

    def __init__(self, clock: Clock, function: Function, **document: Any) -> None:
        self.settings = settings.settings_of(settings.DEFAULTS | document)
        self.uuid, self.arn = "uuid", "arn:stream"
        self.function = FakeFunction()
        self.events: list[dict[str, Any]] = []
        self.given_up: list[dict[str, Any]] = []
        self.places: dict[int, Checkpoint] = {}
        self.counted: dict[str, int] = {}
        self._clock = clock
        self._function = function

    async def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        self.events.append(event)
        await asyncio.sleep(0)
        try:
            return {"body": self._function(event), "request_id": f"r{len(self.events)}"}
        except ThrottledError:
            return {"throttle": True, "request_id": ""}
        except ValueError as error:
            body = {"errorMessage": str(error)}
            failed = {"error": True, "function_error": "Unhandled", "body": body}
            return failed | {"request_id": f"r{len(self.events)}"}

    def go_on(self) -> None:
        pass

    async def in_thread(self, _send: Any, *arguments: Any) -> None:
        _, _, document, event, _ = arguments
        self.given_up.append(document | {"event": event})

    async def pause(self, seconds: float, feed: Feed | None = None) -> None:
        self._clock.now += seconds
        await asyncio.sleep(0)

    def reach(self, place: Checkpoint) -> None:
        self.places[place.lane] = place

    def count(self, name: str, events: int) -> None:
        self.counted[name] = self.counted.get(name, 0) + events

    def tell(self, result: str) -> None:
        self.told = result


def read_to_the_end(store: Store, stream: Stream, reader: FakeReader) -> None:
    """Close the first shard and run its lanes until each of them has seen the end."""
    shard = stream.shards[0]
    stream.split(shard, shard.start + 1, int(store.clock()))
    feed = Feed(store, stream, shard, pushed=False)
    count = reader.settings.lanes

    async def run() -> None:
        places = [Checkpoint(0, lane, count, 0) for lane in range(count)]
        reader.places = dict(enumerate(places))
        await asyncio.gather(*(Lane(reader, feed, place).run() for place in places))  # type: ignore[arg-type]

    asyncio.run(run())
    assert all(place.drained and place.position == shard.tip for place in reader.places.values())


def data_of(event: dict[str, Any]) -> list[str]:
    import base64

    return [base64.b64decode(each["kinesis"]["data"]).decode() for each in event["Records"]]
