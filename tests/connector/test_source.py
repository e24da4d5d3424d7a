"""Watermarks for each shard: what a backlog, reshards and idle shards must not change."""

import random
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from support.bursts import EVENTS, START, TUMBLING, burst, stamp
from support.streams import Stream
from support.tables import (
    POLLED,
    PUSHED,
    create_table,
    sink_options,
    source_options,
    table_environment,
)

MARK = 99


@pytest.fixture(scope="module")
def backlog(local_aws):
    """Two hours in four shards of very different density, 40 bursts; then a mark in each shard.

    Whoever reads one of the shards faster, without a watermark of its own, makes the others late.
    """
    events = Stream.create(local_aws, "backlog", 4)
    draw = random.Random(4)
    for shard, background in enumerate([3000, 900, 300, 100]):
        rows = [
            {"user_id": draw.randrange(10_000, 99_999), "txn": stamp(START + timedelta(seconds=s))}
            for s in (draw.uniform(0, 3600) for _ in range(background))
        ]
        for user in range(shard, 40, 4):
            rows += burst(user, START + timedelta(seconds=80 * user + 30))
        rows += burst(MARK, START + timedelta(hours=2))
        events.put_events(sorted(rows, key=lambda row: row["txn"]), shard)
    events.end_event_time(stamp(START + timedelta(hours=3)))
    return events


def backlog_table(local_aws, environment, backlog, name):
    options = {"source.shard.get-records.max-record-count": "300"}
    create_table(
        environment,
        name,
        EVENTS.format(delay=10),
        source_options(local_aws, backlog, **options),
    )


def alerts_table(local_aws, environment, stream):
    """The stream that TUMBLING writes to, with a table of it."""
    alerts = Stream.create(local_aws, stream, 1)
    create_table(
        environment,
        "alerts",
        "user_id BIGINT, window_start STRING, action_count BIGINT",
        sink_options(local_aws, alerts),
    )
    return alerts


def found_bursts(local_aws, run, environment, target):
    """Users and counts of the alerts before the mark's, which closes all earlier windows."""
    alerts = alerts_table(local_aws, environment, target)
    run(environment, TUMBLING)
    rows = alerts.read_rows(lambda rows: any(row["user_id"] == MARK for row in rows))
    return sorted((row["user_id"], row["action_count"]) for row in rows if row["user_id"] != MARK)


@pytest.mark.parametrize("parallelism", [1, 2])
def test_every_burst_of_a_backlog_is_found(local_aws, run, backlog, parallelism):
    environment = table_environment(parallelism)
    backlog_table(local_aws, environment, backlog, "events")
    found = found_bursts(local_aws, run, environment, f"backlog-alerts-{parallelism}")
    assert found == [(user, 12) for user in range(40)]


def test_with_one_watermark_behind_the_source_bursts_are_missed(local_aws, run, backlog):
    # The control of the test above: what it finds hangs on a watermark for each shard.
    from pyflink.common import Duration, WatermarkStrategy
    from pyflink.table import Schema

    environment = table_environment(1)
    backlog_table(local_aws, environment, backlog, "shards")
    # The rowtime is the stream's own timestamp as well: of that one the column is made anew.
    merged = environment.to_data_stream(
        environment.sql_query("SELECT user_id, txn AS rowtime FROM shards")
    ).assign_timestamps_and_watermarks(
        WatermarkStrategy.for_bounded_out_of_orderness(Duration.of_seconds(10))
    )
    schema = (
        Schema.new_builder()
        .column_by_metadata("txn", "TIMESTAMP_LTZ(3)", "rowtime", is_virtual=True)
        .watermark("txn", "SOURCE_WATERMARK()")
        .build()
    )
    environment.create_temporary_view("events", merged, schema)
    found = found_bursts(local_aws, run, environment, "backlog-alerts-merged")
    assert {user for user, _ in found} < set(range(40))


def test_alignment_keeps_shards_together(local_aws, run):
    # One shard of an hour, one that has not passed its first second: within a minute of it.
    events = Stream.create(local_aws, "drift", 2)
    copy = Stream.create(local_aws, "drift-copy", 1)
    hour = [
        {"user_id": 1, "txn": stamp(START + timedelta(seconds=second))} for second in range(3600)
    ]
    events.put_events(hour[:1], 1)
    events.put_events(hour, 0)
    environment = table_environment(1)
    options = {
        "source.shard.get-records.max-record-count": "100",
        "scan.watermark.alignment.group": "together",
        "scan.watermark.alignment.max-drift": "1 min",
        "scan.watermark.alignment.update-interval": "100 ms",
    }
    create_table(
        environment,
        "events",
        EVENTS.format(delay=0),
        source_options(local_aws, events, **options),
    )
    create_table(environment, "target", "user_id BIGINT", sink_options(local_aws, copy))
    run(environment, "INSERT INTO target SELECT user_id FROM events")
    copied, before = len(copy.read(bool)), 0
    while copied > before:
        time.sleep(1)
        copied, before = len(copy.read(bool)), copied
    assert 60 <= copied <= 1200
    events.put_events(hour[-1:], 1)
    copy.read(lambda records: len(records) == len(hour) + 2)


@pytest.mark.parametrize("reader", [POLLED, PUSHED], ids=["polled", "pushed"])
def test_split_and_merge_under_a_running_job_lose_and_double_nothing(local_aws, run, reader):
    events = Stream.create(local_aws, f"reshard-{len(reader)}", 2)
    counts = Stream.create(local_aws, f"reshard-counts-{len(reader)}", 1)
    environment = table_environment(2)
    create_table(
        environment,
        "events",
        EVENTS.format(delay=1),
        source_options(local_aws, events, **{"source.shard.discovery.interval": "1 s"}, **reader),
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
    events.put_events(burst(1, START), 0)
    events.put_events([{"user_id": -1, "txn": stamp(START + timedelta(hours=1))}], 0)
    environment = table_environment(3)
    create_table(
        environment,
        "events",
        EVENTS.format(delay=10),
        source_options(local_aws, events, **{"scan.watermark.idle-timeout": "1 s"}),
    )
    alerts = alerts_table(local_aws, environment, "idle-alerts")
    run(environment, TUMBLING)
    assert alerts.read_rows(bool) == [
        {"user_id": 1, "window_start": "2019-10-01 00:00:00.000", "action_count": 12}
    ]


@pytest.mark.parametrize("parallelism", [1, 2])
def test_no_exchange_keeps_what_was_read_for_what_comes_later(local_aws, run, parallelism):
    # Without its time-out a buffer goes on when it is full, which no buffer here ever is.
    events = Stream.create(local_aws, f"through-{parallelism}", 2)
    events.put_events(burst(1, START), 0)
    counts = Stream.create(local_aws, f"through-counts-{parallelism}", 1)
    environment = table_environment(parallelism, execution_buffer__timeout_enabled="false")
    create_table(
        environment,
        "events",
        EVENTS.format(delay=10) + ", arrived AS PROCTIME()",
        source_options(local_aws, events),
    )
    create_table(environment, "counts", "user_id BIGINT, n BIGINT", sink_options(local_aws, counts))
    run(
        environment,
        """
        INSERT INTO counts
        SELECT user_id, COUNT(*) OVER (PARTITION BY user_id ORDER BY arrived)
        FROM (
            SELECT
                user_id,
                arrived,
                ROW_NUMBER() OVER (PARTITION BY user_id, txn ORDER BY arrived) AS copy
            FROM events
        )
        WHERE copy = 1""",
    )
    first = counts.read_rows(bool)
    events.put_events(burst(2, START), 1)
    rows = counts.read_rows(lambda rows: any(row["user_id"] == 2 for row in rows))
    assert {row["user_id"] for row in first} == {1}
    assert {row["user_id"] for row in rows} == {1, 2}
