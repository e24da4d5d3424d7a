"""What becomes of state, foretold from the plans that Flink makes of two versions.

The right verdicts are those of a snapshot of each first version that was given to the second on a
cluster: taken, refused ("Cannot map"), or failed (StateMigrationException).
"""

import json
from typing import Any

import pytest

from flink_notes.application.check import Planned
from flink_notes.application.state import CHANGED, KEPT, NEW, REFUSED, compare

OPTIONS = {"pipeline.max-parallelism": "128", "table.exec.uid.generation": "ALWAYS"}
SOURCE = """
    CREATE TABLE events (
        k INT, n INT, {more} ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND
    ) WITH ('connector' = 'datagen')
"""
VIEW = "CREATE TEMPORARY VIEW named AS SELECT k, n, ts FROM events {where}"
WINDOW = """
    INSERT INTO out1 SELECT k, {aggregate}
    FROM TABLE(TUMBLE(TABLE named, DESCRIPTOR(ts), INTERVAL '{seconds}' SECOND))
    GROUP BY k, window_start, window_end HAVING COUNT(*) > {limit}
"""
GROUP = "INSERT INTO out2 SELECT {key}, SUM(n) + {plus} FROM named GROUP BY {key}"
OVER = """
    INSERT INTO out3 SELECT k, COUNT(*) OVER (
        PARTITION BY k ORDER BY ts ROWS BETWEEN {rows} PRECEDING AND CURRENT ROW
    ) FROM named
"""


def planned(
    inserts: list[str], *, more: str = "", where: str = "", settings: dict[str, str] | None = None
) -> Planned:
    """Plan as a first statement of a JVM would be: nodes are numbered from 1."""
    from pyflink.java_gateway import get_gateway
    from pyflink.table import EnvironmentSettings, TableEnvironment

    environment = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    for key, value in OPTIONS.items():
        environment.get_config().set(key, value)
    environment.execute_sql(SOURCE.format(more=more))
    environment.execute_sql(VIEW.format(where=where))
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
    for insert in inserts:
        statements.add_insert_sql(insert)
    plan = json.loads(statements.compile_plan().as_json_string())
    return Planned(plan, {**OPTIONS, **(settings or {})}, {})


def window(*, aggregate: str = "COUNT(*)", seconds: int = 10, limit: int = 3) -> str:
    return WINDOW.format(aggregate=aggregate, seconds=seconds, limit=limit)


def group(*, key: str = "k", plus: int = 0) -> str:
    return GROUP.format(key=key, plus=plus)


def over(rows: int = 5) -> str:
    return OVER.format(rows=rows)


BOTH = [window(), group()]


@pytest.fixture(scope="module")
def before() -> Planned:
    return planned(BOTH)


@pytest.mark.parametrize(
    ("after", "verdicts"),
    [
        pytest.param({"inserts": BOTH}, {KEPT}, id="nothing"),
        pytest.param({"inserts": [window(limit=9), group()]}, {KEPT}, id="threshold in HAVING"),
        pytest.param({"inserts": [window(), group(plus=1)]}, {KEPT}, id="constant to the sink"),
        pytest.param({"inserts": BOTH, "more": "unused STRING,"}, {KEPT}, id="unused column"),
        pytest.param({"inserts": [*BOTH, over()]}, {KEPT, NEW}, id="INSERT at the end"),
        pytest.param(
            {"inserts": [window(seconds=20), group()]}, {KEPT, CHANGED}, id="another window"
        ),
        pytest.param(
            {"inserts": [window(aggregate="COUNT(*) + MAX(n)"), group()]},
            {KEPT, REFUSED, NEW},
            id="aggregate in the window",
        ),
        pytest.param(
            {"inserts": [window(), group(key="n")]}, {KEPT, REFUSED}, id="another key of a group"
        ),
        pytest.param({"inserts": [window()]}, {KEPT, REFUSED}, id="last INSERT dropped"),
        pytest.param(
            {"inserts": [over(), *BOTH]}, {KEPT, REFUSED, NEW}, id="INSERT at the beginning"
        ),
        pytest.param(
            {"inserts": [group(), window()]}, {KEPT, REFUSED, NEW}, id="INSERTs in another order"
        ),
        pytest.param(
            {"inserts": BOTH, "settings": {"pipeline.max-parallelism": "256"}},
            {REFUSED},
            id="other key groups",
        ),
        pytest.param(
            {"inserts": BOTH, "settings": {"table.exec.uid.generation": "PLAN_ONLY"}},
            {REFUSED},
            id="other ids",
        ),
    ],
)
def test_what_becomes_of_state_is_told_before_anything_stops(
    before: Planned, after: dict[str, Any], verdicts: set[str]
) -> None:
    found = compare(before, planned(**after))
    assert {verdict.becomes for verdict in found} == verdicts, found
    assert all(verdict.why for verdict in found if verdict.becomes in {CHANGED, REFUSED})


def test_a_filter_that_moves_no_operator_keeps_all_state() -> None:
    found = compare(planned(BOTH), planned(BOTH, where="WHERE n > 3"))
    assert {verdict.becomes for verdict in found} == {KEPT}


def test_a_frame_of_more_rows_is_told_as_a_change() -> None:
    (changed,) = [
        verdict
        for verdict in compare(planned([over(5)]), planned([over(9)]))
        if verdict.becomes != KEPT
    ]
    assert changed.becomes == CHANGED
    assert "over-aggregate" in changed.operator and "rows" in changed.why
