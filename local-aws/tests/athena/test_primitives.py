"""Texts of files as values: what Hive's readers take, whatever DuckDB's casts take beside it."""

import duckdb
import pytest

from local_aws.engine.scan.primitives import lenient_value
from local_aws.trino.type_syntax import parse_type


def read(text: str, kind: str, *, fractions: bool = False) -> str | None:
    sql = lenient_value("t", parse_type(kind), fractions=fractions)
    query = f"SELECT CAST({sql} AS VARCHAR) FROM (SELECT ?::VARCHAR AS t)"
    row = duckdb.connect().execute(query, [text]).fetchone()
    assert row is not None
    return None if row[0] is None else str(row[0])


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("integer", {"7": "7", "+7": "7", "007": "7", "2147483648": None, "1e3": None, " 1": None}),
        ("integer", {"1_000": None, "0x1F": None, "1.0": None, "": None}),
        ("bigint", {"-9223372036854775808": "-9223372036854775808", "9223372036854775808": None}),
        ("double", {"1e3": "1000.0", "NaN": "nan", "-Infinity": "-inf", "1e400": "inf"}),
        ("double", {"1d": "1.0", "1.5F": "1.5", " 1.5 ": "1.5", ".5": "0.5", "5.": "5.0"}),
        ("double", {"inf": None, "nan": None, "infinity": None, "1_000": None, "1x": None}),
        ("decimal(5,2)", {"1.005": "1.01", "-1.005": "-1.01", "1e2": "100.00", "1000": None}),
        (
            "date",
            {"2019-10-01": "2019-10-01", "2019-1-5": "2019-01-05", "0001-01-01": "0001-01-01"},
        ),
        ("date", {"2019-02-30": "2019-03-02", "2019-10-01 05:06:07": "2019-10-01"}),
        ("date", {"2019/10/01": None, "0000-00-00": None, "2019-13-01": None, "19-10-01": None}),
        ("date", {"infinity": None, "epoch": None, "20191001": None, "2019-10-01x": None}),
        ("timestamp", {"2019-10-01 05:06:07.123456": "2019-10-01 05:06:07.123"}),
        ("timestamp", {"2019-02-30 01:00:00": "2019-03-02 01:00:00", "2019-10-01": None}),
        ("timestamp", {"2019-10-01 05:06:07+01": None, "infinity": None, "2019-10-01 05:06": None}),
    ],
)
def test_a_text_is_the_value_that_hive_reads(kind: str, values: dict[str, str | None]) -> None:
    assert {text: read(text, kind) for text in values} == values


def test_a_fraction_behind_an_integer_is_cut_off_where_a_serde_does_so() -> None:
    values = {"1.9": "1", "-1.9": "-1", "1.": "1", ".5": "0", "+.5": "0", "1.x": None, "1e1": None}
    assert {text: read(text, "integer", fractions=True) for text in values} == values
    assert read("300.5", "tinyint", fractions=True) is None
