"""What a table in a notebook looks like, the same at every run."""

import datetime
from decimal import Decimal

import pytest

from flink_notes.live import SHOWN, bundle, text


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "NULL"),
        (False, "FALSE"),
        (12345678, "12345678"),
        (datetime.datetime(2019, 10, 1, 5), "2019-10-01 05:00:00"),
        (datetime.datetime(2019, 10, 1, 5, tzinfo=datetime.UTC), "2019-10-01 05:00:00Z"),
        (b"\x00\xff", "x'00ff'"),
        (datetime.datetime(2019, 10, 1, 5, 0, 0, 123000), "2019-10-01 05:00:00.123"),
        (datetime.datetime(2019, 10, 1, 5, 0, 0, 123450), "2019-10-01 05:00:00.123450"),
        ([1, None], "[1, NULL]"),
        (Decimal("-1E-7"), "-0.0000001"),
        ([{"at": datetime.datetime(2019, 10, 1), "s": "x"}], "[{at: 2019-10-01 00:00:00, s: 'x'}]"),
        ([("k", Decimal("1.5")), (None, [])], "{'k': 1.5, NULL: []}"),
    ],
)
def test_values_are_written_as_sql_people_read_them(value, said):
    assert text(value) == said


def test_a_long_table_shows_its_end_and_says_how_long_it_is():
    shown = bundle(["n"], [(number,) for number in range(SHOWN + 5)])
    assert shown["text/plain"].split("\n")[1].strip() == "5"
    assert shown["text/plain"].endswith(f"the last {SHOWN} of {SHOWN + 5} rows")
    assert shown["text/html"].count("<tr>") == SHOWN


def test_many_rows_are_counted_with_commas():
    assert bundle(["n"], [(1,)] * 1234)["text/plain"].endswith("of 1,234 rows")


def test_html_in_a_value_stays_text():
    shown = bundle(["n"], [("<script>",)])["text/html"]
    assert "&lt;script&gt;" in shown
    assert "<p>1 row</p>" in shown
