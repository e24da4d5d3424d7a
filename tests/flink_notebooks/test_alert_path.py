"""From the simulator through the note and the function to a message: each bot once, nobody else."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import polars as pl
import pytest

from helpers import alert_table, aws
from helpers.deploy import platform
from helpers.deploy.platform import Platform
from store_simulator.generate import generate
from store_simulator.simulate import Pace, Replay, simulate
from support import lake, topics
from support.note import submit
from support.tables import checkpointed, table_environment

PATIENCE_S = 300  # a loaded machine begins a job in two minutes
REAL_ROWS = platform.PROJECT.parent / "shared/data/rees46_multi_2019-10-01_0000-0250.csv"
ROWS = 1000
BOTS = 8
FEW = 4  # with those above, and told thrice, no storm


@pytest.fixture(scope="module")
def outputs(local_aws: str) -> Iterator[dict[str, str]]:
    """The platform deployed, and a queue behind its topic."""
    with lake.at(local_aws):
        aws.client.cache_clear()
        made = platform.deploy()
        yield made | {"Told": topics.inbox(made["TopicArn"], "told")}
        platform.destroy(Platform(), lambda _line: None, data=True)
        aws.client.cache_clear()


def rows(path: Path) -> str:
    """A thousand rows: real ones where they lie beside the clone, else generated ones."""
    if REAL_ROWS.exists():
        pl.read_csv(REAL_ROWS, n_rows=ROWS).write_csv(path)
    else:
        day = datetime(2019, 10, 1, tzinfo=UTC).date()
        generate(path, first=day, last=day, rows=ROWS)
    return str(path)


def told(queue: str, least: int) -> list[dict[str, Any]]:
    """The messages of a queue: as many at least, and then whatever comes within two seconds."""
    sqs = boto3.client("sqs")
    got: list[dict[str, Any]] = []
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=2, MaxNumberOfMessages=10).get(
            "Messages", []
        )
        for each in found:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
        got += [json.loads(each["Body"]) for each in found]
        if not found and len(got) >= least:
            break
    return got


def values(outputs: dict[str, str], began: datetime) -> dict[str, Any]:
    """What the note is run with."""
    return {
        "stream_1_arn": outputs["RawStreamArn"],
        "stream_2_arn": outputs["AlertStreamArn"],
        "dead_letter_arn": outputs["DeadLetterStreamArn"],
        "region": "us-east-1",
        "start_s": f"{began.timestamp():.3f}",
        "max_actions": 10,
        "window_seconds": 10,
        "late_seconds": 10,
        "idle_seconds": 600,
        "max_days_off": 10_000,
        "duplicates_once": True,
        "purchase_lines_once": True,
    }


def play(folder: Path, bots: int, replay_at: str = "now") -> pl.DataFrame:
    """Send the rows with bots among them; gives the bursts that are to be found."""
    replay = Replay(
        source=rows(folder / "rows.csv"),
        pace=Pace(),
        replay_at=replay_at,
        bots=bots,
        truth=str(folder / "bots.csv"),
        dead_letters=str(folder / "dead.jsonl"),
        close_after_s=21,
        progress=False,
    )
    report = simulate(replay, lambda _line: None)
    assert report.dead_lettered == 0
    return pl.read_csv(folder / "bots.csv")


def test_each_bot_has_one_alert_and_one_message_and_nobody_else_has_any(
    outputs: dict[str, str], jobs: list[Any], tmp_path: Path
) -> None:
    began = datetime.now(UTC) - timedelta(seconds=1)
    job = submit(table_environment(2), **values(outputs, began))
    jobs.append(job.get_job_client())
    truth = play(tmp_path, BOTS)
    bots = set(truth["user_id"])
    inside = set(truth.filter(pl.col("straddles") == 0)["user_id"])
    wanted = [(bot, rule) for bot in bots for rule in ("early", "sliding")]
    wanted += [(bot, "tumbling") for bot in inside]
    found = pl.DataFrame(wanted, ["user_id", "rule"], orient="row")
    alerts = alert_table.settled(outputs["AlertTableName"], found, began, PATIENCE_S)
    assert Counter(alerts["user_id"]) == dict.fromkeys(bots, 1)
    ids = [
        message["MessageAttributes"]["alert_id"]["Value"] for message in told(outputs["Told"], BOTS)
    ]
    assert sorted(ids) == sorted(alerts["alert_id"])


def until(holds: Callable[[], bool], said: Callable[[], object] = lambda: "it never holds") -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, said()
        time.sleep(0.2)


def test_a_note_that_ends_and_is_restored_from_a_checkpoint_before_tells_of_each_burst_once(
    outputs: dict[str, str], jobs: list[Any], tmp_path: Path
) -> None:
    began = datetime.now(UTC) - timedelta(seconds=1)
    checkpoints, given = tmp_path / "checkpoints", values(outputs, began)
    hours = [f"2026-11-29T{hour}:00:00" for hour in (10, 11, 12)]

    def found() -> pl.DataFrame:
        return alert_table.open_alerts(outputs["AlertTableName"], began)

    def kept() -> list[Path]:
        every = checkpoints.glob("*/chk-*/_metadata")
        return sorted(every, key=lambda path: path.stat().st_mtime)

    first = submit(checkpointed(checkpoints.as_uri()), **given).get_job_client()
    jobs.append(first)
    truth = play(tmp_path, FEW, hours[0])
    until(lambda: len(found()) >= FEW and bool(kept()))
    # what arrives between the last checkpoint and the end is in neither
    play(tmp_path, FEW, hours[1])
    until(lambda: len(found()) > FEW)
    first.cancel().result()
    # a checkpoint that is under way when a job is cancelled may be there, and go
    until(lambda: first.get_job_status().result().name == "CANCELED")
    environment = checkpointed(
        checkpoints.as_uri(), execution_state__recovery_path=kept()[-1].parent.as_uri()
    )
    jobs.append(submit(environment, **given).get_job_client())
    play(tmp_path, FEW, hours[2])
    inside = truth["straddles"].to_list().count(0)

    def by_rule() -> Counter[str]:
        return Counter(found().explode("rules")["rules"])

    every = FEW * len(hours)
    wanted = Counter(early=every, sliding=every, tumbling=inside * len(hours))
    until(
        lambda: by_rule() >= wanted, lambda: (by_rule(), wanted, jobs[-1].get_job_status().result())
    )
    assert by_rule() == wanted
    assert Counter(found()["user_id"]) == dict.fromkeys(truth["user_id"], len(hours))
    ids = [
        message["MessageAttributes"]["alert_id"]["Value"]
        for message in told(outputs["Told"], every)
    ]
    assert sorted(ids) == sorted(found()["alert_id"])
