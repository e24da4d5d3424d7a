"""What becomes of state, foretold from the plans that Flink makes of two versions.

Each verdict is tried too: one savepoint of the first version is given to every other one on a
cluster, which takes it, refuses it ("Cannot map"), or fails with it (StateMigrationException).
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from flink_notes.application import savepoint
from flink_notes.application.check import Planned
from flink_notes.application.planner import operator_ids
from flink_notes.application.state import CHANGED, FOUND, KEPT, NEW, REFUSED, compare
from helpers.errors import InputError
from support.streams import PATIENCE_S
from support.tables import table_environment

OPTIONS = {"pipeline.max-parallelism": "128", "table.exec.uid.generation": "ALWAYS"}
SOURCE = """
    CREATE TABLE events (
        k INT, n INT, {more} ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND
    ) WITH ('connector' = 'datagen', 'rows-per-second' = '5', 'fields.n.max' = '9')
"""
VIEW = "CREATE TEMPORARY VIEW named AS SELECT k, n, ts FROM events {where}"
WINDOW = """
    INSERT INTO out1 SELECT k, {aggregate}
    FROM TABLE(TUMBLE(TABLE named, DESCRIPTOR(ts), INTERVAL '{seconds}' SECOND))
    GROUP BY k, window_start, window_end HAVING COUNT(*) > {limit}
"""
GROUP = "INSERT INTO out2 SELECT {key}, {aggregate} + {plus} FROM named GROUP BY {key}"
OVER = """
    INSERT INTO out3 SELECT k, COUNT(*) OVER (
        PARTITION BY k ORDER BY ts ROWS BETWEEN {rows} PRECEDING AND CURRENT ROW
    ) FROM named
"""


@dataclass(frozen=True)
class Version:
    """One version of an application over the same tables."""

    inserts: list[str]
    more: str = ""
    where: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    parallelism: int = 1

    def prepared(self, **restored: str) -> Any:
        """Its statement set as a first statement of a JVM would be: nodes are numbered from 1."""
        from pyflink.java_gateway import get_gateway

        environment = table_environment(self.parallelism, **restored)
        for key, value in {**OPTIONS, **self.settings}.items():
            environment.get_config().set(key, value)
        environment.execute_sql(SOURCE.format(more=self.more))
        environment.execute_sql(VIEW.format(where=self.where))
        for number in (1, 2, 3):
            environment.execute_sql(
                f"CREATE TABLE out{number} (k INT, c BIGINT) WITH ('connector' = 'blackhole')"
            )
        gateway = get_gateway()
        loader = environment._j_tenv.getPlanner().getClass().getClassLoader()
        context = loader.loadClass("org.apache.flink.table.planner.plan.nodes.exec.ExecNodeContext")
        no_types = gateway.new_array(gateway.jvm.java.lang.Class, 0)
        nothing = gateway.new_array(gateway.jvm.java.lang.Object, 0)
        context.getDeclaredMethod("resetIdCounter", no_types).invoke(None, nothing)
        statements = environment.create_statement_set()
        for insert in self.inserts:
            statements.add_insert_sql(insert)
        return statements

    def planned(self) -> Planned:
        statements = self.prepared()
        plan = statements.compile_plan().as_json_string()
        ids = frozenset(operator_ids(statements._t_env._j_tenv, plan))
        return Planned(json.loads(plan), {**OPTIONS, **self.settings}, {}, ids)


def window(*, aggregate: str = "COUNT(*)", seconds: int = 10, limit: int = 3) -> str:
    return WINDOW.format(aggregate=aggregate, seconds=seconds, limit=limit)


def group(*, key: str = "k", aggregate: str = "SUM(n)", plus: int = 0) -> str:
    return GROUP.format(key=key, aggregate=aggregate, plus=plus)


def over(rows: int = 5) -> str:
    return OVER.format(rows=rows)


BOTH = [window(), group()]


CHANGES = {
    "nothing": (Version(BOTH), {KEPT}),
    "threshold in HAVING": (Version([window(limit=9), group()]), {KEPT}),
    "constant to the sink": (Version([window(), group(plus=1)]), {KEPT}),
    "unused column": (Version(BOTH, more="unused STRING,"), {KEPT}),
    "a filter that moves no operator": (Version(BOTH, where="WHERE n > 3"), {KEPT}),
    "life of the state": (Version(BOTH, settings={"table.exec.state.ttl": "1 h"}), {KEPT}),
    "parallelism": (Version(BOTH, parallelism=2), {KEPT}),
    "INSERT at the end": (Version([*BOTH, over()]), {KEPT, NEW}),
    "another window": (Version([window(seconds=20), group()]), {KEPT, CHANGED}),
    "aggregate in the window": (
        Version([window(aggregate="COUNT(*) + MAX(n)"), group()]),
        {KEPT, REFUSED, NEW},
    ),
    "aggregate in the group": (
        Version([window(), group(aggregate="SUM(n) + MAX(n)")]),
        {KEPT, REFUSED},
    ),
    "another key of a group": (Version([window(), group(key="n")]), {KEPT, REFUSED}),
    "last INSERT dropped": (Version([window()]), {KEPT, REFUSED}),
    "INSERT at the beginning": (Version([over(), *BOTH]), {KEPT, REFUSED, NEW}),
    "INSERTs in another order": (Version([group(), window()]), {KEPT, REFUSED, NEW}),
    "other key groups": (
        Version(BOTH, settings={"pipeline.max-parallelism": "256"}),
        {REFUSED},
    ),
    "other ids": (
        Version(BOTH, settings={"table.exec.uid.generation": "DISABLED"}),
        {REFUSED},
    ),
}


TAKEN_FOR_SOMETHING_ELSE = {"another key of a group"}
"""Refused here, where Flink itself says nothing: both keys are whole numbers."""


@pytest.fixture(scope="module")
def before(cluster: str) -> Planned:
    return Version(BOTH).planned()


@pytest.fixture(scope="module")
def place(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A savepoint of the first version."""
    from pyflink.java_gateway import get_gateway

    first = Version(BOTH).prepared().execute().get_job_client()
    outcome(cluster, str(first.get_job_id()))
    folder = tmp_path_factory.mktemp("savepoints").as_uri()
    # PyFlink's own stop_with_savepoint calls what Flink 2 has no more
    form = get_gateway().jvm.org.apache.flink.core.execution.SavepointFormatType.DEFAULT
    return str(first._j_job_client.stopWithSavepoint(False, folder, form).get())


@pytest.fixture(scope="module")
def tried(cluster: str, place: str) -> Iterator[dict[str, str]]:
    """What a cluster made of each change, begun from one savepoint: RUNNING, or why it failed."""
    begun: dict[str, Any] = {}
    found: dict[str, str] = {}
    for name, (version, _) in CHANGES.items():
        try:
            statements = version.prepared(execution_state__recovery_path=place)
            begun[name] = statements.execute().get_job_client()
        except Exception as error:  # noqa: BLE001 whatever Flink raises is the outcome
            found[name] = str(error)
    found |= {name: outcome(cluster, str(job.get_job_id())) for name, job in begun.items()}
    yield found
    for name, job in begun.items():
        if found[name] == "RUNNING":
            job.cancel().result()


def outcome(cluster: str, job: str) -> str:
    """Wait until every task of a job runs, or it has failed; say RUNNING, or with what."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with urlopen(f"{cluster}/jobs/{job}") as answer:  # noqa: S310
            told = json.load(answer)
        if told["state"] == "FAILED":
            with urlopen(f"{cluster}/jobs/{job}/exceptions") as answer:  # noqa: S310
                return str(json.load(answer)["exceptionHistory"]["entries"][0]["stacktrace"])
        tasks = {vertex["status"] for vertex in told["vertices"]}
        if tasks == {"RUNNING"}:
            return "RUNNING"
        time.sleep(0.1)
    raise AssertionError(f"{job} neither runs nor fails: {told['state']}")


@pytest.mark.parametrize("change", CHANGES)
def test_what_becomes_of_state_is_told_before_anything_stops(before: Planned, change: str) -> None:
    after, verdicts = CHANGES[change]
    found = compare(before, after.planned())
    assert {verdict.becomes for verdict in found} == verdicts, found
    assert all(verdict.why for verdict in found if verdict.becomes in {CHANGED, REFUSED})


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_foretold_happens_when_a_snapshot_is_given_to_the_new_version(
    tried: dict[str, str], change: str
) -> None:
    _, verdicts = CHANGES[change]
    if REFUSED in verdicts and change not in TAKEN_FOR_SOMETHING_ELSE:
        reasons = ("Cannot map", "StateMigrationException", "Max parallelism mismatch")
        assert any(reason in tried[change] for reason in reasons), tried[change]
    else:
        assert tried[change] == "RUNNING"


@pytest.fixture(scope="module")
def kept(place: str) -> list[savepoint.Operator]:
    return savepoint.read(Path(place.removeprefix("file:")))


@pytest.mark.parametrize("change", CHANGES)
def test_a_savepoint_alone_tells_what_flink_cannot_map(
    kept: list[savepoint.Operator], tried: dict[str, str], change: str
) -> None:
    found = savepoint.compare(kept, CHANGES[change][0].planned())
    refused = [verdict for verdict in found if verdict.becomes == REFUSED]
    cannot = any(reason in tried[change] for reason in ("Cannot map", "Max parallelism mismatch"))
    assert bool(refused) == cannot, (found, tried[change])


def test_a_savepoint_s_operators_have_the_plan_s_numbers_and_names(
    kept: list[savepoint.Operator], before: Planned
) -> None:
    found = savepoint.compare(kept, before)
    assert {verdict.becomes for verdict in found} == {FOUND}
    names = [verdict.operator.partition(":")[0] for verdict in found]
    assert names == ["global-window-aggregate 6 of INSERT 1", "group-aggregate 11 of INSERT 2"]


def test_what_is_no_savepoint_is_said(place: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no savepoint: it has no file _metadata"):
        savepoint.read(tmp_path)
    whole = Path(place.removeprefix("file:"), "_metadata").read_bytes()
    for content in (b"", b"text", whole[: len(whole) // 2]):
        (tmp_path / "_metadata").write_bytes(content)
        with pytest.raises(InputError, match=r"no savepoint that Flink can read: \w+Exception: "):
            savepoint.read(tmp_path)


def test_a_frame_of_more_rows_is_told_as_a_change() -> None:
    before, after = (Version([over(rows)]).planned() for rows in (5, 9))
    (changed,) = [verdict for verdict in compare(before, after) if verdict.becomes != KEPT]
    assert changed.becomes == CHANGED
    assert "over-aggregate" in changed.operator and "rows" in changed.why
