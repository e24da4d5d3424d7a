"""Cells of a note on a real Flink."""

import datetime
import os
import signal
import subprocess
import threading
import time
from decimal import Decimal

import pandas as pd
import pytest

from flink_notes import counters, java, live, query
from flink_notes.job import Job
from helpers.errors import InputError, PlatformError

PATIENCE_S = 120


@pytest.fixture(scope="module", autouse=True)
def tables(shell):
    shell.run_cell(
        """%%flink.ssql
        CREATE TEMPORARY TABLE ticks (k INT, late TIMESTAMP_LTZ(3), WATERMARK FOR late AS late)
        WITH ('connector' = 'datagen', 'rows-per-second' = '500', 'fields.k.min' = '1',
              'fields.k.max' = '3', 'fields.late.max-past' = '60 s');
        CREATE TEMPORARY TABLE nowhere (k INT) WITH ('connector' = 'blackhole');
        CREATE TEMPORARY TABLE elsewhere (k INT) WITH ('connector' = 'blackhole');"""
    ).raise_error()


def jobs(cell):
    lines = cell("%flink.jobs").text.splitlines()[1:-1]
    return {line.split()[0]: line.split()[2:] for line in lines}


def test_statements_of_a_cell_run_in_order_and_their_lists_are_shown(cell):
    shown = cell(
        "%%flink.ssql\nSET 'pipeline.max-parallelism' = '8'; SET; RESET 'pipeline.max-parallelism';"
        "DESCRIBE nowhere; EXPLAIN SELECT k FROM ticks; -- the end"
    )
    assert shown.error is None
    assert "pipeline.max-parallelism         8" in shown.text
    assert "   k  INT TRUE" in shown.text
    assert "== Optimized Execution Plan ==" in shown.text
    assert "pipeline.max-parallelism" not in cell("%%flink.ssql\nSET").text


def test_update_shows_the_current_rows_until_the_query_ends(cell):
    shown = cell(
        "%%flink.ssql type=update\n"
        "SELECT k, COUNT(*) AS n FROM (VALUES ('b'), ('a'), ('a')) AS t(k) WHERE k <> '${no}' "
        "GROUP BY k ORDER BY n DESC LIMIT 2",
        no="it's",
    )
    assert shown.text == "k n\na 2\nb 1\n2 rows"
    assert shown.html.count("<tr") == 3


KEYS = "(VALUES ('a'), ('b'), ('b'), ('c'), ('c'), ('c')) AS t(k)"


@pytest.mark.parametrize(
    ("sql", "first"),
    [
        (f"SELECT k FROM {KEYS} GROUP BY k ORDER BY COUNT(*) DESC LIMIT 3", "cba"),
        (f"SELECT k, COUNT(*) FROM {KEYS} GROUP BY k ORDER BY 2 DESC NULLS LAST LIMIT 3", "cba"),
        (f"SELECT UPPER(k) FROM (SELECT k, COUNT(*) AS n FROM {KEYS} GROUP BY k "
         "ORDER BY n DESC LIMIT 3) WHERE n < 3", "BA"),
        ("(SELECT 'a' AS k) UNION ALL (SELECT 'c') ORDER BY k DESC LIMIT 2", "ca"),
        ("WITH x AS (SELECT k FROM (VALUES 'a', 'b') AS t(k)) SELECT k FROM x "
         "ORDER BY k = 'a' LIMIT 2", "ba"),
        ("((((((SELECT 'x'))))))", "x"),
        ("-- said\nVALUES ('x')", "x"),
        ("TABLE lone", "x"),
    ],
)  # fmt: skip
def test_rows_come_in_the_order_of_the_plan(cell, sql, first):
    cell("%%flink.ssql\nCREATE TEMPORARY VIEW IF NOT EXISTS lone AS SELECT 'x' AS k")
    shown = cell(f"%%flink.ssql\n{sql}")
    assert shown.error is None
    assert "".join(line.split()[0] for line in shown.text.splitlines()[1:-1]) == first


def test_append_stops_at_its_rows_and_cancels_its_job(cell):
    shown = cell("%%flink.ssql type=append rows=3\nSELECT 'x' AS x FROM ticks")
    assert shown.text.endswith("x\nx\nx\nx\n3 rows")
    assert jvm_threads("rows for the notebook") == 0
    assert jvm_threads("Source: ticks") == 0


def test_seconds_bound_a_stream_without_rows(cell):
    assert cell("%%flink.ssql seconds=0.5\nSELECT k FROM ticks WHERE k > 3").text == "k\n0 rows"


def test_an_interrupt_ends_a_stream_and_leaves_its_rows(cell, monkeypatch):
    monkeypatch.setattr(live.Live, "show", lambda *_: os.kill(os.getpid(), signal.SIGINT))
    shown = cell("%%flink.ssql\nSELECT k, COUNT(*) > 0 AS y FROM ticks GROUP BY k")
    assert shown.error is None
    assert " TRUE\n" in shown.text
    assert jvm_threads("Source: ticks") == 0


def test_interrupted_python_leaves_a_flink_that_plans(cell):
    main = threading.main_thread().ident
    pressing = threading.Timer(2, signal.pthread_kill, (main, signal.SIGINT))
    pressing.start()
    shown = cell(
        "%%flink.pyflink\nfrom flink_notes import java\njava.jvm().java.lang.Thread.sleep(60000)"
    )
    pressing.join()
    assert isinstance(shown.error, KeyboardInterrupt)
    assert query("SELECT COUNT(*) AS n FROM (VALUES 1, 2) AS t(k)")["n"].tolist() == [2]


def test_python_cells_see_the_environment_and_show_their_value(cell):
    assert cell("%%flink.pyflink\ncount = 3\nst_env.get_current_database()").result == "db_commerce"
    assert cell("count").result == 3
    assert isinstance(cell("%%flink.pyflink\n1 / 0").error, ZeroDivisionError)


def test_rows_reach_python_with_their_types():
    values = {
        "big": "CAST(4611686018427387904 AS BIGINT)",
        "price": "CAST(1.50 AS DECIMAL(10, 2))",
        "ts": "TIMESTAMP '2019-10-01 00:00:00.123'",
        "ltz": "TO_TIMESTAMP_LTZ(1, 3)",
        "d": "DATE '2019-10-01'",
        "yes": "TRUE",
        "s": "'x'",
        "a": "ARRAY[1, 2]",
        "m": "MAP['a', TO_TIMESTAMP_LTZ(1, 3)]",
        "r": "CAST(ROW(1, 'x') AS ROW<i INT, s STRING>)",
    }
    columns = ", ".join(f"CASE WHEN k = 1 THEN {sql} END AS {name}" for name, sql in values.items())
    frame = query(f"SELECT {columns} FROM (VALUES 1, 2) AS t(k)")
    stamp = datetime.datetime(1970, 1, 1, 0, 0, 0, 1000, datetime.UTC)
    row = frame.iloc[0]
    assert row["big"] == 2**62
    assert row["price"] == Decimal("1.50")
    assert row["ts"] == pd.Timestamp("2019-10-01 00:00:00.123")
    assert row["ltz"] == pd.Timestamp(stamp)
    assert row["d"] == datetime.date(2019, 10, 1)
    assert (row["yes"], row["s"], list(row["a"])) == (True, "x", [1, 2])
    assert row["m"] == [("a", stamp)]
    assert row["r"] == {"i": 1, "s": "x"}
    assert frame.iloc[1].isna().all()
    assert str(frame["big"].dtype) == "Int64"


def test_every_type_reaches_python_at_its_ends(cell):
    values = {
        "first": "CAST('0001-01-01 00:00:00' AS TIMESTAMP(9))",
        "last": "CAST('9999-12-31 23:59:59.999999' AS TIMESTAMP(6))",
        "nanos": "CAST('2019-10-01 00:00:00.123456789' AS TIMESTAMP(9))",
        "zoned": "CAST(TO_TIMESTAMP_LTZ(1, 3) AS TIMESTAMP_LTZ(9))",
        "ltz": "TO_TIMESTAMP_LTZ(253402300799999, 3)",
        "day": "DATE '0001-01-01'",
        "least": "CAST(-9223372036854775808 AS BIGINT)",
        "dec": "CAST('-0.99999999999999999999999999999999999999' AS DECIMAL(38, 38))",
        "wait": "INTERVAL '1' DAY",
        "years": "INTERVAL '9999-11' YEAR(4) TO MONTH",
        "bytes": "X'00ff'",
        "no bytes": "X''",
        "pairs": "STR_TO_MAP('a=1')",
        "within": "ARRAY[STR_TO_MAP('a=1')]",
        "waits": "ARRAY[INTERVAL '1' DAY]",
        "json": "PARSE_JSON('{\"a\":1}')",
        "none": "CAST(NULL AS MAP<STRING, INT>)",
    }
    columns = ", ".join(f"{sql} AS `{name}`" for name, sql in values.items())
    found = query(f"SELECT {columns}").iloc[0].to_dict()
    assert list(found["within"]) == [[("a", "1")]]
    assert list(found["waits"]) == ["+1 00:00:00.000"]
    del found["within"], found["waits"]
    assert found == {
        "first": "0001-01-01 00:00:00.000000000",
        "last": datetime.datetime(9999, 12, 31, 23, 59, 59, 999999),
        "nanos": pd.Timestamp("2019-10-01 00:00:00.123456789"),
        "zoned": pd.Timestamp("1970-01-01 00:00:00.001", tz="UTC"),
        "ltz": datetime.datetime(9999, 12, 31, 23, 59, 59, 999000, datetime.UTC),
        "day": datetime.date(1, 1, 1),
        "least": -(2**63),
        "dec": Decimal("-0.99999999999999999999999999999999999999"),
        "wait": "+1 00:00:00.000",
        "years": "+9999-11",
        "bytes": b"\x00\xff",
        "no bytes": b"",
        "pairs": [("a", "1")],
        "json": '{"a":1}',
        "none": None,
    }
    counted = query("SELECT COLLECT(x) AS m FROM (VALUES 1, 1, 2) AS t(x)")["m"][0]
    assert sorted(counted) == [(1, 2), (2, 1)]
    shown = cell("%%flink.ssql\nSELECT CAST('9999-12-31 00:00:00' AS TIMESTAMP(9)) AS t")
    assert "9999-12-31 00:00:00.000000000" in shown.text


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SHOW TABLES;\nSELECT k,\n  nope_${n} FROM ticks",
         "Column 'nope_1' not found in any table\nline 4, column 3:\n"
         "    nope_${n} FROM ticks\n    ^"),
        ("SELECT ${m}", "`${m}` has no value"),
        ("SELECT * FROM tick", "Object 'tick' not found: the nearest known is `ticks`\nline 2"),
        ("SHOW JOBS", "SHOW JOBS is not for a note: `%flink.jobs` lists its jobs"),
        ("SELECT 1 AS dec", "a name only in backticks, `dec`\nline 2, column 13:"),
        ("SELEC 1", "in the statement that begins in line 2 of the cell"),
        ("BEGIN STATEMENT SET; INSERT INTO nowhere SELECT nope FROM ticks; END",
         "    BEGIN STATEMENT SET; INSERT INTO nowhere SELECT nope".replace("    ", "  ", 1)),
        ("SELECT ARRAY[PARSE_JSON('1')] AS a", "Rows with VARIANT NOT NULL do not reach Python"),
        ("SELECT MAP[CAST(NULL AS STRING), 1] AS m", "do not reach Python (Map array keys"),
        ("SET 'execution.runtime-mode' = 'batch'", "is STREAMING in a note and stays so"),
        ("CREATE FUNCTION f AS 'no.Such'", "write CREATE TEMPORARY FUNCTION"),
        ("QUIT", "QUIT is the SQL client's own"),
        ("CREATE VIEW v AS SELECT 1 AS x", "write CREATE TEMPORARY VIEW"),
        ("SELECT CAST(s AS INT) FROM (VALUES 'x', 'y') AS t(s)", "'x'"),
    ],
)  # fmt: skip
def test_what_flink_refuses_is_one_line_with_its_place(cell, sql, said):
    failed = cell(f"%%flink.ssql\n{sql}", n=1)
    assert isinstance(failed.error, PlatformError)
    assert said in str(failed.error)
    assert "\tat " not in str(failed.error) + failed.text


def test_a_job_runs_on_the_loopback_counts_and_is_cancelled(cell):
    insert = "INSERT INTO nowhere SELECT k FROM ticks"
    assert cell(f"%%flink.ssql\n{insert}").text == "job nowhere: RUNNING\n"
    again = cell(f"%%flink.ssql\n{insert}").error
    assert "A job nowhere is running already" in str(again)
    counts = counters("nowhere", at_least=600, seconds=PATIENCE_S)
    assert counts["read"] >= 600
    assert counts["written"] >= 600
    assert int(jobs(cell)["nowhere"][1]) >= counts["read"]
    with pytest.raises(InputError, match=r"has taken in [\d,]+ of 1,000,000,000 records in 0 s"):
        counters("nowhere", at_least=10**9, seconds=0)
    assert jobs(cell)["nowhere"][0] == "RUNNING"
    assert len(listening()) > 1
    assert all("127.0.0.1" in address for address in listening())
    assert "nearest known is `nowhere`" in str(cell("%flink.cancel nowher").error)
    assert cell("%flink.cancel nowhere").text == "job nowhere: CANCELED\n"
    assert jobs(cell)["nowhere"][0] == "CANCELED"
    with pytest.raises(InputError, match="it is CANCELED"):
        counters("nowhere")
    assert cell("%flink.cancel").text == "no job was running\n"


def test_a_statement_set_is_one_job_and_counts_what_is_late(cell):
    shown = cell(
        """%%flink.ssql
        EXECUTE STATEMENT SET BEGIN
        INSERT INTO nowhere SELECT CAST(COUNT(*) AS INT) FROM TABLE(
            TUMBLE(TABLE ticks, DESCRIPTOR(late), INTERVAL '1' SECOND))
            GROUP BY window_start, window_end;
        INSERT INTO elsewhere SELECT k FROM ticks;
        END;"""
    )
    assert shown.text == "job nowhere+elsewhere: RUNNING\n"
    deadline = time.monotonic() + PATIENCE_S
    while int(jobs(cell)["nowhere+elsewhere"][3]) == 0:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert cell("%flink.cancel nowhere+elsewhere").error is None


def test_a_plan_is_compiled_and_executed_as_a_job(cell, tmp_path):
    plan = tmp_path / "k.json"
    shown = cell(
        f"""%%flink.ssql
        DROP TEMPORARY TABLE IF EXISTS few;
        CREATE TEMPORARY TABLE few (k INT) WITH ('connector' = 'datagen', 'number-of-rows' = '3');
        CREATE TEMPORARY TABLE IF NOT EXISTS out_k (k INT) WITH ('connector' = 'blackhole');
        COMPILE PLAN '{plan.as_uri()}' FOR INSERT INTO out_k SELECT k FROM few;
        /* one by one */ EXECUTE PLAN '{plan.as_uri()}'"""
    )
    assert shown.error is None
    assert shown.text.startswith("job k: ")
    analysed = cell("%%flink.ssql\nANALYZE TABLE few COMPUTE STATISTICS")
    assert "temporary table" in str(analysed.error)
    called = cell("%%flink.ssql\nCALL nothing()")
    assert "getProcedure is not implemented" in str(called.error)


def test_a_job_that_cannot_start_says_why(cell):
    missing = "arn:aws:kinesis:us-east-1:000000000000:stream/none"
    failed = cell(
        f"""%%flink.ssql
        CREATE TEMPORARY TABLE absent (k INT) WITH ('connector' = 'kinesis', 'format' = 'json',
            'stream.arn' = '{missing}', 'aws.endpoint' = 'http://127.0.0.1:9',
            'aws.credentials.provider' = 'PROFILE', 'aws.credentials.profile.name' = 'nobody');
        INSERT INTO nowhere SELECT k FROM absent"""
    )
    assert str(failed.error).startswith(
        "The job nowhere failed: Option 'aws.credentials.provider': no access"
    )


def test_a_job_that_fails_later_is_told_once_by_the_next_magic(cell):
    shown = cell(
        """%%flink.ssql
        CREATE TEMPORARY TABLE numbers (k INT) WITH ('connector' = 'datagen',
            'rows-per-second' = '50', 'fields.k.kind' = 'sequence',
            'fields.k.start' = '1', 'fields.k.end' = '1000');
        SET 'pipeline.name' = 'later';
        INSERT INTO nowhere SELECT 1 / (k - 300) FROM numbers;
        RESET"""
    )
    assert shown.text == "job later: RUNNING\n"
    deadline = time.monotonic() + PATIENCE_S
    told = ""
    while "The job later failed: / by zero" not in told:
        assert time.monotonic() < deadline, told
        time.sleep(0.5)
        told = cell("%%flink.pyflink").text
    assert cell("%%flink.pyflink").text == ""
    assert jobs(cell)["later"][0] == "FAILED"


def test_a_query_that_checkpoints_fails_as_one_that_does_not(cell):
    failed = cell(
        "%%flink.ssql seconds=60\nSET 'execution.checkpointing.interval' = '1 s';"
        "SELECT 1 / (k - k) AS x FROM ticks"
    )
    cell("%%flink.ssql\nRESET")
    assert "/ by zero" in str(failed.error)
    assert "statement that begins" in str(failed.error)


class _ToldLate:
    """The end of a job that has ended, told at the second question only."""

    def __init__(self, ended):
        self._ended = ended
        self._asked = 0

    def isDone(self):  # noqa: N802 - Java's name
        self._asked += 1
        return self._asked > 1 and self._ended.isDone()


def test_a_job_that_ends_while_it_is_cancelled_is_no_failure_of_its_own(shell):
    result = shell.user_ns["st_env"].execute_sql("SELECT 1 / (k - k) AS x FROM ticks")
    job = Job("ending", result.get_job_client())
    deadline = time.monotonic() + PATIENCE_S
    while job._cluster().isRunning():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    job._ended = _ToldLate(job._ended)
    job.cancel()
    assert job._ended.isDone()


def test_a_job_that_is_begun_anew_says_so_with_the_cause(cell):
    cell("%%flink.ssql\nDROP TEMPORARY TABLE IF EXISTS numbered")
    cell(
        """%%flink.ssql
        CREATE TEMPORARY TABLE numbered (k INT) WITH ('connector' = 'datagen',
            'rows-per-second' = '50', 'fields.k.kind' = 'sequence',
            'fields.k.start' = '1', 'fields.k.end' = '1000');
        SET 'execution.checkpointing.interval' = '60 s';
        SET 'restart-strategy.type' = 'fixed-delay';
        SET 'restart-strategy.fixed-delay.delay' = '100 ms';
        SET 'restart-strategy.fixed-delay.attempts' = '1000';
        SET 'pipeline.name' = 'again';
        INSERT INTO nowhere SELECT 1 / (k - 100) FROM numbered"""
    )
    deadline = time.monotonic() + PATIENCE_S
    told = ""
    while "The job again fails and is begun anew" not in told:
        assert time.monotonic() < deadline, told
        time.sleep(0.5)
        told = cell("%%flink.pyflink").text
    assert ": / by zero" in told
    assert int(jobs(cell)["again"][-1]) > 0
    cell("%%flink.ssql\nRESET")
    assert cell("%flink.cancel again").text.endswith("job again: CANCELED\n")


def test_reset_takes_a_setting_back_from_below_as_well(cell, shell):
    st_env = shell.user_ns["st_env"]
    below = st_env.get_config()._j_table_config.getRootConfiguration()
    before = dict(below.toMap())
    cell("%%flink.ssql\nSET 'execution.checkpointing.interval' = '7 s'; SELECT 1 AS x")
    assert "execution.checkpointing.interval" in cell("%%flink.ssql\nSET").text
    assert dict(below.toMap()) == before
    cell("%%flink.ssql\nRESET 'execution.checkpointing.interval'")
    assert "checkpointing" not in cell("%%flink.ssql\nSET").text
    refused = cell("%%flink.ssql\nSET 'execution.runtime-mode' = 'batch'; SELECT 1 AS x").error
    assert "execution.runtime-mode" in str(refused)
    assert cell("%%flink.ssql\nRESET; SELECT 1 AS x").error is None
    st_env.get_config().set("pipeline.max-parallelism", "9")
    cell("%%flink.ssql\nSET 'pipeline.max-parallelism' = '8'; SELECT 1 AS x; RESET")
    assert st_env.get_config().get("pipeline.max-parallelism", "") == "9"
    cell("%%flink.ssql\nRESET 'pipeline.max-parallelism'")
    assert st_env.get_config().get("pipeline.max-parallelism", "") == ""


def listening():
    """The addresses at which the JVM listens."""
    pid = java.jvm().java.lang.ProcessHandle.current().pid()
    found = subprocess.run(["ss", "-ltnpH"], capture_output=True, text=True, check=True).stdout
    return [line.split()[3] for line in found.splitlines() if f"pid={pid}," in line]


def jvm_threads(name):
    """How many threads of the JVM have a name; those that end get a moment."""
    deadline = time.monotonic() + 10
    while True:
        threads = java.jvm().java.lang.Thread.getAllStackTraces().keySet()
        count = sum(name in thread.getName() for thread in threads)
        if count == 0 or time.monotonic() > deadline:
            return count
        time.sleep(0.2)
