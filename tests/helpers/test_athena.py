"""Queries from a notebook: cells, answers of every kind of statement, what is said of failures."""

import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import awswrangler as wr
import boto3
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from helpers import athena
from helpers.errors import InputError
from support import lake

BUCKET = "athena-test"
DATABASE = "asked"


@pytest.fixture(scope="module")
def asked(local_aws: str) -> Iterator[None]:
    with lake.at(local_aws):
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        wr.catalog.create_database(DATABASE, exist_ok=True)
        frame = pd.DataFrame({"brand": ["acme", "bolt"], "price": [1.5, 2.5]})
        wr.s3.to_parquet(
            frame,
            path=f"s3://{BUCKET}/events/",
            dataset=True,
            database=DATABASE,
            table="user_activity",
        )
        yield


@pytest.fixture(scope="module")
def shell(asked: None) -> Iterator[InteractiveShell]:
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "helpers.athena")
    yield shell
    InteractiveShell.clear_instance()


@pytest.fixture(autouse=True)
def here(shell: InteractiveShell) -> None:
    shell.run_line_magic("athena", f"database={DATABASE} bucket={BUCKET}")


def _query(sql: str, **params: Any) -> pd.DataFrame:
    return athena.query(sql, params=params)


@pytest.mark.parametrize(
    ("sql", "columns", "first"),
    [
        ("SHOW TABLES", ["tab_name"], ["user_activity"]),
        ("DESCRIBE user_activity", ["col_name", "data_type", "comment"], ["brand", "string", ""]),
        ("SHOW COLUMNS IN user_activity", ["field"], ["brand"]),
        ("EXPLAIN SELECT 1 AS one", ["Query Plan"], None),
        ("SHOW CREATE TABLE user_activity", ["createtab_stmt"], None),
        ("SELECT brand FROM user_activity ORDER BY brand;", ["brand"], ["acme"]),
    ],
)
def test_every_kind_of_answer_is_a_frame(
    asked: None, sql: str, columns: list[str], first: list[str] | None
) -> None:
    rows = _query(sql)
    assert list(rows.columns) == columns
    assert len(rows)
    assert first is None or rows.iloc[0].tolist() == first


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT brand, price, DECIMAL '1.00' AS d, DATE '2019-10-01' AS day FROM user_activity"
        " WHERE brand = 'none'",
        "SHOW TABLES 'nothing*'",
    ],
)
def test_an_empty_answer_has_its_columns(asked: None, sql: str) -> None:
    rows = _query(sql)
    assert rows.empty
    assert len(rows.columns) == (4 if "price" in sql else 1)


def test_an_empty_answer_is_an_error_only_where_it_is_asked_for(asked: None) -> None:
    with pytest.raises(InputError, match=r"nobody came.*asked"):
        athena.query("SELECT 1 AS one WHERE FALSE", if_empty="nobody came")


@pytest.mark.parametrize(
    ("sql", "priced"),
    [
        ("SELECT brand FROM user_activity", True),
        ("SELECT 1 AS one", True),
        ("SHOW TABLES", False),
        ("DESCRIBE user_activity", False),
        ("EXPLAIN SELECT brand FROM user_activity", False),
        ("CREATE OR REPLACE VIEW v AS SELECT brand FROM user_activity", False),
        ("DROP VIEW IF EXISTS nothing", False),
        ("EXPLAIN ANALYZE SELECT brand FROM user_activity", True),
    ],
)
def test_a_price_stands_only_where_athena_charges(
    asked: None, sql: str, priced: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    _query(sql)
    assert ("on AWS" in capsys.readouterr().out) is priced


@pytest.mark.parametrize(
    ("sql", "said", "caret"),
    [
        ("SELECT brandd FROM user_activity", "Column 'brandd'.*did you mean `brand`", 7),
        ("SELECT u.pric FROM user_activity u", "did you mean `price`", 7),
        ("SELECT * FROM user_activty", "user_activty.*did you mean `user_activity`", 14),
        ("SELECT * FROM askd.user_activity", "did you mean `asked`", 14),
        ("DESCRIBE user_activty", "did you mean `user_activity`", None),
        ("SELECT * FROM something_else", "10_ingest", 14),
        ("SELECT brand,, price FROM user_activity", "mismatched input", 13),
        ("SELECT nosuch(brand) FROM user_activity", "nosuch", 7),
        ("SELECT :one, brandd FROM user_activity", "`brand`", 13),
    ],
)
def test_what_is_wrong_is_named_where_it_is(
    asked: None, sql: str, said: str, caret: int | None
) -> None:
    with pytest.raises(InputError, match=said) as caught:
        _query(sql, one="a long\nvalue")
    first, *rest = str(caught.value).splitlines()
    assert rest == (
        [f"line 1, column {caret + 1}:", f"  {sql}", "  " + " " * caret + "^"]
        if caret is not None
        else []
    )
    assert "/" not in first.replace("notebooks/10_ingest.ipynb", "")


def test_a_cell_gives_its_rows_a_name_and_takes_the_kernels_values(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.run_cell("least = 2").raise_error()
    result = shell.run_cell("%%athena dear\nSELECT brand FROM user_activity WHERE price >= :least")
    result.raise_error()
    assert shell.user_ns["dear"]["brand"].tolist() == ["bolt"]
    assert result.result is None
    said = capsys.readouterr().out
    assert "bytes scanned" in said


def test_a_cell_without_a_name_shows_its_rows(shell: InteractiveShell) -> None:
    result = shell.run_cell("%%athena\nSELECT COUNT(*) AS n FROM user_activity;")
    assert result.result["n"].tolist() == [2]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("CREATE OR REPLACE VIEW v_all AS SELECT brand FROM user_activity", "v_all is a view of"),
        ("EXPLAIN SELECT 1 AS one", "integer"),
        ("SHOW CREATE VIEW v_all", "user_activity"),
        ("SELECT 1 AS one WHERE FALSE", "no row"),
        ("DROP VIEW v_all", "drop view: done"),
    ],
)
def test_a_cell_shows_what_is_no_table(
    shell: InteractiveShell, sql: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.run_cell(f"%%athena\n{sql}").raise_error()
    assert said in capsys.readouterr().out


def test_a_failed_cell_shows_one_message_and_folds_the_traceback(shell: InteractiveShell) -> None:
    with capture_output() as shown:
        result = shell.run_cell(
            "%%athena rows\nSELECT 1 AS one;\nSELECT brandd\nFROM user_activity"
        )
    assert isinstance(result.error_in_exec, InputError)
    assert "line 3, column 8:\n  SELECT brandd\n         ^" in shown.stdout
    assert "Traceback" not in shown.stdout
    assert "athena_cells.py" not in shown.stdout
    folded = [data for data in (out.data for out in shown.outputs) if "text/html" in data]
    assert folded[-1]["text/plain"] == ""
    assert "<details>" in folded[-1]["text/html"]
    assert "athena_cells.py" in folded[-1]["text/html"]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("%%athena\nSELECT :leest", "`:leest` has no value: the nearest known is `least`"),
        ("%%athena\n-- nothing", "holds no SQL"),
        ("%%athena a-b\nSELECT 1", "no name for the rows"),
        ("%%athena None\nSELECT 1", "no name for the rows"),
        ("%%athena rows\nDROP VIEW IF EXISTS nothing", "gives no rows"),
        ("%%athena\nSELECT 'a", "has no end"),
        ("%athena databse=a bucket=b", "takes no `databse`: the nearest known is `database`"),
        ("%athena database=a", "needs bucket"),
        ("%athena database= bucket=b", "no value for `database`"),
    ],
)
def test_a_wrong_cell_is_told_so(shell: InteractiveShell, cell: str, said: str) -> None:
    shell.run_cell("least = 2")
    assert said in str(shell.run_cell(cell).error_in_exec)


def test_a_query_needs_a_place() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(athena, "_place", None)
        with pytest.raises(InputError, match=r"athena\.use"):
            athena.query("SELECT 1 AS one")


def _press_once_asked(thread: int, before: list[str]) -> None:
    """Interrupt a thread once, as soon as its query is under way."""
    client = boto3.client("athena")
    for _ in range(600):
        time.sleep(0.1)
        if client.list_query_executions()["QueryExecutionIds"] != before:
            break
    signal.pthread_kill(thread, signal.SIGINT)


def test_ctrl_c_stops_the_query(asked: None) -> None:
    main = threading.main_thread().ident
    assert main is not None
    before = boto3.client("athena").list_query_executions()["QueryExecutionIds"]
    pressing = threading.Thread(target=_press_once_asked, args=(main, before), daemon=True)
    pressing.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        athena.query("SELECT COUNT(*) AS n FROM UNNEST(SEQUENCE(1, 10000)) a(x),"
                     " UNNEST(SEQUENCE(1, 10000)) b(y), UNNEST(SEQUENCE(1, 10000)) c(z)"
                     " WHERE x * y % 7 = z % 5")  # fmt: skip
    pressing.join()
    assert time.monotonic() - began < 120
    client = boto3.client("athena")
    last = client.list_query_executions(MaxResults=1)["QueryExecutionIds"][0]
    for _ in range(100):
        status = client.get_query_execution(QueryExecutionId=last)["QueryExecution"]["Status"]
        if status["State"] != "RUNNING":
            break
        time.sleep(0.1)
    assert status["State"] == "CANCELLED"
