"""Rows that were changed in Python keep the types that Flink gave them."""

import datetime
from decimal import Decimal

import pyarrow as pa

from helpers.flink.rows import frame, table_of, tuples

SCHEMA = pa.schema(
    [
        ("n", pa.int64()),
        ("n", pa.decimal128(10, 2)),
        ("at", pa.timestamp("ms", "UTC")),
        ("m", pa.map_(pa.string(), pa.int32())),
    ]
)
ROW = (2**62, Decimal("1.50"), datetime.datetime(2019, 10, 1, tzinfo=datetime.UTC), [("a", 1)])


def test_rows_are_the_same_there_and_back_also_with_two_columns_of_a_name():
    rows = [ROW, (None,) * 4]
    assert tuples(table_of(rows, SCHEMA)) == rows


def test_no_rows_keep_columns_and_types():
    empty = frame(table_of([], SCHEMA))
    assert list(empty.columns) == ["n", "n", "at", "m"]
    assert [str(kind) for kind in empty.dtypes][::2] == ["Int64", "datetime64[ms, UTC]"]


def test_whole_numbers_with_gaps_stay_whole():
    assert frame(table_of([ROW, (None,) * 4], SCHEMA)).iloc[0, 0] == 2**62
