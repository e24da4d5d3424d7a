"""Hidden partitioning: how statements name transforms, and how DuckDB computes them."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from pyiceberg import types as iceberg
from pyiceberg.partitioning import PARTITION_FIELD_ID_START, PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import (
    BucketTransform,
    DayTransform,
    HourTransform,
    IdentityTransform,
    MonthTransform,
    Transform,
    TruncateTransform,
    YearTransform,
)

from local_aws.engine.context import QueryError

_DAY = "datediff('day', DATE '1970-01-01', CAST({} AS DATE))"
_MONTH = "((year({0}) - 1970) * 12 + month({0}) - 1)"
_OF_TIME: dict[str, Callable[[], Transform[Any, Any]]] = {
    "year": YearTransform,
    "month": MonthTransform,
    "day": DayTransform,
    "hour": HourTransform,
}
_PLURALS = {"years": "year", "months": "month", "days": "day", "hours": "hour"}
_SUFFIXES = {"bucket": "bucket", "truncate": "trunc"}


def read_spec(texts: Sequence[str], schema: Schema, *, column_first: bool) -> PartitionSpec:
    """Return the partitioning that a statement names.

    Parameters
    ----------
    texts
        Such as ``country``, ``day(ts)``, ``bucket(16, id)``.
    schema
        The table's columns.
    column_first
        Whether the column stands before the number, as in a CTAS, or behind it, as in Hive's
        dialect.

    Raises
    ------
    QueryError
        For what is no transform, no column, or a transform that the column's type lacks.
    """
    fields: list[PartitionField] = []
    for text in texts:
        name, transform, suffix = _read(text, column_first)
        try:
            source = schema.find_field(name, case_sensitive=False)
        except ValueError as error:
            raise QueryError(
                f"INVALID_TABLE_PROPERTY: Partition column {name} is not in the table"
            ) from error
        if not transform.can_transform(source.field_type):
            raise QueryError(
                f"INVALID_TABLE_PROPERTY: Invalid source type {source.field_type} for transform: "
                f"{transform}"
            )
        called = f"{source.name}_{suffix}" if suffix else source.name
        if any(each.name == called for each in fields):
            raise QueryError(f"INVALID_TABLE_PROPERTY: Cannot add duplicate partition: {called}")
        number = PARTITION_FIELD_ID_START + len(fields)
        fields.append(PartitionField(source.field_id, number, transform, called))
    return PartitionSpec(*fields)


def _read(text: str, column_first: bool) -> tuple[str, Transform[Any, Any], str]:
    call = re.fullmatch(r"\s*(\w+)\s*\((.*)\)\s*", text)
    if call is None:
        return _column(text), IdentityTransform(), ""
    name = _PLURALS.get(call[1].lower(), call[1].lower())
    parts = [part.strip() for part in call[2].split(",")]
    if name in _OF_TIME and len(parts) == 1:
        return _column(parts[0]), _OF_TIME[name](), name
    if name in _SUFFIXES and len(parts) == 2:
        column, number = parts if column_first else reversed(parts)
        if re.fullmatch(r"[1-9]\d*", number):
            made = BucketTransform if name == "bucket" else TruncateTransform
            return _column(column), made(int(number)), _SUFFIXES[name]
    raise QueryError(f"INVALID_TABLE_PROPERTY: Invalid partition field declaration: {text}")


def _column(text: str) -> str:
    return text.strip().strip('"`').lower()


def internal(source: str, kind: iceberg.IcebergType) -> str:
    """Return DuckDB text of a value as Iceberg counts it: days of dates, microseconds of times."""
    if isinstance(kind, iceberg.DateType):
        return _DAY.format(source)
    if isinstance(kind, iceberg.TimestampType | iceberg.TimestamptzType):
        return f"epoch_us({source})"
    if isinstance(kind, iceberg.TimeType):
        return f"datediff('microsecond', TIME '00:00:00', {source})"
    return source


def transformed(
    transform: Transform[Any, Any], source: str, kind: iceberg.IcebergType
) -> str | None:
    """Return DuckDB text of a partition value; None where only pyiceberg computes it."""
    match transform:
        case IdentityTransform():
            return internal(source, kind)
        case YearTransform():
            return f"(year({source}) - 1970)"
        case MonthTransform():
            return _MONTH.format(source)
        case DayTransform():
            return _DAY.format(source)
        case HourTransform():
            return f"CAST(floor(epoch_us({source}) / 3600000000) AS INTEGER)"
    return None
