r"""Seconds from the action above the limit to its alert, by rule, and to its message.

Runs the note's own SQL against the local Kinesis, on-demand, while shoppers and bots act in real
time, the platform's function tells of each alert, and a queue behind its topic gets the messages.
Above 20 alerts a minute the platform takes it for a storm, and leaves messages to the digest of
each minute; a bot each four seconds is none. Prints Markdown tables. Needs `make connector`.
Usage:

    python -m local_aws --port 0 --data DIR -- \
        python benchmarks/alerts.py [--seconds N] [--bots A_SECOND] [--fan-out] [--efo] [--busy N]
"""

import argparse
import ast
import json
import random
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
import orjson
import polars as pl

from flink_notes import kernel_session
from flink_notes.note import run
from helpers import alert_table, alerts, params
from helpers.bursts import NOTE, of_note
from helpers.deploy import platform
from helpers.deploy.platform import Platform
from helpers.kinesis import peek, streams
from support import topics

PARAMETERS = {p.name: ast.literal_eval(p.default) for p in params.of_notebook(NOTE)}
PARAMETERS |= {"idle_seconds": 5, "max_days_off": 1}  # in real time
MAX_ACTIONS = of_note().max_actions
NOISE = {name: PARAMETERS[name] for name in ("duplicates_once", "purchase_lines_once")}
RATE = 300  # events a second
TICK_S = 0.07  # no divisor of the readers' 0.2 s, so that the wait for them is any
BURST_S = 3  # so long a bot takes for two actions more than the limit
BOTS_FROM = 990_000_001
LEAD_S = 20  # shoppers alone: what starts, and what is compiled as it runs, is no stream that runs
TAIL_S = 25  # the last window and its watermark


def action(user: int, number: int) -> dict[str, object]:
    now = datetime.now(UTC)
    return {
        "event_time": f"{now:%Y-%m-%d %H:%M:%S} UTC",
        "event_type": "view",
        "product_id": number,
        "category_id": 2_053_013_555_631_882_655,
        "category_code": "electronics.smartphone",
        "brand": "samsung",
        "price": 129.9,
        "user_id": user,
        "user_session": f"8e2b4e42-0000-4000-8000-{user:012d}",
        "txn_timestamp": f"{now:%Y-%m-%dT%H:%M:%S}",
    }


def act(seconds: int, rate: float) -> None:
    """Send shoppers all the time, and bots after the lead until the tail begins."""
    kinesis = boto3.client("kinesis")
    chance = random.Random(1)  # noqa: S311
    bots = defaultdict(list)
    for bot in range(int((seconds - BURST_S) * rate)):
        for step in range(MAX_ACTIONS + 2):
            at = LEAD_S + bot / rate + BURST_S * step / (MAX_ACTIONS + 2)
            bots[int(at / TICK_S)].append(BOTS_FROM + bot)
    began = time.monotonic()
    number = 0
    for tick in range(int((LEAD_S + seconds + TAIL_S) / TICK_S)):
        shoppers = [chance.randrange(512_000_000, 512_040_000) for _ in range(int(RATE * TICK_S))]
        users = shoppers + bots[tick]
        number += len(users)
        rows = [action(user, number - place) for place, user in enumerate(users)]
        answer = kinesis.put_records(
            StreamName=streams.RAW,
            Records=[{"Data": orjson.dumps(r), "PartitionKey": str(r["user_id"])} for r in rows],
        )
        assert answer["FailedRecordCount"] == 0, answer
        time.sleep(max(0.0, began + (tick + 1) * TICK_S - time.monotonic()))


def messages(queue: str) -> pl.DataFrame:
    """Empty a queue: the user of each message of one alert, and when the queue got it."""
    sqs = boto3.client("sqs")
    got: list[tuple[int, int]] = []
    while found := sqs.receive_message(
        QueueUrl=queue,
        MaxNumberOfMessages=10,
        WaitTimeSeconds=2,
        MessageSystemAttributeNames=["SentTimestamp"],
    ).get("Messages"):
        for each in found:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
            told = re.match(r"Bot: user (\d+), ", json.loads(each["Body"])["Subject"])
            if told:
                got.append((int(told[1]), int(each["Attributes"]["SentTimestamp"])))
    schema = {"user_id": pl.Int64, "told_at": pl.Int64}
    frame = pl.DataFrame(got, schema, orient="row")
    return frame.with_columns(pl.from_epoch("told_at", "ms").dt.replace_time_zone("UTC"))


def hops(
    actions: pl.DataFrame, found: pl.DataFrame, written: pl.DataFrame, told: pl.DataFrame
) -> pl.DataFrame:
    """Seconds of each hop from a bot's action above the limit to its first message.

    Parameters
    ----------
    actions : polars.DataFrame
        From `helpers.alerts.counted`.
    found : polars.DataFrame
        The records of stream 2.
    written : polars.DataFrame
        From `helpers.alert_table.open_alerts`.
    told : polars.DataFrame
        From `messages`.

    Returns
    -------
    polars.DataFrame
        A row a bot that had a message of its own: ``to stream 2``, then ``to the table``
        by the function, then ``to the queue`` through the topic, and ``in all``.
    """
    above = (
        actions.sort("arrived_at")
        .group_by("user_id")
        .agg(above=pl.col("arrived_at").get(MAX_ACTIONS, null_on_oob=True))
    )
    of_bots = (
        above.join(told.group_by("user_id").agg(pl.col("told_at").min()), on="user_id")
        .join(found.group_by("user_id").agg(pl.col("arrived_at").min()), on="user_id")
        .join(written.group_by("user_id").agg(pl.col("opened_at").min()), on="user_id")
    )
    marks = ("above", "arrived_at", "opened_at", "told_at")
    names = ("to stream 2", "to the table", "to the queue")
    spans = dict(zip(names, pairwise(marks), strict=True)) | {"in all": (marks[0], marks[-1])}
    return of_bots.select(
        **{
            name: (pl.col(end) - pl.col(begin)).dt.total_milliseconds() / 1000
            for name, (begin, end) in spans.items()
        }
    )


def starts(log_group: str, since: datetime) -> list[float]:
    """Seconds that each start of a function's environment took, as its log reports them."""
    pages = boto3.client("logs").get_paginator("filter_log_events")
    asked = {"logGroupName": log_group, "startTime": int(since.timestamp() * 1000)}
    found = [
        json.loads(event["message"]).get("record", {}).get("metrics", {}).get("initDurationMs")
        for page in pages.paginate(**asked)
        for event in page["events"]
        if '"initDurationMs"' in event["message"]
    ]
    return [milliseconds / 1000 for milliseconds in found]


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Have processes beside the benchmark that want a core each."""
    beside = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)
    ]
    try:
        yield
    finally:
        for each in beside:
            each.kill()
            each.wait()


def pushed(note: Path, folder: str) -> Path:
    """Copy the note, with stream 1 read through a consumer of enhanced fan-out."""
    polled = "'source.reader.empty-records-fetch-interval' = '200 ms'"
    text = note.read_text()
    assert text.count(polled) == 1, f"{note} says elsewhere how stream 1 is read"
    copy = Path(folder) / note.name
    by = "'source.reader.type' = 'EFO', 'source.efo.consumer.name' = 'benchmark'"
    copy.write_text(text.replace(polled, by))
    return copy


def line(name: str, seconds: pl.Series) -> str:
    p50, p99 = (seconds.quantile(share) for share in (0.5, 0.99))
    return f"| {name} | {len(seconds)} | {p50:.2f} | {p99:.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=240, help="how long bots begin")
    parser.add_argument("--bots", type=float, default=0.25, help="how many begin in a second")
    parser.add_argument("--fan-out", action="store_true", help="have stream 2 pushed")
    parser.add_argument("--efo", action="store_true", help="have stream 1 pushed to the note")
    parser.add_argument("--busy", type=int, default=0, help="processes beside it that never rest")
    given = parser.parse_args()
    names = [streams.RAW, streams.ALERTS, streams.DEAD_LETTERS]
    deployed = platform.deploy(Platform(fan_out=given.fan_out))
    queue = topics.inbox(deployed["TopicArn"], "told")
    raw, alerted, dead = (streams.arn(name) for name in names)
    start = datetime.now(UTC)
    values = PARAMETERS | {
        "stream_1_arn": raw,
        "stream_2_arn": alerted,
        "dead_letter_arn": dead,
        "region": raw.split(":")[3],
        "start_s": f"{start.timestamp():.3f}",
    }
    with TemporaryDirectory() as folder, busy(given.busy):
        note = pushed(NOTE, folder) if given.efo else NOTE
        job = run(kernel_session().st_env, note, values).get_job_client()
        act(given.seconds, given.bots)
        job.cancel().result()
    records = peek.since(peek.at(streams.RAW, start))
    actions = alerts.counted(records, **NOISE)
    found = peek.since(peek.at(streams.ALERTS, start))
    waits = alerts.latencies(actions, found, of_note())
    read = "pushed" if given.efo else "read five times a second"
    print(
        f"{len(records):,} actions at {RATE} a second, {given.bots:g} bots a second, {read}, "
        f"beside {given.busy} busy processes\n"
    )
    print("| rule | alerts | p50 s | p99 s |\n|---|---|---|---|")
    for of in waits.partition_by("rule", maintain_order=True):
        print(line(str(of["rule"][0]), of["seconds"]))
    table = deployed["AlertTableName"]
    written = alert_table.open_alerts(table, start)
    waits = hops(actions, found, written, messages(queue))
    print(
        f"\nStream 2 {'pushed' if given.fan_out else 'read each second'}, a message of one alert:\n"
    )
    print("| hop | messages | p50 s | p99 s |\n|---|---|---|---|")
    for hop in waits.columns:
        print(line(hop, waits[hop]))
    cold = starts(f"/aws/lambda/{table}", start)
    told = ", ".join(f"{seconds:.2f}" for seconds in sorted(cold))
    print(f"\nThe function was started {len(cold)} times, in s: {told}.")


if __name__ == "__main__":
    main()
