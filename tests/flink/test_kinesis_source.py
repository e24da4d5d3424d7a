"""Watermarks for each shard: what a backlog, reshards and idle shards must not change."""

import random
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from bursts import EVENTS, START, TUMBLING, burst, stamp
from streams import Stream
from tables import create_table, sink_options, source_options, table_environment


@pytest.mark.parametrize("parallelism", [1, 2])
def test_every_burst_of_a_backlog_is_found(local_aws, run, parallelism):
    # An hour in four shards of very different density: whoever reads one of them
    # faster, without a watermark of its own, makes the others late.
    events = Stream.create(local_aws, f"backlog-{parallelism}", 4)
    alerts = Stream.create(local_aws, f"backlog-alerts-{parallelism}", 1)
    draw = random.Random(4)
    for shard, background in enumerate([3000, 900, 300, 100]):
        rows = [
            {"user_id": draw.randrange(10_000, 99_999), "txn": stamp(START + timedelta(seconds=s))}
            for s in (draw.uniform(0, 3600) for _ in range(background))
        ]
        for user in range(shard, 40, 4):
            rows += burst(user, START + timedelta(seconds=80 * user + 30))
        events.put_events(sorted(rows, key=lambda row: row["txn"]), shard)
    events.end_event_time(stamp(START + timedelta(hours=2)))

    environment = table_environment(parallelism)
    options = {"source.shard.get-records.max-record-count": "300"}
    create_table(
        environment,
        "events",
        EVENTS.format(delay=10),
        source_options(local_aws, events, **options),
    )
    create_table(
        environment,
        "alerts",
        "user_id BIGINT, window_start STRING, action_count BIGINT",
        sink_options(local_aws, alerts),
    )
    run(environment, TUMBLING)
    found = alerts.read_rows(lambda rows: len(rows) >= 40)
    assert sorted(row["user_id"] for row in found) == list(range(40))
    assert {row["action_count"] for row in found} == {12}


def test_split_and_merge_under_a_running_job_lose_and_double_nothing(local_aws, run):
    events = Stream.create(local_aws, "reshard", 2)
    counts = Stream.create(local_aws, "reshard-counts", 1)
    environment = table_environment(2)
    create_table(
        environment,
        "events",
        EVENTS.format(delay=1),
        source_options(local_aws, events, **{"source.shard.discovery.interval": "1 s"}),
    )
    create_table(
        environment,
        "counts",
        "window_start STRING, events BIGINT, numbers BIGINT",
        sink_options(local_aws, counts),
    )
    # A late event would be missing in the sums, one that was read twice would be too many.
    run(
        environment,
        """
        INSERT INTO counts
        SELECT CAST(window_start AS STRING), COUNT(*), SUM(user_id)
        FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(txn), INTERVAL '1' SECOND))
        GROUP BY window_start, window_end""",
    )
    sent = 0
    stop = threading.Event()

    def write() -> None:
        nonlocal sent
        while not stop.is_set():
            now = datetime.now(UTC).replace(tzinfo=None)
            events.put_events({"user_id": sent + i, "txn": stamp(now)} for i in range(50))
            sent += 50
            time.sleep(0.1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts.read(lambda records: len(records) >= 2)
        first = events.open_shards()[0]
        middle = (
            int(first["HashKeyRange"]["StartingHashKey"])
            + int(first["HashKeyRange"]["EndingHashKey"])
        ) // 2
        events.kinesis.split_shard(
            StreamName=events.name, ShardToSplit=first["ShardId"], NewStartingHashKey=str(middle)
        )
        time.sleep(2)
        one, two = sorted(
            events.open_shards(), key=lambda shard: int(shard["HashKeyRange"]["StartingHashKey"])
        )[1:]
        events.kinesis.merge_shards(
            StreamName=events.name, ShardToMerge=one["ShardId"], AdjacentShardToMerge=two["ShardId"]
        )
        time.sleep(2)
    finally:
        stop.set()
        writer.join()
    events.end_event_time(stamp(datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=1)))
    rows = counts.read_rows(lambda rows: sum(row["events"] for row in rows) >= sent)
    assert sum(row["events"] for row in rows) == sent
    assert sum(row["numbers"] for row in rows) == sent * (sent - 1) // 2
    assert len(events.shards()) == 5


def test_idle_shards_and_readers_without_a_shard_hold_nothing_back(local_aws, run):
    # Two shards for three readers, one of the shards silent.
    events = Stream.create(local_aws, "idle", 2)
    alerts = Stream.create(local_aws, "idle-alerts", 1)
    events.put_events(burst(1, START), 0)
    events.put_events([{"user_id": -1, "txn": stamp(START + timedelta(hours=1))}], 0)
    environment = table_environment(3)
    create_table(
        environment,
        "events",
        EVENTS.format(delay=10),
        source_options(local_aws, events, **{"scan.watermark.idle-timeout": "1 s"}),
    )
    create_table(
        environment,
        "alerts",
        "user_id BIGINT, window_start STRING, action_count BIGINT",
        sink_options(local_aws, alerts),
    )
    run(environment, TUMBLING)
    assert alerts.read_rows(bool) == [
        {"user_id": 1, "window_start": "2019-10-01 00:00:00.000", "action_count": 12}
    ]
