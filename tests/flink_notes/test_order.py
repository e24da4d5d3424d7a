"""Rows in the order that a plan asks for."""

import random

import pytest

from flink_notes.order import Key, ordered

ROWS = [("a", 1, None), ("b", 3, [1]), ("c", None, [2]), ("d", 3, None)]
FLOATS = [(float("nan"),), (float("inf"),), (None,), (-1.0,)]


@pytest.mark.parametrize(
    ("keys", "first"),
    [
        ([], "abcd"),
        ([Key(1, descending=True)], "bdac"),
        ([Key(1, descending=True), Key(0, descending=True)], "dbac"),
        ([Key(1, nulls_first=True)], "cabd"),
        ([Key(1, descending=True, nulls_first=True)], "cbda"),
        ([Key(2), Key(0, descending=True)], "bcda"),
    ],
)
def test_rows_stand_in_the_order_of_the_keys_and_then_of_all_columns(keys, first):
    rows = ROWS.copy()
    random.Random(4).shuffle(rows)
    assert "".join(row[0] for row in ordered(rows, keys, 3)) == first


def test_a_hidden_column_orders_but_breaks_no_tie():
    rows = [("b", 1), ("a", 2), ("a", 1)]
    assert ordered(rows, [], 1) == [("a", 2), ("a", 1), ("b", 1)]


def test_nan_is_the_greatest_number():
    assert [str(row[0]) for row in ordered(FLOATS, [Key(0)], 1)] == ["-1.0", "inf", "nan", "None"]


def test_nested_values_are_compared_part_by_part():
    rows = [([("k", None)],), ([("k", 2)],), ([("k", 10)],)]
    assert ordered(rows, [Key(0)], 1) == rows
