"""The note in service: the same alerts whatever happens to the application on the way."""

import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flink_notes.application import archive, upload
from helpers import alert_table, aws
from helpers.bursts import NOTE, Rule
from helpers.deploy import platform
from helpers.deploy.platform import Platform
from helpers.kinesis import peek, streams
from helpers.stream_app import health, log, properties, release, service
from helpers.stream_app.health import UnhealthyError
from local_aws.testing import environment
from support import lake, oracle
from support.streams import Stream, client

NAME = service.name_of("dev")
PHASE_S = 30
LATE_S = 10
SLOW = 1
"""A user who acts once in two seconds of event time, so that records flow all the time."""
CLOSING = -100
PATIENCE_S = 300  # a loaded machine starts a Flink in two minutes


def act(user: int, at: datetime, number: int) -> dict[str, Any]:
    return {
        "event_time": f"{at:%Y-%m-%d %H:%M:%S} UTC",
        "event_type": "view",
        "product_id": number,
        "category_id": 1,
        "category_code": "a.b",
        "brand": "x",
        "price": 1.5,
        "user_id": user,
        "user_session": f"session-{user}",
        "txn_timestamp": f"{at:%Y-%m-%dT%H:%M:%S}",
    }


@dataclass
class Shop:
    """The store's stream while the application changes: what was sent into it, and what came of it.

    Attributes
    ----------
    actions : Stream
    start : datetime
        UTC, without a zone: event time of the first phase.
    began : datetime
        With its zone: nothing of this came before.
    rows : list of dict
        All that was sent and counts.
    """

    actions: Stream
    start: datetime
    began: datetime
    code_bucket: str
    table: str
    groups: properties.Groups = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    phases: int = 0

    def phase(self, actions: int) -> set[int]:
        """Send half a minute of event time; give the users who burst in it.

        Two users make so many actions within a window, one of them across an edge of two; two make
        less than the limit. One more acts in the last three seconds, and goes on in the next phase.
        """
        begin = self.start + timedelta(seconds=PHASE_S * self.phases)
        base = 1_000 * (self.phases + 1)
        spans = [(base, 10, 6), (base + 1, 16, 8), (base + 2, 2, 9), (base + 3, 15, 9)]
        counts = [actions, actions, 8, 8]
        if self.phases:
            spans.append((base - 1_000 + 9, 0, 3))
            counts.append(6)
        spans.append((base + 9, PHASE_S - 3, 3))
        counts.append(6)
        rows = [
            act(user, begin + timedelta(seconds=first + within * number // count), number)
            for (user, first, within), count in zip(spans, counts, strict=True)
            for number in range(count)
        ]
        # copies of what was sent: they count once
        rows.sort(key=lambda row: str(row["txn_timestamp"]))
        self.actions.put_events([*rows, *rows[:5]])
        self.rows += rows
        self.phases += 1
        return {base, base + 1}

    def close(self) -> None:
        """Let event time pass all that was sent, in every shard, and wait for what comes of it."""
        end = self.start + timedelta(seconds=PHASE_S * self.phases + 300)
        for shard in range(len(self.actions.open_shards())):
            self.actions.put_events([act(CLOSING - shard, end, self.phases)], shard)
        self.start = end + timedelta(seconds=60 - PHASE_S * self.phases)
        health.wait_for_event_time(NAME, end - timedelta(seconds=LATE_S + 1), PATIENCE_S)

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """Send an action of a slow user now and then while the block runs."""
        done = threading.Event()
        at = self.start + timedelta(seconds=PHASE_S * self.phases)

        def send() -> None:
            while not done.wait(0.5):
                self.actions.put_events([act(SLOW, at, 0)])

        sender = threading.Thread(target=send)
        sender.start()
        try:
            yield
        finally:
            done.set()
            sender.join()

    def found(self) -> list[oracle.Alert]:
        """Every alert in stream 2, as often as it is there."""
        return [
            (
                row["rule"],
                row["user_id"],
                datetime.fromisoformat(row["first_action"]),
                datetime.fromisoformat(row["last_action"]),
                row["action_count"],
            )
            for row in peek.since(peek.at(streams.ALERTS, self.began)).iter_rows(named=True)
        ]

    def wait_for(self, users: set[int]) -> None:
        """Wait until the rule that waits for nothing has found users."""
        deadline = time.monotonic() + PATIENCE_S
        while missing := users - {user for rule, user, *_ in self.found() if rule == "early"}:
            status = service.describe(NAME).status
            said = f"{missing} are not found, {NAME} is {status}: {log.reason(NAME, self.began)}"
            assert time.monotonic() < deadline and status == "RUNNING", said
            time.sleep(0.5)

    def acted(self) -> pl.DataFrame:
        frame = pl.DataFrame(self.rows).with_columns(
            pl.col("txn_timestamp").str.to_datetime(time_unit="ms")
        )
        return oracle.actions(frame)


def kill(main_class: str, folder: Path) -> None:
    """End a process of the application's Flink at once."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue  # it ended meanwhile
        if main_class in command and str(folder) in command:
            os.kill(int(process.name), signal.SIGKILL)
            return
    pytest.fail(f"no process of {main_class} works in {folder}")


@pytest.fixture(scope="module")
def shop(local_aws: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The platform with the application, which has not been started."""
    folder = tmp_path_factory.mktemp("applications")
    start = datetime(2026, 1, 1)
    with lake.at(local_aws):
        aws.client.cache_clear()
        values = {"idle_seconds": 600, "max_days_off": 10_000}
        path = archive.write(archive.build(NOTE, values), folder)
        outputs = platform.deploy(Platform(application=path))
        made = Shop(
            Stream(client(local_aws), streams.RAW),
            start,
            datetime.now(UTC),
            outputs["CodeBucketName"],
            outputs["AlertTableName"],
        )
        made.groups = service.describe(NAME).groups
        yield made
        platform.destroy(Platform(), lambda _line: None, data=True)
        aws.client.cache_clear()


def test_none_is_lost_and_none_is_twice_over_stop_start_and_kills(
    shop: Shop, local_aws_folder: Path
) -> None:
    bots = shop.phase(12)
    release.start(NAME, service.describe(NAME).code_key, shop.groups)
    health.wait(NAME, PATIENCE_S)
    shop.wait_for(bots)

    release.stop(NAME)
    assert service.has_state(NAME)
    bots |= shop.phase(12)
    release.start(NAME, service.describe(NAME).code_key, shop.groups)
    with shop.flowing():
        health.wait(NAME, PATIENCE_S)
    shop.wait_for(bots)

    for process in ("TaskManagerRunner", "ClusterEntrypoint"):
        bots |= shop.phase(12)
        kill(process, local_aws_folder)
        shop.wait_for(bots)

    shop.close()
    rule = Rule(10, 10)
    found, acted = shop.found(), shop.acted()
    for name, expected in (
        ("tumbling", oracle.tumbling(acted, rule)),
        ("sliding", oracle.sliding(acted, rule)),
    ):
        assert {alert for alert in found if alert[0] == name} == expected
    crossing = {1_000 * phase + 9 for phase in (1, 2, 3)}
    assert {user for _, user, *_ in found} == bots | crossing
    wanted = pl.DataFrame([alert[:2] for alert in found], ["rule", "user_id"], orient="row")
    alerts = alert_table.settled(shop.table, wanted, shop.began, PATIENCE_S)
    assert Counter(alerts["user_id"]) == dict.fromkeys(bots | crossing, 1)


def test_an_update_has_the_new_threshold_and_loses_nothing_of_before(
    shop: Shop, tmp_path: Path
) -> None:
    built = archive.build(NOTE, {"idle_seconds": 600, "max_days_off": 10_000, "max_actions": 20})
    key, _ = upload.upload(archive.write(built, tmp_path), NOTE, shop.code_bucket)
    before, known = service.describe(NAME), len(set(shop.found()))
    groups = {**built.groups, properties.COMPUTED: shop.groups[properties.COMPUTED]}
    with shop.flowing():
        now = release.update(NAME, key, groups)
    assert now.running == now.tasks > 0
    after = service.describe(NAME)
    assert (after.code_key, after.groups, after.status) == (key, groups, "RUNNING")
    assert after.version > before.version
    shop.rows.clear()
    shop.phase(12)
    bots = shop.phase(22)
    shop.wait_for(bots)
    shop.close()
    found = set(shop.found())
    new = {alert for alert in found if alert[2] >= shop.acted()["txn_timestamp"].min()}
    assert len(found) == known + len(new)
    rule = Rule(20, 10)
    for name, expected in (
        ("tumbling", oracle.tumbling(shop.acted(), rule)),
        ("sliding", oracle.sliding(shop.acted(), rule)),
    ):
        assert {alert for alert in new if alert[0] == name} == expected
    assert {user for _, user, *_ in new} == bots


def test_a_version_that_does_not_work_is_taken_back_with_the_reason(shop: Shop) -> None:
    before = service.describe(NAME)
    broken = {name: dict(values) for name, values in before.groups.items()}
    del broken[properties.PARAMETERS]["max_actions"]
    with shop.flowing(), pytest.raises(UnhealthyError) as raised:
        release.update(NAME, before.code_key, broken)
    assert "max_actions" in str(raised.value)
    assert "Rolled back" in str(raised.value)
    with shop.flowing():
        health.wait(NAME, PATIENCE_S)
    after = service.describe(NAME)
    assert (after.status, after.groups) == ("RUNNING", before.groups)
    bots = shop.phase(22)
    shop.wait_for(bots)


def test_the_archive_runs_alone_as_aws_s_own_examples_do(local_aws: str, tmp_path: Path) -> None:
    made = {
        name: Stream.create(local_aws, f"alone-{name}", 1) for name in ("actions", "alerts", "dead")
    }
    values = {
        "idle_seconds": 600,
        "max_days_off": 10_000,
        "stream_1_arn": made["actions"].arn,
        "stream_2_arn": made["alerts"].arn,
        "dead_letter_arn": made["dead"].arn,
        "region": "us-east-1",
        "start_s": "1546300800.0",
    }
    with zipfile.ZipFile(archive.write(archive.build(NOTE, values), tmp_path)) as packed:
        packed.extractall(tmp_path / "unpacked")
    begin = datetime(2026, 1, 1)
    made["actions"].put_events(
        act(7, begin + timedelta(seconds=number // 3), number) for number in range(12)
    )
    program = subprocess.Popen(
        [sys.executable, "main.py"],
        cwd=tmp_path / "unpacked",
        env={**os.environ, **environment(local_aws), "IS_LOCAL": "true"},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        (found,) = made["alerts"].read_rows(len)
        assert (found["user_id"], found["rule"]) == (7, "early")
        assert program.poll() is None
    finally:
        os.killpg(program.pid, signal.SIGKILL)
        program.communicate()
