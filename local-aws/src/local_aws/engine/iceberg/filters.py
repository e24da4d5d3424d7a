"""What a scan's conditions say, in Iceberg's expressions: files are pruned by it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import duckdb
from pyiceberg import types as iceberg
from pyiceberg.expressions import (
    AlwaysTrue,
    And,
    BooleanExpression,
    EqualTo,
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
    Or,
)
from pyiceberg.schema import Schema

from local_aws.trino.conditions import Comparison, Condition

_OPS = {
    "=": EqualTo,
    "<": LessThan,
    "<=": LessThanOrEqual,
    ">": GreaterThan,
    ">=": GreaterThanOrEqual,
}
# types whose constants mean the same to Iceberg
_PYTHON: dict[type, type] = {
    iceberg.IntegerType: int,
    iceberg.LongType: int,
    iceberg.StringType: str,
    iceberg.DateType: dt.date,
    iceberg.TimestampType: dt.datetime,
}


def row_filter(
    conditions: Sequence[Condition], schema: Schema, connection: duckdb.DuckDBPyConnection
) -> BooleanExpression:
    """Return what must be true of every row that matters, as far as Iceberg can say it."""
    return _all([_expression(each, schema, connection) for each in conditions])


def _all(parts: list[BooleanExpression]) -> BooleanExpression:
    found: BooleanExpression = AlwaysTrue()
    for part in parts:
        found = And(found, part)
    return found


def _expression(
    condition: Condition, schema: Schema, connection: duckdb.DuckDBPyConnection
) -> BooleanExpression:
    if isinstance(condition, Comparison):
        return _compared(condition, schema, connection)
    parts = [_expression(each, schema, connection) for each in condition.parts]
    if condition.every:
        return _all(parts)
    found = parts[0]
    for part in parts[1:]:
        found = Or(found, part)
    return found


def _compared(
    comparison: Comparison[str], schema: Schema, connection: duckdb.DuckDBPyConnection
) -> BooleanExpression:
    try:
        field = schema.find_field(comparison.column, case_sensitive=False)
        values = connection.execute(f"SELECT {', '.join(comparison.constants)}").fetchall()[0]
    except (ValueError, duckdb.Error):
        return AlwaysTrue()  # a hidden column; or the query itself says what is wrong
    wanted = _PYTHON.get(type(field.field_type))
    if wanted is None or any(type(value) is not wanted for value in values):
        return AlwaysTrue()
    found: BooleanExpression | None = None
    for value in values:
        one = _OPS[comparison.op](field.name, _constant(value))
        found = one if found is None else Or(found, one)
    return found or AlwaysTrue()


def _constant(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value
