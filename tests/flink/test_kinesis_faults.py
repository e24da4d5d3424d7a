"""What goes wrong around a job: it may cost time, never a record."""

import base64
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from alert_job import submit
from bursts import START, burst, stamp
from proxy import FaultyProxy
from streams import PATIENCE_S, Stream
from tables import CREDENTIALS, create_table, sink_options, source_options, table_environment


def hour(users: range, hours: int) -> list[dict[str, object]]:
    """A burst of each user, a minute apart, with some events between."""
    begin = START + timedelta(hours=hours)
    rows = []
    for number, user in enumerate(users):
        at = begin + timedelta(minutes=number, seconds=30)
        rows += [{"user_id": 1000 + number, "txn": stamp(begin + timedelta(minutes=number))}]
        rows += burst(user, at)
    return rows


def test_killed_job_restored_from_its_checkpoint_loses_no_alert(local_aws, aws_env, jobs, tmp_path):
    events = Stream.create(local_aws, "kill", 4)
    alerts = Stream.create(local_aws, "kill-alerts", 1)
    checkpoints = (tmp_path / "checkpoints").as_uri()
    for shard in range(4):
        events.put_events(hour(range(10 * shard, 10 * shard + 10), 0), shard)
    command = [sys.executable, str(Path(__file__).with_name("alert_job.py"))]
    with (tmp_path / "job.log").open("wb") as log:
        job = subprocess.Popen(
            [*command, events.name, alerts.name, checkpoints],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        alerts.read(lambda records: len(records) >= 20)
        # What arrives between the last checkpoint and the end is in neither.
        for shard in range(4):
            events.put_events(hour(range(40 + 10 * shard, 50 + 10 * shard), 1), shard)
        deadline = time.monotonic() + PATIENCE_S
        while not (kept := sorted((tmp_path / "checkpoints").glob("*/chk-*/_metadata"))):
            assert time.monotonic() < deadline, (tmp_path / "job.log").read_text()
            time.sleep(0.05)
    finally:
        os.killpg(job.pid, signal.SIGKILL)
        job.wait()
    kept = sorted((tmp_path / "checkpoints").glob("*/chk-*/_metadata"), key=os.path.getmtime)
    for shard in range(4):
        events.put_events(hour(range(80 + 10 * shard, 90 + 10 * shard), 2), shard)
    events.end_event_time(stamp(START + timedelta(hours=9)))

    restored = submit(
        events.name,
        alerts.name,
        checkpoints,
        {"aws.endpoint": local_aws, **CREDENTIALS},
        execution_state__recovery_path=kept[-1].parent.as_uri(),
    )
    jobs.append(restored.get_job_client())
    found = alerts.read_rows(lambda rows: len({row["user_id"] for row in rows}) >= 120)
    assert {row["user_id"] for row in found} == set(range(120))
    # At least once: an alert may come again, and then says the same.
    assert {row["action_count"] for row in found} == {12}


@pytest.fixture
def strict_aws(tmp_path):
    """A local AWS that throttles as the service does and whose iterators last two seconds."""
    command = [sys.executable, "-m", "local_aws", "--port", "0", "--data", str(tmp_path)]
    strict = {"LOCAL_KINESIS_THROTTLE": "1", "LOCAL_KINESIS_ITERATOR_SECONDS": "2"}
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **strict}
    )
    try:
        yield server.stdout.readline().split()[1]
    finally:
        server.terminate()
        server.wait(10)


def test_throttling_and_dropped_connections_cost_no_record(strict_aws, run):
    numbers = 4000
    source = Stream.create(strict_aws, "throttled", 2)
    target = Stream.create(strict_aws, "throttled-copy", 2)
    with FaultyProxy(strict_aws) as proxy:
        environment = table_environment(1)
        options = {"source.shard.get-records.max-record-count": "200"}
        create_table(
            environment,
            "source",
            "user_id BIGINT",
            source_options(proxy.endpoint, source, **options),
        )
        create_table(
            environment,
            "target",
            "user_id BIGINT",
            sink_options(proxy.endpoint, target),
            partitioned_by="user_id",
        )
        run(environment, "INSERT INTO target SELECT * FROM source")
        source.put_events({"user_id": number} for number in range(numbers))
        records = target.read(lambda read: len({r["Data"] for r in read}) >= numbers)
    rows = [orjson.loads(record["Data"])["user_id"] for record in records]
    assert set(rows) == set(range(numbers))
    # Twice only where the answer to a PutRecords was cut: the source doubles nothing.
    assert len(rows) - numbers <= 500 * proxy.seen["cut"]
    assert all(proxy.seen[fault] > 0 for fault in ("drop", "cut", "500", "throttle"))
    assert all(
        str(row) == record["PartitionKey"] for row, record in zip(rows, records, strict=True)
    )


GOOD = {"user_id": 7, "price": 1.5, "txn": "2019-10-01 00:00:00.000"}
POISON = {
    b'{"user_id": 7, "price": 1.5, "txn": "2019-10': "field: txn",
    b"[1, 2, 3]": "Illegal JSON object",
    b'"text"': "No content to map",
    b"": "the format makes no row of it",
    b"null": "No content to map",
    b'{"price": 1.5, "txn": "2019-10-01 00:00:00.000"}': "column 'user_id' is NOT NULL",
    b'{"user_id": "seven", "price": 1.5, "txn": "2019-10-01 00:00:00.000"}': "field: user_id",
    b'{"user_id": 7, "price": "dear", "txn": "2019-10-01 00:00:00.000"}': "field: price",
    b'{"user_id": 7, "price": 1.5, "txn": "01/10/2019 00:00"}': "field: txn",
    b'{"user_id": 7, "price": 1.5, "txn": "2999-10-01 00:00:00.000"}': "ahead of the record",
    b'{"user_id": 7, "price": 1.5, "txn": "\xff\xfe 00:00:00"}': "field: txn",
    b"x" * (1024 * 1024 - 8): "Unrecognized token",
}


def test_poison_goes_to_the_dead_letter_stream_with_its_reason_and_the_rest_goes_on(local_aws, run):
    events = Stream.create(local_aws, "poison", 1)
    dead = Stream.create(local_aws, "poison-dead", 1)
    prices = Stream.create(local_aws, "poison-prices", 1)
    for data in POISON:
        events.put([(data, "k", None), (orjson.dumps(GOOD), "k", None)])
    environment = table_environment(1)
    options = {
        "source.dead-letter.stream.arn": dead.arn,
        "source.dead-letter.max-event-time-ahead": "1 d",
    }
    create_table(
        environment,
        "events",
        "user_id BIGINT NOT NULL, price DOUBLE, txn TIMESTAMP(3), "
        "arrival TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL, "
        "shard STRING METADATA FROM 'shard-id' VIRTUAL, "
        "`position` STRING METADATA FROM 'sequence-number' VIRTUAL, "
        "WATERMARK FOR txn AS txn - INTERVAL '10' SECOND",
        source_options(local_aws, events, **options),
    )
    create_table(
        environment,
        "prices",
        "price DOUBLE, shard STRING, number STRING, arrival STRING",
        sink_options(local_aws, prices),
    )
    # The query does not ask for user_id: whether a record is poison must not hang on that.
    run(
        environment,
        "INSERT INTO prices SELECT price, shard, `position`, CAST(arrival AS STRING) FROM events",
    )
    rows = prices.read_rows(lambda rows: len(rows) >= len(POISON))
    letters = dead.read_rows(
        lambda letters: sum(letter["part"] == letter["parts"] for letter in letters) >= len(POISON)
    )
    put = events.read(lambda records: len(records) >= 2 * len(POISON))

    assert [row["price"] for row in rows] == [1.5] * len(POISON)
    good = [r for r in put if r["Data"] == orjson.dumps(GOOD)]
    assert sorted(row["number"] for row in rows) == sorted(r["SequenceNumber"] for r in good)
    assert {row["shard"] for row in rows} == {"shardId-000000000000"}
    arrivals = [
        r["ApproximateArrivalTimestamp"].strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] for r in good
    ]
    assert sorted(row["arrival"] for row in rows) == sorted(arrivals)

    numbers = {r["SequenceNumber"]: r["Data"] for r in put if r["Data"] in POISON}
    bodies: dict[str, bytes] = dict.fromkeys(numbers, b"")
    for letter in letters:
        bodies[letter["sequence_number"]] += base64.b64decode(letter["data"])
        assert POISON[numbers[letter["sequence_number"]]] in letter["reason"], letter["reason"]
        assert letter["stream_arn"] == events.arn
        assert letter["shard_id"] == "shardId-000000000000"
        assert letter["arrival_time"].endswith("Z")
    assert bodies == numbers


def test_deleted_stream_ends_the_job_with_one_clear_line(local_aws, run):
    events = Stream.create(local_aws, "deleted", 1)
    target = Stream.create(local_aws, "deleted-copy", 1)
    environment = table_environment(1, execution_checkpointing_interval="300 ms")
    create_table(environment, "events", "user_id BIGINT", source_options(local_aws, events))
    create_table(environment, "target", "user_id BIGINT", sink_options(local_aws, target))
    result = run(environment, "INSERT INTO target SELECT * FROM events")
    events.put_events([{"user_id": 1}])
    target.read(bool)
    events.kinesis.delete_stream(StreamName=events.name)
    with pytest.raises(Exception, match=r"Option 'stream.arn': the stream arn:.*deleted"):
        result.wait()
