"""When records of a shard are seen, and how a batching window gathers them."""

import asyncio
from collections.abc import Sequence

import pytest
from botocore.exceptions import ClientError

from event_lanes import Clock, make_stream, put
from local_aws.event_source import batching, checks
from local_aws.event_source.destinations import As
from local_aws.event_source.feed import Feed
from local_aws.event_source.settings import DEFAULTS, settings_of
from local_aws.kinesis.shard import Record
from local_aws.protocol.errors import ServiceError


def seen(records: Sequence[Record]) -> list[bytes]:
    return [record.data for record in records]


def test_a_standard_iterator_looks_once_a_second() -> None:
    clock = Clock()
    store, stream = make_stream(clock)
    feed = Feed(store, stream, stream.shards[0], pushed=False)
    put(store, stream, [("k", b"1"), ("k", b"2")])
    assert seen(feed.read(0, 1)) == [b"1"]
    put(store, stream, [("k", b"3")])
    clock.now += 0.5
    assert seen(feed.read(1, 10)) == [b"2"]
    assert feed.read(2, 10) == ()
    assert feed.until_more() == 0.5
    clock.now += 0.5
    assert seen(feed.read(2, 10)) == [b"3"]


def test_what_is_pushed_is_seen_at_once_and_wakes_who_waits() -> None:
    clock = Clock()
    store, stream = make_stream(clock)
    feed = Feed(store, stream, stream.shards[0], pushed=True)
    assert feed.read(0, 10) == ()
    put(store, stream, [("k", b"1")])
    asyncio.run(asyncio.wait_for(feed.more(60), 30))
    assert seen(feed.read(0, 10)) == [b"1"]

    async def wait_and_put() -> None:
        waiting = asyncio.create_task(feed.more(60))
        await asyncio.sleep(0.05)
        feed.arrived()
        await asyncio.wait_for(waiting, 30)

    asyncio.run(wait_and_put())


def test_who_may_not_read_sees_nothing_more() -> None:
    clock = Clock()
    store, stream = make_stream(clock)
    feed = Feed(store, stream, stream.shards[0], pushed=True)
    put(store, stream, [("k", b"1")])
    feed.denied = True
    assert feed.read(0, 10) == ()
    feed.denied = False
    assert seen(feed.read(0, 10)) == [b"1"]


def test_a_role_that_is_denied_is_told_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "ListShards")

    monkeypatch.setattr(checks, "_read_as", denied)
    _, stream = make_stream(Clock())
    role = As("arn:aws:iam::000000000000:role/r", "f", "us-east-1", "http://localhost")
    with pytest.raises(ServiceError, match=f"Cannot access stream {stream.arn}.*GetRecords"):
        checks.role_reads(stream, stream.arn, role)
    with pytest.raises(ServiceError, match="SubscribeToShard"):
        checks.role_reads(stream, f"{stream.arn}/consumer/c:1", role)


def test_a_closed_shard_is_drained_when_a_look_saw_its_end() -> None:
    clock = Clock()
    store, stream = make_stream(clock)
    shard = stream.shards[0]
    feed = Feed(store, stream, shard, pushed=False)
    put(store, stream, [("k", b"1")])
    assert not feed.drained(0)
    stream.split(shard, 1, int(clock.now))
    assert len(feed.read(0, 10)) == 1
    assert not feed.drained(0)
    assert feed.drained(1)


def gathered(window: int, arrivals: list[float]) -> tuple[float, int]:
    """Say after how many seconds a batch was whole, and of how many records."""
    clock = Clock()
    begun = clock.now
    store, stream = make_stream(clock)
    feed = Feed(store, stream, stream.shards[0], pushed=False)
    times = [begun + each for each in arrivals]

    async def wait(seconds: float) -> None:
        clock.now += seconds
        while times and times[0] <= clock.now:
            times.pop(0)
            put(store, stream, [("k", b"x")])

    settings = settings_of(DEFAULTS | {"MaximumBatchingWindowInSeconds": window, "BatchSize": 3})
    choose = batching.Chooser(lambda _: True, lambda _: True, lambda _: 1, wait)
    found = asyncio.run(batching.gather(feed, 0, settings, choose))
    return clock.now - begun, len(found.records)


def test_without_a_window_a_batch_is_what_a_look_finds() -> None:
    assert gathered(0, [2.5, 2.6, 3.5]) == (3.0, 2)


def test_a_window_gathers_until_it_ends_or_the_batch_is_full() -> None:
    assert gathered(10, [2.5, 4.5]) == (10.0, 2)
    assert gathered(10, [2.5, 4.5, 6.5]) == (7.0, 3)


def test_a_window_without_records_is_followed_by_another() -> None:
    assert gathered(10, [12.5]) == (20.0, 1)
