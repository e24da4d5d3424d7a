"""What goes wrong around a job: it may cost time, never a record."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import orjson
import pytest
import urllib3

from support.alert_job import submit
from support.bursts import START, burst, stamp
from support.proxy import FaultyProxy
from support.streams import PATIENCE_S, Stream
from support.tables import (
    CREDENTIALS,
    POLLED,
    PUSHED,
    create_table,
    sink_options,
    source_options,
    table_environment,
)

MEBIBYTE = 1024 * 1024


def hour(users: range, hours: int) -> list[dict[str, object]]:
    """A burst of each user, a minute apart, with some events between."""
    begin = START + timedelta(hours=hours)
    rows = []
    for number, user in enumerate(users):
        at = begin + timedelta(minutes=number, seconds=30)
        rows += [{"user_id": 1000 + number, "txn": stamp(begin + timedelta(minutes=number))}]
        rows += burst(user, at)
    return rows


@pytest.mark.parametrize("reader", [POLLED, PUSHED], ids=["polled", "pushed"])
def test_killed_job_restored_from_its_checkpoint_loses_no_alert_and_no_dead_letter(
    local_aws, aws_env, jobs, tmp_path, reader
):
    kind = "pushed" if reader else "polled"
    events = Stream.create(local_aws, f"kill-{kind}", 4)
    alerts = Stream.create(local_aws, f"kill-{kind}-alerts", 1)
    dead = Stream.create(local_aws, f"kill-{kind}-dead", 1)
    checkpoints = (tmp_path / "checkpoints").as_uri()

    def put(first: int, hours: int) -> None:
        """A burst of forty users over all shards, and a record of each shard that is none."""
        for shard in range(4):
            begin = first + 10 * shard
            events.put([(b"poison %d" % begin, "k", shard)])
            events.put_events(hour(range(begin, begin + 10), hours), shard)

    put(0, 0)
    command = [sys.executable, "-m", "support.alert_job"]
    with (tmp_path / "job.log").open("wb") as log:
        job = subprocess.Popen(
            [*command, events.name, alerts.name, dead.name, checkpoints, json.dumps(reader)],
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=Path(__file__).parents[1],
        )
    try:
        alerts.read(lambda records: len(records) >= 20)
        # What arrives between the last checkpoint and the end is in neither.
        put(40, 1)
        deadline = time.monotonic() + PATIENCE_S
        while not (kept := sorted((tmp_path / "checkpoints").glob("*/chk-*/_metadata"))):
            assert time.monotonic() < deadline, (tmp_path / "job.log").read_text()
            time.sleep(0.05)
    finally:
        os.killpg(job.pid, signal.SIGKILL)
        job.wait()
    kept = sorted((tmp_path / "checkpoints").glob("*/chk-*/_metadata"), key=os.path.getmtime)
    put(80, 2)
    events.end_event_time(stamp(START + timedelta(hours=9)))

    restored = submit(
        events.name,
        alerts.name,
        dead.name,
        checkpoints,
        reader=reader,
        aws={"aws.endpoint": local_aws, **CREDENTIALS},
        execution_state__recovery_path=kept[-1].parent.as_uri(),
    )
    jobs.append(restored.get_job_client())
    found = alerts.read_rows(lambda rows: len({row["user_id"] for row in rows}) >= 120)
    assert {row["user_id"] for row in found} == set(range(120))
    # At least once: an alert may come again, and then says the same.
    assert {row["action_count"] for row in found} == {12}
    letters = dead.read_rows(lambda letters: len({row["data"] for row in letters}) >= 12)
    assert {base64.b64decode(letter["data"]) for letter in letters} == {
        b"poison %d" % number for number in range(0, 120, 10)
    }


@dataclass
class Server:
    """A local AWS that throttles as the service does and whose iterators last two seconds."""

    folder: Path
    endpoint: str = "http://127.0.0.1:0"

    def start(self) -> None:
        port = str(urlsplit(self.endpoint).port)
        command = [sys.executable, "-m", "local_aws", "--port", port, "--data", str(self.folder)]
        strict = {"LOCAL_KINESIS_THROTTLE": "1", "LOCAL_KINESIS_ITERATOR_SECONDS": "2"}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env={**os.environ, **strict}
        )
        self.endpoint = self.process.stdout.readline().split()[1]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def strict_aws(tmp_path):
    server = Server(tmp_path)
    server.start()
    yield server
    server.process.terminate()
    server.process.wait(10)


def test_throttling_dropped_connections_and_a_killed_server_cost_no_record(strict_aws, run):
    numbers = 4000
    source = Stream.create(strict_aws.endpoint, "throttled", 2)
    target = Stream.create(strict_aws.endpoint, "throttled-copy", 2)
    with FaultyProxy(strict_aws.endpoint) as proxy:
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
        source.put_events({"user_id": number} for number in range(numbers // 2))
        target.read(lambda records: len(records) >= numbers // 8)
        strict_aws.kill()
        strict_aws.start()
        source.put_events({"user_id": number} for number in range(numbers // 2, numbers))
        records = target.read(lambda read: len({r["Data"] for r in read}) >= numbers)
    rows = [orjson.loads(record["Data"])["user_id"] for record in records]
    assert set(rows) == set(range(numbers))
    # Twice only where the answer to a PutRecords was lost: the source doubles nothing.
    assert len(rows) - numbers <= 500 * (proxy.seen["cut"] + 1)
    assert all(proxy.seen[fault] > 0 for fault in ("drop", "cut", "500", "throttle"))
    assert all(
        str(row) == record["PartitionKey"] for row, record in zip(rows, records, strict=True)
    )


def poison(now: datetime) -> dict[bytes, str]:
    """Records that are no events of the time around now, and what the reason says of each."""

    def event(**changed: object) -> bytes:
        return orjson.dumps({"user_id": 7, "price": 1.5, "txn": stamp(now), **changed})

    return {
        event()[:-9]: "field: txn",
        b"[1, 2, 3]": "Illegal JSON object",
        b'"text"': "No content to map",
        b"42": "No content to map",
        b"null": "No content to map",
        b"": "the format makes no row of it",
        b'{"price": 1.5, "txn": "%s"}' % stamp(now).encode(): "column 'user_id' has no value",
        event(user_id=None): "column 'user_id' has no value",
        b'{"user_id": 7, "price": 1.5}': "column 'txn' has no value",
        event(user_id="seven"): "field: user_id",
        event(price="dear"): "field: price",
        event(txn=now.strftime("%d/%m/%Y %H:%M")): "field: txn",
        event(txn=stamp(now + timedelta(days=365))): "ahead of the record's arrival",
        event(txn=stamp(now - timedelta(days=365))): "behind the record's arrival",
        event(brand="?").replace(b"?", b"\xff\xfe"): "field: brand",
        b"x" * (MEBIBYTE - 8): "Unrecognized token",
    }


def metric(cluster: str, job: str, name: str) -> float:
    """The sum of a metric over a job's operators and subtasks, as Flink's REST API has it."""
    vertices = f"{cluster}/jobs/{job}"

    def get(url: str) -> Any:
        return urllib3.request("GET", url, timeout=10).json()

    total = 0.0
    for vertex in get(vertices)["vertices"]:
        metrics = f"{vertices}/vertices/{vertex['id']}/subtasks/metrics"
        known = [m["id"] for m in get(metrics) if m["id"].endswith("." + name)]
        if known:
            total += sum(m["sum"] for m in get(f"{metrics}?get={quote(','.join(known))}"))
    return total


def test_poison_goes_to_the_dead_letter_stream_with_its_reason_and_the_rest_goes_on(
    local_aws, cluster, run
):
    events = Stream.create(local_aws, "poison", 1)
    dead = Stream.create(local_aws, "poison-dead", 1)
    prices = Stream.create(local_aws, "poison-prices", 1)
    now = datetime.now(UTC).replace(tzinfo=None)
    good = orjson.dumps({"user_id": 7, "price": 1.5, "txn": stamp(now), "brand": None})
    huge = good.replace(b"null", b'"%s"' % (b"b" * (MEBIBYTE - len(good) - 8)))
    reasons = poison(now)
    for data in [*reasons, huge]:
        events.put([(data, "k", None), (good, "k", None)])
    environment = table_environment(1)
    options = {
        "source.dead-letter.stream.arn": dead.arn,
        "source.dead-letter.max-event-time-ahead": "1 d",
        "source.dead-letter.max-event-time-behind": "1 d",
    }
    create_table(
        environment,
        "events",
        "user_id BIGINT NOT NULL, price DOUBLE, txn TIMESTAMP(3), brand STRING, "
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
    job = run(
        environment,
        "INSERT INTO prices SELECT price, shard, `position`, CAST(arrival AS STRING) FROM events",
    ).get_job_client()
    passed = len(reasons) + 2
    rows = prices.read_rows(lambda rows: len(rows) >= passed)
    letters = dead.read_rows(
        lambda letters: sum(letter["part"] == letter["parts"] for letter in letters) >= len(reasons)
    )
    put = events.read(lambda records: len(records) >= len(reasons) + passed)
    deadline = time.monotonic() + PATIENCE_S
    while (counted := metric(cluster, str(job.get_job_id()), "numRecordsInErrors")) == 0:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert counted == len(reasons)

    assert [row["price"] for row in rows] == [1.5] * passed
    fine = [r for r in put if r["Data"] in {good, huge}]
    assert sorted(row["number"] for row in rows) == sorted(r["SequenceNumber"] for r in fine)
    assert {row["shard"] for row in rows} == {"shardId-000000000000"}
    arrivals = [
        r["ApproximateArrivalTimestamp"].strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] for r in fine
    ]
    assert sorted(row["arrival"] for row in rows) == sorted(arrivals)

    numbers = {r["SequenceNumber"]: r["Data"] for r in put if r["Data"] in reasons}
    bodies: dict[str, bytes] = dict.fromkeys(numbers, b"")
    for letter in letters:
        bodies[letter["sequence_number"]] += base64.b64decode(letter["data"])
        assert reasons[numbers[letter["sequence_number"]]] in letter["reason"], letter["reason"]
        assert letter["stream_arn"] == events.arn
        assert letter["shard_id"] == "shardId-000000000000"
        assert letter["arrival_time"].endswith("Z")
    assert bodies == numbers


def test_without_a_dead_letter_stream_a_missing_value_ends_the_job_naming_its_column(
    local_aws, run
):
    events = Stream.create(local_aws, "missing", 1)
    events.put([(b'{"price": 1.5}', "k", None)])
    environment = table_environment(1)
    create_table(
        environment,
        "events",
        "price DOUBLE, user_id BIGINT NOT NULL",
        source_options(local_aws, events, **{"json.ignore-parse-errors": "true"}),
    )
    with pytest.raises(Exception, match="column 'user_id' has no value"):
        run(environment, "SELECT user_id FROM events").wait()


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
