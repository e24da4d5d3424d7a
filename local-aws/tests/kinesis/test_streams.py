"""Shards, sequence numbers and expiry of the local Kinesis, without a server."""

import itertools
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_aws.kinesis import sequence
from local_aws.kinesis.errors import KinesisError
from local_aws.kinesis.keyspace import SIZE, as_bytes, hash_key
from local_aws.kinesis.limits import Options
from local_aws.kinesis.sequence import SequenceNumber
from local_aws.kinesis.service import KinesisService
from local_aws.kinesis.shard import Shard
from local_aws.kinesis.store import Entry, Store
from local_aws.kinesis.stream import Settings, Stream
from local_aws.protocol.errors import ServiceError
from local_aws.tenant import Tenant

call = KinesisService.call
TENANT = Tenant("000000000000", "us-east-1")
NOW = 1_795_000_000


class Clock:
    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def entry(data: bytes, key: str = "k", place: int | None = None) -> Entry:
    return data, key.encode(), None if place is None else as_bytes(place)


def add(shard: Shard, data: bytes, now: int) -> int:
    number = shard.first_number(now)
    shard.extend([data], [b"k"], now)
    return number


def make_stream(shards: int = 1) -> Stream:
    stream = Stream(TENANT, "s", NOW, Settings())
    stream.add_shards(shards, NOW)
    return stream


def assert_partition(stream: Stream) -> None:
    shards = stream.open_shards
    assert shards[0].start == 0
    assert shards[-1].end == SIZE - 1
    assert all(left.end + 1 == right.start for left, right in itertools.pairwise(shards))


changes = st.lists(
    st.one_of(
        st.tuples(st.just("split"), st.integers(0, SIZE - 1)),
        st.tuples(st.just("merge"), st.integers(0, SIZE - 1)),
        st.tuples(st.just("reshard"), st.integers(1, 9)),
    ),
    max_size=12,
)


@given(st.integers(1, 9), changes)
@settings(max_examples=40, deadline=None)
def test_open_shards_always_divide_the_whole_key_space(count, steps):
    stream = make_stream(count)
    for kind, value in steps:
        shard = stream.shard_for(as_bytes(value))
        if kind == "split" and shard.start < value:
            stream.split(shard, value, NOW)
        elif kind == "merge" and shard.end < SIZE - 1:
            stream.merge(shard, stream.shard_for(as_bytes(shard.end + 1)), NOW)
        elif kind == "reshard":
            stream.reshard(value, NOW)
            starts = [other.start for other in stream.open_shards]
            assert starts == [number * (SIZE // value) for number in range(value)]
        assert_partition(stream)
        for child in stream.shards.values():
            parents = [stream.shards[number] for number in child.parents]
            assert len(parents) <= 2
            assert all(p.start <= child.start <= p.end or p.start <= child.end for p in parents)
            for parent in parents:
                assert int(parent.ending_sequence_number) < int(child.starting_sequence_number)


@given(st.integers(1, 9), st.lists(st.integers(0, SIZE - 1), min_size=1))
@settings(max_examples=40, deadline=None)
def test_each_hash_key_goes_to_the_shard_that_holds_it(count, keys):
    stream = make_stream(count)
    for key in keys:
        shard = stream.shard_for(as_bytes(key))
        assert shard.start <= key <= shard.end


@given(
    st.builds(
        SequenceNumber,
        created=st.integers(0, (1 << 36) - 1),
        shard=st.integers(0, (1 << 31) - 1),
        position=st.integers(0, sequence.LAST_INDEX),
        second=st.integers(0, (1 << 36) - 1),
    )
)
def test_sequence_number_is_read_back_as_it_was_written(number):
    assert sequence.decode(sequence.encode(number)) == number


@given(st.text("0123456789", min_size=1, max_size=60))
def test_other_digits_are_refused_or_are_what_we_would_write(text):
    try:
        number = sequence.decode(text)
    except ValueError:
        return
    assert int(sequence.encode(number)) & ~(0xFF << 72) == int(text) & ~(0xFF << 72)


def test_sequence_numbers_order_by_arrival_even_when_the_clock_goes_back():
    shard = Shard(0, 0, SIZE - 1, NOW)
    times = [NOW * 1000, NOW * 1000 + 2500, NOW * 1000 - 60_000, NOW * 1000 + 2600]
    numbers = [add(shard, b"x", time) for time in times]
    assert numbers == sorted(set(numbers))
    assert all(len(str(number)) == 56 for number in numbers)
    assert int(shard.starting_sequence_number) < numbers[0]


def test_expired_records_leave_and_positions_stay():
    shard = Shard(0, 0, SIZE - 1, NOW)
    for number in range(100_000):
        add(shard, b"%d" % number, NOW * 1000 + number)
    shard.expire(NOW * 1000 + 70_000)
    assert shard.first == 70_000
    assert shard.tip == 100_000
    first = shard.read(0, 1, 1 << 20)[0]
    assert (first.position, first.data) == (70_000, b"70000")
    assert shard.position_at_time(NOW * 1000 + 80_000.5) == 80_001
    shard.expire(NOW * 1000 + 1_000_000)
    assert shard.first == shard.tip == 100_000
    assert shard.read(0, 10, 1 << 20) == []


def test_read_stops_at_the_byte_limit_but_gives_one_record_at_least():
    shard = Shard(0, 0, SIZE - 1, NOW)
    for _ in range(5):
        add(shard, b"x" * 400, NOW * 1000)
    assert len(shard.read(0, 10, 1000)) == 2
    assert len(shard.read(0, 10, 1)) == 1


def test_closed_shard_disappears_when_its_records_have_expired():
    clock = Clock()
    store = Store(clock=clock)
    stream = store.create(TENANT, "s", 1, Settings())
    store.put(stream, [entry(b"old")])
    stream.split(stream.open_shards[0], SIZE // 2, int(clock()))
    assert len(store.stream(TENANT, "s").shards) == 3
    clock.now += 24 * 3600 + 2
    assert [shard.number for shard in store.stream(TENANT, "s").shards.values()] == [1, 2]


def test_eight_threads_lose_nothing_and_keep_each_keys_order():
    store = Store()
    stream = store.create(TENANT, "s", 4, Settings())

    def put(thread: int) -> None:
        for number in range(200):
            batch = [entry(b"%d" % (number * 5 + at), f"key-{thread}") for at in range(5)]
            store.put(stream, batch)

    threads = [threading.Thread(target=put, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen: dict[str, list[int]] = {}
    for shard in stream.shards.values():
        for record in shard.read(0, 100_000, 1 << 30):
            seen.setdefault(record.partition_key, []).append(int(record.data))
    assert seen == {f"key-{number}": list(range(1000)) for number in range(8)}


def test_throttle_refuses_the_rest_of_a_shard_and_spares_the_others():
    clock = Clock()
    store = Store(Options(throttle=True), clock=clock)
    stream = store.create(TENANT, "s", 2, Settings())
    low, high = entry(b"x", "k", 0), entry(b"x", "k", SIZE - 1)
    assert all(number for _ in range(2) for _, number in store.put(stream, [low] * 500))
    placed = store.put(stream, [low, high, low, high])
    assert [number is None for _, number in placed] == [True, False, True, False]
    clock.now += 0.5
    placed = store.put(stream, [low] * 501)
    assert [number is None for _, number in placed] == [False] * 500 + [True]


def test_throttle_counts_bytes_in_and_calls_and_bytes_out():
    clock = Clock()
    store = Store(Options(throttle=True), clock=clock)
    stream = store.create(TENANT, "s", 1, Settings(max_record_kib=10_240))
    big = entry(b"x" * 700_000)
    assert [bool(number) for _, number in store.put(stream, [big, big])] == [True, False]
    clock.now += 1
    assert store.put(stream, [big])[0][1]

    asked = {"StreamName": "s", "ShardId": "shardId-000000000000"}
    iterator = call(store, TENANT, "GetShardIterator", asked | {"ShardIteratorType": "LATEST"})
    for _ in range(5):
        call(store, TENANT, "GetRecords", iterator)
    with pytest.raises(KinesisError, match="Rate exceeded for shard shardId-000000000000"):
        call(store, TENANT, "GetRecords", iterator)
    clock.now += 1
    start = call(store, TENANT, "GetShardIterator", asked | {"ShardIteratorType": "TRIM_HORIZON"})
    store.put(stream, [entry(b"x" * 9_000_000, "k", 0)])
    clock.now += 9
    store.put(stream, [big])
    assert len(call(store, TENANT, "GetRecords", start)["Records"]) >= 2
    clock.now += 1
    with pytest.raises(KinesisError) as caught:
        call(store, TENANT, "GetRecords", start)
    assert caught.value.code == "ProvisionedThroughputExceededException"


def test_iterator_expires_after_its_time():
    clock = Clock()
    store = Store(Options(iterator_seconds=2), clock=clock)
    store.create(TENANT, "s", 1, Settings())
    asked = {"StreamName": "s", "ShardId": "shardId-000000000000", "ShardIteratorType": "LATEST"}
    iterator = call(store, TENANT, "GetShardIterator", asked)
    clock.now += 2
    call(store, TENANT, "GetRecords", iterator)
    clock.now += 0.1
    with pytest.raises(KinesisError, match="tolerated delay of 2000 milliseconds") as caught:
        call(store, TENANT, "GetRecords", iterator)
    assert caught.value.code == "ExpiredIteratorException"


def test_millis_behind_latest_is_the_age_of_what_was_read_until_the_tip():
    clock = Clock()
    store = Store(clock=clock)
    stream = store.create(TENANT, "s", 1, Settings())
    for wait in (10, 10, 0, 0):
        store.put(stream, [entry(b"x")])
        clock.now += wait
    asked = {"StreamName": "s", "ShardId": "shardId-000000000000"}
    start = call(store, TENANT, "GetShardIterator", asked | {"ShardIteratorType": "TRIM_HORIZON"})
    iterator = start["ShardIterator"]
    behind = []
    for _ in range(5):
        answer = call(store, TENANT, "GetRecords", {"ShardIterator": iterator, "Limit": 1})
        iterator = answer["NextShardIterator"]
        behind.append(answer["MillisBehindLatest"])
    assert behind == [20_000, 10_000, 1, 0, 0]


def test_streams_and_records_survive_a_restart_and_a_torn_write(tmp_path: Path):
    clock = Clock()
    store = Store(folder=tmp_path, clock=clock)
    stream = store.create(TENANT, "..", 2, Settings(tags={"a": "b"}))
    keys = [f"käy-{number}" for number in range(50)]
    first = store.put(stream, [entry(key.encode(), key) for key in keys])
    stream.split(stream.open_shards[0], 12345, int(clock()))
    store.changed(stream)
    clock.now += 23 * 3600
    second = store.put(stream, [entry(key.encode(), key) for key in keys])
    # no close: what was answered is in the files already; a kill may leave half a frame
    log = next(tmp_path.rglob("shardId-000000000001.log"))
    with log.open("ab") as file:
        file.write(b"\x01\x02")

    again = Store(folder=tmp_path, clock=clock)
    assert again.stream(TENANT, "..").settings.tags == {"a": "b"}
    assert content(again, "..") == content(store, "..")
    third = again.put(again.stream(TENANT, ".."), [entry(b"x", key) for key in keys])
    order = [[int(number) for _, number in placed] for placed in (first, second, third)]
    for at, key in enumerate(keys):
        assert order[0][at] < order[1][at] < order[2][at], key

    clock.now += 2 * 3600
    later = Store(folder=tmp_path, clock=clock)
    assert [data for _, data in content(later, "..")] != []
    assert {number for number, _ in content(later, "..")} == {
        str(number) for number in order[1] + order[2]
    }
    assert content(Store(folder=tmp_path, clock=clock), "..") == content(later, "..")


def content(store: Store, name: str) -> list[tuple[str, bytes]]:
    stream = store.stream(TENANT, name)
    return sorted(
        (record.sequence_number, record.data)
        for shard in stream.shards.values()
        for record in shard.read(0, 100_000, 1 << 30)
    )


@pytest.mark.parametrize(
    ("operation", "request_", "code"),
    [
        ("CreateStream", {"ShardCount": 20_001}, "LimitExceededException"),
        (
            "AddTagsToStream",
            {"StreamName": "s", "Tags": {"aws:x": "y"}},
            "InvalidArgumentException",
        ),
    ],
)
def test_quotas_and_reserved_tags_are_refused(operation, request_, code):
    store = Store()
    store.create(TENANT, "s", 1, Settings())
    with pytest.raises(ServiceError) as caught:
        call(store, TENANT, operation, {"StreamName": "t"} | request_)
    assert caught.value.code == code


def test_hash_key_is_the_md5_of_the_key():
    assert hash_key(b"a").hex() == "0cc175b9c0f1b6a831c399e269772661"
