"""The note's rules against a batch oracle: the same alerts, whatever order, pace and shards."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl
import pytest

from helpers.bursts import Rule
from helpers.paths import PROJECT
from store_simulator.generate import generate
from store_simulator.simulate import Pace, Replay, simulate
from support import oracle
from support.note import submit
from support.streams import Stream
from support.tables import table_environment

REAL_ROWS = PROJECT.parent / "shared/data/rees46_multi_2019-10-01_0000-0250.csv"
WRITTEN = "%Y-%m-%d %H:%M:%S UTC"
CLOSING = -100  # the user whose one action closes the last windows
SENTINEL = -1
"""A user whose bursts at the end of event time say that all alerts before are there."""


def crowd(seed: int, seconds: int, users: int) -> pl.DataFrame:
    """Events of users near the limit: ties, repeated records, purchases of several lines."""
    rng = np.random.default_rng(seed)
    start = datetime(2019, 10, 1, 12)
    rows = []
    for user in range(1, users + 1):
        rate = rng.choice([0.3, 0.9, 1.05, 1.2, 2.0])
        times = np.cumsum(rng.exponential(1 / rate, int(seconds * rate * 2)))
        pauses = np.cumsum(rng.random(len(times)) < 0.04) * rng.uniform(8, 25)
        for second in (times + pauses)[times + pauses < seconds].astype(int):
            kind = rng.choice(["view", "cart", "purchase"], p=[0.6, 0.2, 0.2])
            for _ in range(rng.integers(1, 4) if kind == "purchase" else 1):
                row = {
                    "event_time": start + timedelta(seconds=int(second)),
                    "event_type": kind,
                    "product_id": int(rng.integers(1, 50)),
                    "category_id": 2053013555631882655,
                    "category_code": rng.choice(["a.b", ""]),
                    "brand": rng.choice(["x", ""]),
                    "price": round(float(rng.uniform(1, 9)), 2),
                    "user_id": user,
                    "user_session": f"session-{user}-{rng.integers(2)}",
                }
                rows += [row] * (2 if rng.random() < 0.1 else 1)
    return pl.DataFrame(rows).sort("event_time", maintain_order=True)


def as_csv(events: pl.DataFrame, path: Path) -> str:
    events.with_columns(pl.col("event_time").dt.strftime(WRITTEN)).write_csv(path)
    return str(path)


@dataclass
class Watched:
    """A stream of actions under the note's job, and the events that were sent into it."""

    actions: Stream
    alerts: Stream
    settings: dict[str, Any]
    events: pl.DataFrame = field(default_factory=pl.DataFrame)
    offset: timedelta = timedelta(0)
    in_order: bool = True

    @classmethod
    def start(
        cls,
        endpoint: str,
        jobs: list[Any],
        name: str,
        shards: int,
        parallelism: int,
        **settings: Any,
    ) -> "Watched":
        actions = Stream.create(endpoint, f"rules-{name}", shards)
        alerts = Stream.create(endpoint, f"rules-{name}-alerts", 1)
        dead = Stream.create(endpoint, f"rules-{name}-dead", 1)
        noise = {"duplicates_once": True, "purchase_lines_once": True}
        settings = (
            {
                "max_actions": 10,
                "window_seconds": 10,
                "late_seconds": 10,
                "idle_seconds": 600,
                "max_days_off": 10_000,
            }
            | noise
            | settings
        )
        job = submit(
            table_environment(parallelism),
            stream_1_arn=actions.arn,
            stream_2_arn=alerts.arn,
            dead_letter_arn=dead.arn,
            region="us-east-1",
            start_s="1546300800.0",
            **settings,
        )
        jobs.append(job.get_job_client())
        return cls(actions, alerts, settings)

    def play(self, path: str, folder: Path, pace: Pace, replay_at: str = "unmoved") -> "Watched":
        replay = Replay(
            source=path,
            stream=self.actions.name,
            pace=pace,
            replay_at=replay_at,
            dead_letters=str(folder / f"{self.actions.name}.jsonl"),
            progress=False,
        )
        report = simulate(replay, lambda _: None)
        self.events = pl.read_csv(path, try_parse_dates=False).with_columns(
            txn_timestamp=pl.col("event_time").str.strptime(pl.Datetime("ms"), WRITTEN)
        )
        assert report.sent == report.read == len(self.events)
        self.offset = timedelta(seconds=report.offset_s)
        return self

    def put_shuffled(self, events: pl.DataFrame) -> "Watched":
        """Send events up to 9.9 s behind later ones, as the watermark allows."""
        self.in_order = False
        delay = np.random.default_rng(7).uniform(0, 9.9, len(events))
        self.events = events.with_columns(
            txn_timestamp=pl.col("event_time").cast(pl.Datetime("ms"))
        )
        order = np.argsort(events["event_time"].dt.epoch("ms").to_numpy() / 1000 + delay)
        sent = self.events[order].with_columns(
            pl.col("event_time").dt.strftime(WRITTEN),
            pl.col("txn_timestamp").dt.strftime("%Y-%m-%dT%H:%M:%S"),
        )
        self.actions.put_events(sent.iter_rows(named=True))
        return self

    def alerts_of(self, rule: str) -> set[oracle.Alert]:
        return {alert for alert in self.found if alert[0] == rule}

    def finish(self) -> "Watched":
        """Close all windows, and take the alerts when those of the sentinel are there."""
        end = self.events["txn_timestamp"].max() + self.offset + timedelta(minutes=5)
        end -= timedelta(seconds=end.timestamp() % self.rule.window_s)
        shards = len(self.actions.open_shards())
        later = end + timedelta(minutes=1, seconds=self.rule.window_s)
        many = self.rule.max_actions + 1
        for at, count, user in ((end, many, SENTINEL), (later, 1, CLOSING)):
            for shard in range(shards):
                rows = [
                    {
                        "event_type": "view",
                        "product_id": number,
                        "user_id": user - shard,
                        "txn_timestamp": f"{at:%Y-%m-%dT%H:%M:%S}",
                    }
                    for number in range(count)
                ]
                self.actions.put((orjson.dumps(row), str(row["user_id"]), shard) for row in rows)
        rows = self.alerts.read_rows(
            lambda rows: sum(row["user_id"] <= SENTINEL for row in rows) == 3 * shards
        )
        self.found = [
            (
                row["rule"],
                row["user_id"],
                datetime.fromisoformat(row["first_action"]) - self.offset,
                datetime.fromisoformat(row["last_action"]) - self.offset,
                row["action_count"],
            )
            for row in rows
            if row["user_id"] > SENTINEL
        ]
        # Out of order `early` may come back to a run of actions that it has left.
        once = [alert for alert in self.found if self.in_order or alert[0] != "early"]
        twice = [alert for alert, times in Counter(once).items() if times > 1]
        assert not twice, "an alert is there twice"
        noise = {name: on for name, on in self.settings.items() if name.endswith("_once")}
        self.acted = oracle.actions(self.events, **noise)
        return self

    @property
    def rule(self) -> Rule:
        return Rule(self.settings["max_actions"], self.settings["window_seconds"])


@pytest.fixture(scope="module")
def watched(
    local_aws: str, cluster: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """All cases at once, each with streams and a job of its own: they mostly wait."""
    folder = tmp_path_factory.mktemp("rules")
    generated, truth = folder / "generated.csv", folder / "truth.csv"
    generate(
        generated, first=date(2019, 10, 1), last=date(2019, 10, 1), rows=5000, bots=20, truth=truth
    )
    quarter = crowd(1, 900, 20)
    jobs: list[Any] = []
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(8) as pool:
        for name, value in (
            ("AWS_ENDPOINT_URL", local_aws),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
        ):
            patch.setenv(name, value)

        # All jobs are planned before any thread plays: Calcite's planner knows its own thread only.
        live, fast, bots, shuffled, raw, real = (
            Watched.start(local_aws, jobs, name, shards, parallelism, **settings)
            for name, shards, parallelism, settings in (
                ("live", 4, 1, {"idle_seconds": 5}),
                ("fast", 1, 1, {"max_actions": 90, "window_seconds": 120}),
                ("bots", 4, 1, {}),
                ("shuffled", 1, 2, {}),
                ("raw", 4, 2, {"purchase_lines_once": False, "duplicates_once": False}),
                ("real", 4, 1, {"max_actions": 2, "window_seconds": 7}),
            )
        )
        half_minute = as_csv(crowd(2, 20, 12), folder / "live.csv")
        some_minutes = as_csv(crowd(3, 400, 12), folder / "fast.csv")
        cases = {
            "speed 1": pool.submit(live.play, half_minute, folder, Pace(speed=1), "now"),
            "speed 60": pool.submit(fast.play, some_minutes, folder, Pace(speed=60)),
            "as fast as it goes": pool.submit(bots.play, str(generated), folder, Pace()),
            "shuffled, 1 shard": pool.submit(shuffled.put_shuffled, quarter),
            "shuffled, 4 shards": pool.submit(raw.put_shuffled, quarter),
        }
        if REAL_ROWS.exists():
            cases["real rows"] = pool.submit(real.play, str(REAL_ROWS), folder, Pace())
        yield {name: case.result().finish() for name, case in cases.items()}
        for job in jobs:
            job.cancel().result()


CASES = ("speed 1", "speed 60", "as fast as it goes", "shuffled, 1 shard", "shuffled, 4 shards")
REAL = pytest.param(
    "real rows", marks=pytest.mark.skipif(not REAL_ROWS.exists(), reason=f"no {REAL_ROWS.name}")
)


@pytest.mark.parametrize("name", [*CASES, REAL])
def test_tumbling_and_sliding_find_what_the_oracle_finds(
    watched: dict[str, Watched], name: str
) -> None:
    case = watched[name]
    expected = oracle.tumbling(case.acted, case.rule)
    assert expected
    assert case.alerts_of("tumbling") == expected
    expected = oracle.sliding(case.acted, case.rule)
    assert len({user for _, user, *_ in expected}) > 1
    assert case.alerts_of("sliding") == expected


@pytest.mark.parametrize("name", [*CASES[:3], REAL])
def test_early_finds_the_same_where_actions_come_in_order(
    watched: dict[str, Watched], name: str
) -> None:
    case = watched[name]
    assert {("sliding", *alert[1:]) for alert in case.alerts_of("early")} == oracle.sliding(
        case.acted, case.rule
    )


@pytest.mark.parametrize("name", CASES[3:])
def test_early_reports_no_burst_that_is_none(watched: dict[str, Watched], name: str) -> None:
    case = watched[name]
    bursts = oracle.bursts(case.acted, case.rule)
    found = case.alerts_of("early")
    assert found
    for _, user, first, last, _ in found:
        assert any(
            user == of and runs[0][0] <= first and last <= runs[-1][-1] for of, runs in bursts
        )


def test_bots_of_the_generator_are_all_found(watched: dict[str, Watched]) -> None:
    case = watched["as fast as it goes"]
    bots = {user for user in case.acted["user_id"] if user >= 900_000_001}
    assert len(bots) == 20
    assert {user for _, user, *_ in case.alerts_of("sliding")} >= bots


@pytest.mark.usefixtures("aws_env")
def test_bots_above_another_limit_are_all_found_and_the_last_burst_is_not_waited_for(
    local_aws: str, jobs: list[Any], tmp_path: Path
) -> None:
    clients: list[Any] = []
    case = Watched.start(local_aws, clients, "twenty", 2, 1, max_actions=20, window_seconds=8)
    jobs += clients
    replay = Replay(
        source=as_csv(crowd(4, 30, 6), tmp_path / "a.csv"),
        stream=case.actions.name,
        pace=Pace(),
        replay_at="unmoved",
        bots=6,
        rule=case.rule,
        truth=str(tmp_path / "bots.csv"),
        dead_letters=str(tmp_path / "dead.jsonl"),
        close_after_s=case.rule.window_s + case.settings["late_seconds"] + 1,
        progress=False,
    )
    assert simulate(replay, lambda _: None).dead_lettered == 0
    truth = pl.read_csv(tmp_path / "bots.csv")
    assert truth["action_count"].min() > 20
    wanted = {(rule, user) for rule in ("sliding", "early") for user in truth["user_id"]}
    wanted |= {("tumbling", user) for user in truth.filter(straddles=0)["user_id"]}
    rows = case.alerts.read_rows(
        lambda rows: {(row["rule"], row["user_id"]) for row in rows} >= wanted
    )
    bots = [row for row in rows if row["user_id"] in set(truth["user_id"])]
    assert {(row["rule"], row["user_id"]) for row in bots} == wanted
