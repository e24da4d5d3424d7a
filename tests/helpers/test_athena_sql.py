"""SQL as text: values become literals and nothing else, statements are told apart."""

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.athena_sql import SqlError, fill, literal, statements
from helpers.sql_text import offset


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("it's", "'it''s'"),
        (np.int64(5), "5"),
        (-5, " -5"),
        (True, "TRUE"),
        (np.bool_(False), "FALSE"),
        (1.5, "1.5E0"),
        (np.float32(0.5), "0.5E0"),
        (1e300, "1E+300"),
        (float("nan"), "NAN()"),
        (float("-inf"), " -INFINITY()"),
        (Decimal("0.0000001"), "DECIMAL '0.0000001'"),
        (None, "NULL"),
        (pd.NA, "NULL"),
        (datetime.date(2019, 10, 1), "DATE '2019-10-01'"),
        (pd.Timestamp("2019-10-01 10:00"), "TIMESTAMP '2019-10-01 10:00:00.000'"),
        (pd.Timestamp("2019-10-01", tz="Asia/Tokyo"), "TIMESTAMP '2019-09-30 15:00:00.000 UTC'"),
        (datetime.datetime(2019, 10, 1, 0, 0, 0, 1), "TIMESTAMP '2019-10-01 00:00:00.000001'"),
        (["a", 1], "ARRAY['a', 1]"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_a_literal(value: object, text: str) -> None:
    assert literal(value) == text


@pytest.mark.parametrize("value", [b"x", {"a": 1}, object(), Decimal("NaN")])
def test_other_values_are_refused_by_name(value: object) -> None:
    with pytest.raises(SqlError, match=r"`:x` is a (bytes|dict|object|Decimal)"):
        fill("SELECT :x", {"x": value})


@pytest.mark.parametrize(
    "kept",
    [
        "SELECT ':x'",
        "SELECT 1 -- :x",
        "SELECT /* :x */ 1",
        'SELECT 1 AS ":x"',
        "SELECT '12:30'",
        "SELECT a::x",
        "SELECT 'it''s :x'",
    ],
)
def test_what_is_no_place_stays(kept: str) -> None:
    assert fill(kept, {"x": 1}).text == kept


def test_a_missing_value_is_named_with_the_nearest_and_a_caret() -> None:
    with pytest.raises(SqlError) as caught:
        fill("SELECT *\nFROM t WHERE day = :days", {"day": 1, "_": 2, "f": fill})
    assert str(caught.value).splitlines() == [
        "`:days` has no value: the nearest known is `day`.",
        "line 2, column 20:",
        "  FROM t WHERE day = :days",
        "                     ^",
    ]


@given(text=st.text(), value=st.text())
def test_a_text_never_becomes_sql(text: str, value: str) -> None:
    filled = fill(f"SELECT :x, '{text.replace(chr(39), chr(39) * 2)}'", {"x": value})
    assert statements(filled.text) == [(0, filled.text)]
    assert filled.text.startswith("SELECT '" + value.replace("'", "''") + "', '")


@given(before=st.integers(0, 3), value=st.text(st.characters(codec="ascii"), max_size=5))
def test_a_place_in_what_athena_got_is_found_in_what_was_written(before: int, value: str) -> None:
    source = "\n" * before + "SELECT :x, wrong"
    filled = fill(source, {"x": value})
    at = filled.text.rindex("wrong")
    line, column = filled.text.count("\n", 0, at) + 1, at - filled.text.rfind("\n", 0, at)
    assert source[filled.origin(offset(filled.text, line, column)) :] == "wrong"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT 1;\n-- end\n", ["SELECT 1"]),
        ("SELECT ';' ; SELECT 2", ["SELECT ';'", "SELECT 2"]),
        ("/* ; */ SELECT 1 AS \"a;b\"", ["SELECT 1 AS \"a;b\""]),
        (" ;; ", []),
    ],
)  # fmt: skip
def test_statements_are_split_at_semicolons_of_code(text: str, found: list[str]) -> None:
    assert [statement for _, statement in statements(text)] == found


@pytest.mark.parametrize(
    ("text", "said"), [("SELECT 'a", "The text"), ('"a', "The quoted name"), ("1 /*", "The comm")]
)
def test_an_open_quote_is_pointed_at(text: str, said: str) -> None:
    with pytest.raises(SqlError, match=said):
        statements(text)
