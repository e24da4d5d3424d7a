"""Answers hold what Athena's file says: whatever the values, to the last bit."""

import datetime
import math
import struct
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from helpers import athena
from support import lake

BUCKET = "athena-results-test"
DATABASE = "results"


@pytest.fixture(scope="module", autouse=True)
def athena_here(local_aws: str) -> Iterator[None]:
    with lake.at(local_aws):
        lake.prepare(BUCKET, DATABASE)
        yield


def _ask(sql: str) -> pd.DataFrame:
    return athena.query(sql, database=DATABASE, bucket=BUCKET)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _bits(value: float) -> bytes:
    # of which NaN it is Athena tells nothing
    return struct.pack("<d", math.nan if math.isnan(value) else value)


_JAVA = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
KINDS: list[tuple[str, Callable[[Any], str], Callable[[Any], Any]]] = [
    ("DOUBLE", lambda v: _quoted(_JAVA.get(str(v), str(v))), _bits),
    ("BIGINT", str, int),
    ("DECIMAL(38, 10)", lambda v: _quoted(f"{v:f}"), Decimal),
    ("TIMESTAMP(6)", lambda v: _quoted(v.isoformat(" ", "microseconds")), pd.Timestamp),
    ("VARCHAR", _quoted, str),
    ("DATE", lambda v: _quoted(v.isoformat()), lambda v: v),
    ("VARBINARY", lambda v: f"X'{v.hex()}'", bytes),
    ("BOOLEAN", str, bool),
]
"""Of a column: its type, how SQL writes a value, and what is compared of it."""
VALUES = st.tuples(
    st.none() | st.floats(),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.decimals(-(10**20), 10**20, places=10),
    st.none() | st.datetimes(),
    st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    st.none() | st.dates(),
    st.none() | st.binary(),
    st.none() | st.booleans(),
)
TRAPS: list[tuple[Any, ...]] = [
    (1 / 3, 2**53 + 1, Decimal("0.1"), datetime.datetime(9999, 12, 31), "NA", None, b"", True),
    (float("nan"), None, None, None, "", datetime.date(1, 1, 1), b"\0\xff", None),
    (None, -(2**63), Decimal(-1), datetime.datetime(1600, 1, 1), "null", None, None, False),
    (float("-inf"), 0, Decimal(0), None, None, datetime.date(9999, 12, 31), None, None),
    (5e-324, 1, None, datetime.datetime(2019, 10, 1), '007,"\r\n\\N', None, b"1", None),
    (-0.0, 1, None, None, " 1.0 ", None, b"1", None),
]


def _row(number: int, values: tuple[Any, ...]) -> str:
    cells = [
        f"CAST({'NULL' if value is None else write(value)} AS {kind})"
        for (kind, write, _), value in zip(KINDS, values, strict=True)
    ]
    return f"({number}, {', '.join(cells)})"


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(VALUES, min_size=1, max_size=12))
@example(rows=TRAPS)
def test_every_value_comes_back_as_it_was(rows: list[tuple[Any, ...]]) -> None:
    listed = ", ".join(_row(number, values) for number, values in enumerate(rows))
    found = _ask(f"SELECT * FROM (VALUES {listed}) AS t(n, a, b, c, d, e, f, g, h) ORDER BY n")
    for place, (_, _, read) in enumerate(KINDS):
        column = found.iloc[:, place + 1]
        for value, wanted in zip(column.array, (values[place] for values in rows), strict=True):
            if wanted is None:
                assert pd.isna(value), (place, value)
                assert not isinstance(value, float) or found.dtypes.iloc[place + 1] != "Float64"
            else:
                assert value is not pd.NA, (place, wanted)
                assert read(value) == read(wanted), (place, value, wanted)


@pytest.mark.parametrize(
    ("sql", "value", "dtype"),
    [
        ("CAST(0.1 AS REAL)", pd.array([0.1], "float32")[0], "float32"),
        ("infinity()", float("inf"), "float64"),
        ("CAST(7 AS TINYINT)", 7, "Int8"),
        ("CAST(7 AS SMALLINT)", 7, "Int16"),
        ("7", 7, "Int32"),
        ("TIMESTAMP '2019-10-01 01:02:03.123'", pd.Timestamp("2019-10-01 01:02:03.123"), "M8[ns]"),
        (
            "TIMESTAMP '2019-10-01 01:02:03.123456789'",
            pd.Timestamp("2019-10-01 01:02:03.123456789"),
            "M8[ns]",
        ),
        (
            "TIMESTAMP '2019-10-01 01:02:03.5 UTC'",
            pd.Timestamp("2019-10-01 01:02:03.5", tz="UTC"),
            "datetime64[ns, UTC]",
        ),
        (
            "TIMESTAMP '2019-10-27 02:30:00.000 Europe/Berlin'",
            "2019-10-27 02:30:00.000 Europe/Berlin",
            "string",
        ),
        ("TIME '01:02:03.100'", "01:02:03.100", "string"),
        ("ARRAY[1, NULL]", "[1, null]", "string"),
        ("MAP(ARRAY['a'], ARRAY[1])", "{a=1}", "string"),
        ("CAST(ROW(1, 'x') AS ROW(a INTEGER, b VARCHAR))", "{a=1, b=x}", "string"),
        ("JSON '{\"a\": 1}'", '{"a":1}', "string"),
        ("CAST('a' AS CHAR(3))", "a  ", "string"),
        ("NULL", pd.NA, "string"),
        ("INTERVAL '1' DAY", "1 00:00:00.000", "string"),
    ],
)
def test_a_value_of_each_other_type(sql: str, value: Any, dtype: str) -> None:
    column = _ask(f"SELECT {sql} AS value")["value"]
    assert column.dtype == dtype
    assert column[0] is value or column[0] == value


def test_a_null_beside_a_nan_is_told_apart() -> None:
    sql = "SELECT * FROM (VALUES (1, nan()), (2, NULL), (3, 0.5E0)) AS t(n, real) ORDER BY n"
    nan, null, half = _ask(sql)["real"].array
    assert (str(nan), null, half) == ("nan", pd.NA, 0.5)


def test_a_name_that_comes_twice_stays() -> None:
    rows = _ask("SELECT 1 AS a, 'x' AS a")
    assert list(rows.columns) == ["a", "a"]
    assert rows.iloc[0].tolist() == [1, "x"]


def test_an_empty_answer_has_the_types_of_a_full_one() -> None:
    columns = "1 AS a, 0.5E0 AS b, TIMESTAMP '2019-10-01 01:02:03 UTC' AS c, DECIMAL '1.0' AS d"
    empty, full = _ask(f"SELECT {columns} WHERE FALSE"), _ask(f"SELECT {columns}")
    assert empty.dtypes.tolist() == full.dtypes.tolist()


def test_a_row_as_long_as_athena_allows_is_read() -> None:
    [text] = _ask("SELECT ARRAY_JOIN(REPEAT(RPAD('x', 9000, 'y'), 3000), '') AS long")["long"]
    assert len(text) == 27_000_000
