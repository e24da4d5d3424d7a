"""The note as a running application: a shop's stream that goes on, and what was found in it."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import polars as pl

from helpers import alert_table
from helpers.bursts import Rule
from helpers.kinesis import peek, streams
from helpers.stream_app import health, log, properties, service
from store_simulator.simulate import Pace, Replay, simulate
from support import oracle
from support.streams import Stream

NAME: Final = service.name_of("dev")
VALUES: Final = {"idle_seconds": 600, "max_days_off": 10_000}
PATIENCE_S: Final = 300  # a loaded machine starts a Flink in two minutes
PHASE_S: Final = 30
LATE_S: Final = 10
SLOW: Final = 1
"""A user who acts once in two seconds, so that records flow all the time."""
CLOSING: Final = -100
START: Final = datetime(2026, 1, 1)
"""Event time of what is sent first, UTC."""
COUNTS: Final = (
    "event_time",
    "event_type",
    "product_id",
    "category_id",
    "category_code",
    "brand",
    "price",
    "user_id",
    "user_session",
    "txn_timestamp",
)


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
    code_bucket, table : str
        Where archives and alerts are.
    at : datetime
        Event time up to which everything was sent.
    began : datetime
        By the clock: of what is looked at now.
    phases, sent : int
        In all, and since.
    bots : set of int
        Who burst since.
    """

    actions: Stream
    code_bucket: str
    table: str
    at: datetime = START
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    phases: int = 0
    sent: int = 0
    bots: set[int] = field(default_factory=set)

    def begin(self) -> None:
        """Look from now on at what comes alone; event time has passed all that was before."""
        self.began = datetime.now(UTC)
        self.sent, self.bots = 0, set()

    @property
    def rule(self) -> Rule:
        """As the application has it now."""
        given = service.describe(NAME).groups[properties.PARAMETERS]
        return Rule(int(given["max_actions"]), int(given["window_seconds"]))

    def phase(self) -> None:
        """Send half a minute of event time in which users burst.

        Two users are above the limit within a window, one of them across an edge of two; two are
        below it. One more acts in the last three seconds, goes on in the next phase, and is above
        it in both together.
        """
        self.phases += 1
        self.sent += 1
        limit = self.rule.max_actions
        base, half = 1_000 * self.phases, limit // 2 + 1
        spans = [
            (base, 10, 6, limit + 2),
            (base + 1, 16, 8, limit + 2),
            (base + 2, 2, 9, limit - 2),
            (base + 3, 15, 9, limit - 2),
            (base + 9, PHASE_S - 3, 3, half),
        ]
        self.bots |= {base, base + 1}
        if self.sent > 1:
            spans.append((base - 1_000 + 9, 0, 3, half))
            self.bots.add(base - 1_000 + 9)
        rows = [
            act(user, self.at + timedelta(seconds=first + within * number // count), number)
            for user, first, within, count in spans
            for number in range(count)
        ]
        rows.sort(key=lambda row: str(row["txn_timestamp"]))
        # copies of what was sent: they count once
        self.actions.put_events([*rows, *rows[:5]])
        self.at += timedelta(seconds=PHASE_S)

    def act(self, user: int, count: int) -> None:
        """Let a user act so often in two seconds."""
        self.actions.put_events(
            act(user, self.at + timedelta(seconds=2 * number // count), number)
            for number in range(count)
        )
        self.at += timedelta(seconds=2)

    def play(self, source: Path, bots: int, folder: Path) -> None:
        """Send a file's rows as fast as it goes, and bots among them."""
        truth = folder / "bots.csv"
        replay = Replay(
            source=str(source),
            pace=Pace(),
            replay_at=f"{self.at:%Y-%m-%dT%H:%M:%S}",
            bots=bots,
            rule=self.rule,
            truth=str(truth),
            dead_letters=str(folder / "dead.jsonl"),
            progress=False,
        )
        report = simulate(replay, lambda _line: None)
        assert report.dead_lettered == 0
        self.bots |= set(pl.read_csv(truth)["user_id"])
        self.at = self.acted()["txn_timestamp"].max() + timedelta(seconds=1)

    def close(self) -> None:
        """Let event time pass all that was sent, in every shard, and wait for what comes of it."""
        self.at += timedelta(seconds=300)
        for shard in range(len(self.actions.open_shards())):
            self.actions.put_events([act(CLOSING - shard, self.at, self.phases)], shard)
        health.wait_for_event_time(NAME, self.at - timedelta(seconds=LATE_S + 1), PATIENCE_S)
        self.at += timedelta(seconds=60)

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """Send an action of a slow user now and then while the block runs."""
        done = threading.Event()

        def send() -> None:
            while not done.wait(0.5):
                self.actions.put_events([act(SLOW, self.at, 0)])

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

    def wait(self) -> None:
        """Wait until the rule that waits for nothing has found who burst."""
        deadline = time.monotonic() + PATIENCE_S
        while missing := self.bots - {user for rule, user, *_ in self.found() if rule == "early"}:
            status = service.describe(NAME).status
            said = f"{missing} are not found, {NAME} is {status}: {log.reason(NAME, self.began)}"
            assert time.monotonic() < deadline and status == "RUNNING", said
            time.sleep(0.5)

    def acted(self) -> pl.DataFrame:
        """What counts of all that was sent."""
        rows = peek.since(peek.at(streams.RAW, self.began)).select(COUNTS)
        return oracle.actions(
            rows.filter(pl.col("user_id") > SLOW).with_columns(
                pl.col("txn_timestamp").str.to_datetime(time_unit="ms")
            )
        )

    def check(self) -> None:
        """Hold stream 2 and the table of alerts to the oracle: none is lost, none is twice."""
        self.close()
        acted, found = self.acted(), self.found()
        rule = self.rule
        expected = {
            "tumbling": oracle.tumbling(acted, rule),
            "sliding": oracle.sliding(acted, rule),
            "early": {("early", *alert[1:]) for alert in oracle.sliding(acted, rule)},
        }
        for name, alerts in expected.items():
            assert {alert for alert in found if alert[0] == name} == alerts, name
        users = {user for alerts in expected.values() for _, user, *_ in alerts}
        assert users >= self.bots
        wanted = pl.DataFrame([alert[:2] for alert in found], ["rule", "user_id"], orient="row")
        alerts = alert_table.settled(self.table, wanted, self.began, PATIENCE_S)
        assert Counter(alerts["user_id"]) == dict.fromkeys(users, 1)
