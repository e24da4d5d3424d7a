"""The simulator against the local AWS: from S3 to records, stopped, throttled, and wrong input."""

import csv
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import polars as pl
import pytest

from helpers import alerts, watched
from helpers.deploy import stacks
from helpers.deploy.platform import TEMPLATES
from helpers.errors import InputError, ServiceError
from helpers.events import FIELDS
from helpers.interrupts import Pressed
from helpers.kinesis import peek, streams
from store_simulator.simulate import Pace, Replay, simulate
from store_simulator.simulate.__main__ import main

pytestmark = pytest.mark.server  # it starts servers of its own

START = datetime(2019, 10, 1)
STREAMS = "streams-alone"


def write_events(
    path: Path, count: int, users: int = 50, brand: str = "apple"
) -> list[dict[str, Any]]:
    events = [
        {
            "event_time": f"{START + timedelta(seconds=n // 10):%Y-%m-%d %H:%M:%S} UTC",
            "event_type": "view",
            "product_id": n,
            "category_id": 2053013555631882655 if n % 3 else n,
            "category_code": "" if n % 2 else "a.b",
            "brand": 'quo"te' if n % 7 == 0 else brand,
            "price": n / 100,
            "user_id": 500_000_000 + n % users,
            "user_session": f"session-{n}",
        }
        for n in range(count)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        rows = csv.DictWriter(file, FIELDS)
        rows.writeheader()
        rows.writerows(events)
    return events


def read_all(stream: str) -> list[dict[str, Any]]:
    kinesis = boto3.client("kinesis")
    found = []
    for shard in kinesis.list_shards(StreamName=stream)["Shards"]:
        iterator = kinesis.get_shard_iterator(
            StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while True:
            answer = kinesis.get_records(ShardIterator=iterator)
            found += [json.loads(record["Data"]) for record in answer["Records"]]
            iterator = answer.get("NextShardIterator")
            if not answer["Records"] or not iterator:
                break
    return found


@pytest.fixture
def stream(aws_env: str) -> Iterator[str]:
    kinesis = boto3.client("kinesis")
    name = f"sim-{uuid.uuid4()}"
    kinesis.create_stream(StreamName=name, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    yield name
    kinesis.delete_stream(StreamName=name)


def deploy_streams() -> None:
    template = TEMPLATES / "streams.yaml"
    stacks.deploy(STREAMS, template, {"Stage": "dev"}, lambda _line: None)


@pytest.fixture
def platform_streams(aws_env: str) -> None:
    """The streams that the simulator sends to unless it is told another."""
    deploy_streams()


def replay(source: str, stream: str, tmp_path: Path, **changed: Any) -> Replay:
    given: dict[str, Any] = {
        "source": source,
        "stream": stream,
        "pace": Pace(),
        "truth": str(tmp_path / "bots.csv"),
        "dead_letters": str(tmp_path / "dead.jsonl"),
        "progress": False,
    }
    return Replay(**given | changed)


def test_events_of_a_prefix_arrive_whole_in_order_and_moved_by_one_offset(stream, tmp_path):
    events = write_events(tmp_path / "a.csv", 3000)
    s3 = boto3.client("s3")
    bucket = f"b-{uuid.uuid4()}"
    s3.create_bucket(Bucket=bucket)
    for name in ("a.csv", "b.csv"):
        s3.upload_file(str(tmp_path / "a.csv"), bucket, f"sample/{name}")
    s3.put_object(Bucket=bucket, Key="sample/_SUCCESS", Body=b"")
    lines: list[str] = []
    given = replay(
        f"s3://{bucket}/sample/", stream, tmp_path, replay_at="2026-01-01T00:00:07", bots=3
    )
    report = simulate(given, lines.append)
    assert report.read == report.sent == 6000 + 11 + 14 + 11
    assert report.closed_at is None
    assert report.dead_lettered == 0
    assert report.stopped_at is None
    assert lines[0].startswith("Estimate: 6,000 records, as fast as the stream takes them")
    sent = read_all(stream)
    offset = datetime(2026, 1, 1) - START
    for record in sent:
        own = datetime.strptime(record["event_time"], "%Y-%m-%d %H:%M:%S UTC")
        assert datetime.fromisoformat(record["txn_timestamp"]) - own == offset
    for user in {event["user_id"] for event in events}:
        own = [r["product_id"] for r in sent if r["user_id"] == user]
        assert own == [e["product_id"] for e in events if e["user_id"] == user] * 2
    first = next(record for record in sent if record["product_id"] == 7)
    assert {name: first[name] for name in FIELDS} == events[7] | {"category_code": None}
    with (tmp_path / "bots.csv").open() as file:
        for row in csv.DictReader(file):
            burst = [r for r in sent if str(r["user_id"]) == row["user_id"]]
            assert len(burst) == int(row["action_count"])
            assert min(r["txn_timestamp"] for r in burst) == row["first_action"]
            assert max(r["txn_timestamp"] for r in burst) == row["last_action"]


def test_a_look_reads_every_page_and_ends_at_the_tip(stream, monkeypatch):
    monkeypatch.setattr(peek, "_MOST_IN_A_READ", 2)
    before = peek.mark(stream)
    assert peek.since(before).is_empty()
    kinesis = boto3.client("kinesis")
    records = [{"n": n, "brand": None if n < 3 else "x"} for n in range(7)]
    kinesis.put_records(
        StreamName=stream,
        Records=[{"Data": json.dumps(record), "PartitionKey": "k"} for record in records],
    )
    found = peek.since(before)
    assert found.select("n", "brand").to_dicts() == records
    assert found["shard"].n_unique() == 1


def test_what_one_run_watched_is_told_from_another_that_played_the_same(stream, tmp_path):
    write_events(tmp_path / "a.csv", 30)
    runs = []
    for number in range(2):
        start = datetime.now(UTC)
        report = simulate(
            replay(str(tmp_path / "a.csv"), stream, tmp_path, replay_at="unmoved", bots=2), print
        )
        watched.record(
            str(tmp_path / f"run-{number}"),
            watched.Watched(start, datetime.now(UTC), 10, 10, True, True),
        )
        runs.append(report.sent)
        time.sleep(0.1)
    for number, sent in enumerate(runs):
        watch = watched.latest(str(tmp_path / f"run-{number}"))
        found = peek.between(stream, watch.start, watch.end, alerts.ACTIONS)
        assert found.columns == list(alerts.ACTIONS)
        assert len(found) == sent == 30 + 11 + 14
        counted = alerts.counted(found, duplicates_once=False, purchase_lines_once=False)
        assert alerts.above_limit(counted, watch.rule)["sliding"] == {990_000_001, 990_000_002}
    nothing = peek.between(stream, datetime.now(UTC), datetime.now(UTC), alerts.FOUND)
    assert (nothing.columns, len(nothing)) == (list(alerts.FOUND), 0)
    with pytest.raises(InputError, match="No stream was watched in"):
        watched.latest(str(tmp_path / "nowhere"))


@pytest.mark.usefixtures("aws_env")
@pytest.mark.parametrize("look", [streams.arn, streams.max_record_bytes, streams.shard_starts])
def test_a_stream_that_is_missing_is_named(look):
    with pytest.raises((InputError, ServiceError), match="no-such-stream"):
        look("no-such-stream")


def test_pace_follows_event_time_and_rate(stream, tmp_path):
    write_events(tmp_path / "a.csv", 200)  # 20 s of events
    for pace in (Pace(speed=20), Pace(rate=200)):
        began = time.monotonic()
        simulate(replay(str(tmp_path / "a.csv"), stream, tmp_path, pace=pace), print)
        assert 0.9 <= time.monotonic() - began < 10


def test_category_as_key_warns_and_verbose_prints_each_record(stream, tmp_path, capsys):
    write_events(tmp_path / "a.csv", 300)
    given = replay(
        str(tmp_path / "a.csv"), stream, tmp_path, partition_key="category_id", verbose=True
    )
    simulate(given, print)
    said = capsys.readouterr().out.splitlines()
    assert "Warning: partition key category_id sends" in said[1]
    assert said.count("200 2053013555631882655") == 200
    assert len(said) == 302


def test_a_stream_that_nobody_deployed_is_named_and_none_is_made(aws_env, tmp_path):
    write_events(tmp_path / "a.csv", 10)
    kinesis = boto3.client("kinesis")
    stacks.destroy(STREAMS, lambda _line: None)
    for name in (streams.RAW, "none"):
        with pytest.raises(InputError, match=f"stream {name} does not exist: `make deploy"):
            simulate(replay(str(tmp_path / "a.csv"), name, tmp_path), print)
    assert not {streams.RAW, streams.ALERTS} & set(kinesis.list_streams()["StreamNames"])


def test_the_streams_that_a_deployment_makes_take_records(aws_env, tmp_path):
    write_events(tmp_path / "a.csv", 10)
    deploy_streams()
    streams.check([streams.RAW, streams.ALERTS, streams.DEAD_LETTERS])
    simulate(replay(str(tmp_path / "a.csv"), streams.RAW, tmp_path), print)
    assert [len(read_all(name)) for name in (streams.RAW, streams.ALERTS)] == [10, 0]
    stacks.destroy(STREAMS, lambda _line: None)


def test_sum_is_right_with_dead_letters(stream, tmp_path):
    write_events(tmp_path / "a.csv", 100)
    with (tmp_path / "a.csv").open("a") as file:
        file.write("no event\n")
        huge = "x" * (1 << 20)
        file.write(f"2019-10-01 01:00:00 UTC,view,1,2,{huge},b,1.0,3,s\n")
        file.write("2019-10-01 01:00:00 UTC,view,1,2,c,b,cheap,3,s\n")
    report = simulate(replay(str(tmp_path / "a.csv"), stream, tmp_path), print)
    assert (report.read, report.sent, report.dead_lettered) == (103, 100, 3)
    reasons = [
        json.loads(line)["reason"] for line in (tmp_path / "dead.jsonl").read_text().splitlines()
    ]
    assert sorted(reasons)[1:] == ["missing or bad price", "wrong column count"]
    assert "more than the stream's limit of 1048576" in sorted(reasons)[0]


def stop_once_sent(stream: str, stop: Pressed) -> None:
    deadline = time.monotonic() + 300
    while len(read_all(stream)) < 50 and time.monotonic() < deadline:
        time.sleep(0.1)
    stop.set()


@pytest.mark.parametrize("rate", [None, 200.0])
def test_the_end_of_a_replay_lets_event_time_pass_what_was_sent(stream, tmp_path, rate):
    write_events(tmp_path / "a.csv", 1000)  # 100 s of events
    stop = Pressed()
    given = replay(
        str(tmp_path / "a.csv"), stream, tmp_path, close_after_s=20, pace=Pace(rate=rate)
    )
    if rate:
        threading.Thread(target=stop_once_sent, args=(stream, stop), daemon=True).start()
    report = simulate(given, print, stop)
    records = read_all(stream)
    shards = boto3.client("kinesis").list_shards(StreamName=stream)["Shards"]
    closers = [record for record in records if record["user_id"] >= 999_000_001]
    others = [record for record in records if record["user_id"] < 999_000_001]
    assert len(closers) == len({record["user_id"] for record in closers}) == len(shards)
    assert report.sent == report.read == len(records)
    assert (len(others) == 1000) == (rate is None)
    last = max(datetime.fromisoformat(record["txn_timestamp"]) for record in others)
    times = {datetime.fromisoformat(record["txn_timestamp"]) for record in closers}
    assert times == {last + timedelta(seconds=20)} == {report.closed_at}
    arrived = peek.since(peek.at(stream, datetime(2019, 1, 1, tzinfo=UTC)))
    closing = arrived.filter(pl.col("user_id") >= 999_000_001)
    assert closing["shard"].n_unique() == len(shards)


def test_a_file_with_every_field_quoted_is_replayed(stream, tmp_path):
    events = write_events(tmp_path / "a.csv", 300, brand="plain")
    with (tmp_path / "q.csv").open("w", newline="") as file:
        rows = csv.DictWriter(file, FIELDS, quoting=csv.QUOTE_ALL, lineterminator="\n")
        rows.writeheader()
        rows.writerows(events)
    report = simulate(replay(str(tmp_path / "q.csv"), stream, tmp_path), print)
    assert (report.read, report.sent) == (300, 300)
    sent = {record["product_id"]: record["brand"] for record in read_all(stream)}
    assert sent == {event["product_id"]: event["brand"] for event in events}


def test_ctrl_c_stops_cleanly_and_says_where_to_go_on(stream, tmp_path):
    events = write_events(tmp_path / "a.csv", 2000)
    command = [sys.executable, "-m", "store_simulator.simulate", str(tmp_path / "a.csv")]
    command += ["--stream", stream, "--dead-letters", str(tmp_path / "dead.jsonl")]
    first = subprocess.Popen(
        [*command, "--rate", "200"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 300
    while len(read_all(stream)) < 100 and time.monotonic() < deadline:
        time.sleep(0.2)
    first.send_signal(signal.SIGINT)
    said, _ = first.communicate(timeout=30)
    assert first.returncode == 130
    last = said.splitlines()[-1]
    assert last.startswith("Stopped: go on with --start-at ")
    resume = last.removeprefix("Stopped: go on with ").split()
    before = len(read_all(stream))
    assert 100 <= before == int(resume[1]) < 2000
    second = subprocess.run(
        [*command, *resume, "--fast"], capture_output=True, text=True, check=False
    )
    assert second.returncode == 0, second.stderr
    sent = read_all(stream)
    assert sorted(r["product_id"] for r in sent) == [e["product_id"] for e in events]
    offsets = {
        datetime.fromisoformat(r["txn_timestamp"])
        - datetime.strptime(r["event_time"], "%Y-%m-%d %H:%M:%S UTC")
        for r in sent
    }
    assert len(offsets) == 1


def test_throttled_stream_gets_everything_once_and_in_order(tmp_path, aws_env):
    # of 10 kB each, so that a request alone is more than a second's worth of every shard
    events = write_events(tmp_path / "a.csv", 1500, users=500, brand="x" * 10_000)
    folder = tmp_path / "aws"
    command = [sys.executable, "-m", "local_aws", "--port", "0", "--data", str(folder), "--"]
    script = (
        "import json, sys; sys.path.insert(0, sys.argv[1]);"
        "from test_simulate import read_all, replay; from pathlib import Path;"
        "from store_simulator.simulate import simulate; from helpers.kinesis import streams;"
        "from test_simulate import deploy_streams; deploy_streams();"
        "r = simulate(replay(sys.argv[2], streams.RAW, Path(sys.argv[3])), lambda line: None);"
        "print(json.dumps([r.sent, r.retried,"
        " [(e['user_id'], e['product_id']) for e in read_all(streams.RAW)]]))"
    )
    arguments = [str(Path(__file__).parent), str(tmp_path / "a.csv"), str(tmp_path)]
    ran = subprocess.run(
        [*command, sys.executable, "-c", script, *arguments],
        env=os.environ | {"LOCAL_KINESIS_THROTTLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    sent, retried, records = json.loads(ran.stdout)
    assert sent == 1500
    assert retried > 0
    for user in {event["user_id"] for event in events}:
        own = [product for of, product in records if of == user]
        assert own == [e["product_id"] for e in events if e["user_id"] == user]


@pytest.mark.usefixtures("platform_streams")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.csv"], "does not exist: name a .csv"),
        (["s3://no-such-bucket-here/p/"], "s3://no-such-bucket-here/p/ does not exist"),
        (["{csv}", "--stream", "none"], "The stream none does not exist"),
        (["{csv}", "--rate", "0"], "The rate is 0.0: it must be greater than 0"),
        (["{csv}", "--replay-at", "tomorrow"], "replay_at is 'tomorrow'"),
        (["{csv}", "--start-at", "5000"], "holds no event from row 5000 on"),
        (["{wrong}"], "and not with the header"),
        (["{binary}"], "binary.csv begins with"),
        (["{csv}", "--bots", "1", "--truth", "/proc/none/t.csv"], "t.csv cannot be written"),
        (["{bad}", "--dead-letters", "/proc/none/d"], "/proc/none/d cannot be written"),
    ],
)
def test_wrong_input_is_one_clear_line(tmp_path, monkeypatch, capsys, arguments, words):
    write_events(tmp_path / "a.csv", 5)
    (tmp_path / "wrong.csv").write_text("a,b\n1,2\n")
    (tmp_path / "binary.csv").write_bytes(b"\xbc\xff,\x00\n\xbc,1\n")
    (tmp_path / "bad.csv").write_text(",".join(FIELDS) + "\nnever,view,1,2,c,b,1.0,3,s\n")
    places = {name: tmp_path / f"{name}.csv" for name in ("wrong", "binary", "bad")}
    places["csv"] = tmp_path / "a.csv"
    command = ["simulate", *(argument.format(**places) for argument in arguments)]
    monkeypatch.setattr(sys, "argv", command)
    assert main() == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert words in said[0]


@pytest.mark.usefixtures("platform_streams")
def test_header_alone_is_one_clear_line_of_a_process_that_ends_well(tmp_path):
    (tmp_path / "header.csv").write_text(",".join(FIELDS) + "\n")
    command = [sys.executable, "-m", "store_simulator.simulate", str(tmp_path / "header.csv")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1
    assert "holds no event from row 0 on" in ran.stderr


def test_missing_credentials_and_a_dead_endpoint_are_named(aws_env, tmp_path):
    write_events(tmp_path / "a.csv", 5)
    command = [sys.executable, "-m", "store_simulator.simulate", str(tmp_path / "a.csv")]
    without = {**os.environ, "AWS_EC2_METADATA_DISABLED": "true"}
    del without["AWS_ACCESS_KEY_ID"]
    gone = os.environ | {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    for environment, words in (
        (without, "No AWS credentials were found"),
        (gone, "http://127.0.0.1:9"),
    ):
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 2
        assert len(ran.stderr.splitlines()) == 1
        assert words in ran.stderr
