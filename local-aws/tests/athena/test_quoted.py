"""OpenCSVSerde's lines: what SQL splits is split as the SerDe's own parser does."""

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_aws.engine.scan import quoted, udf
from local_aws.engine.scan.serde import Format

LINES = st.text(st.sampled_from('a,"\\ é'), min_size=1, max_size=14)
FORMATS = [
    Format("quoted csv"),
    Format("quoted csv", {"separatorChar": ";", "quoteChar": "'", "escapeChar": "|"}),
]


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        udf.register(connection)
        yield connection


def _fields(
    duck: duckdb.DuckDBPyConnection, lines: list[str], file_format: Format
) -> list[list[str]]:
    sql = f"SELECT {quoted.fields(file_format)} FROM (SELECT unnest($lines) AS line)"
    return [found for (found,) in duck.execute(sql, {"lines": lines}).fetchall()]


@settings(max_examples=200, deadline=None)
@given(lines=st.lists(LINES, min_size=1, max_size=20))
def test_sql_and_the_parser_split_alike(duck: duckdb.DuckDBPyConnection, lines: list[str]) -> None:
    expected = [quoted.split(line, ",", '"', "\\") for line in lines]
    assert _fields(duck, lines, FORMATS[0]) == expected


@pytest.mark.parametrize(
    "line",
    ["''", "'", "'a';'b'", "'';'';''", "'a';';'b'", "'a''b';'c'", "'a|'b';'c'", "a;'b'", "'a';"],
)
def test_other_characters_split_alike(duck: duckdb.DuckDBPyConnection, line: str) -> None:
    assert _fields(duck, [line], FORMATS[1]) == [quoted.split(line, ";", "'", "|")]
