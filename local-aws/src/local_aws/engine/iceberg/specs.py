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
    try:
        for text in texts:
            name, transform, suffix = _read(text, column_first)
            source = _source(name, transform, schema)
            called = f"{source.name}_{suffix}" if suffix else source.name
            number = PARTITION_FIELD_ID_START + len(fields)
            made = PartitionField(source.field_id, number, transform, called)
            _check_beside(made, fields)
            fields.append(made)
    except _NoPartitioningError as error:
        where = "Unable to parse partitioning value: " if column_first else ""
        raise QueryError(f"INVALID_TABLE_PROPERTY: {where}{error}") from error
    return PartitionSpec(*fields)


class _NoPartitioningError(Exception):
    """What was named is no partitioning of the table."""


def _source(name: str, transform: Transform[Any, Any], schema: Schema) -> iceberg.NestedField:
    try:
        found = schema.find_field(name, case_sensitive=False)
    except ValueError as error:
        raise _NoPartitioningError(f"Cannot find source column: {name}") from error
    if found.field_id not in {each.field_id for each in schema.fields}:
        raise QueryError(f"NOT_SUPPORTED: Partitioning by the nested field {name} is not supported")
    if not found.field_type.is_primitive:
        raise _NoPartitioningError(
            f"Cannot partition by non-primitive source field: {found.field_type}"
        )
    if not transform.can_transform(found.field_type):
        raise _NoPartitioningError(
            f"Invalid source type {found.field_type} for transform: {transform}"
        )
    return found


def _check_beside(made: PartitionField, fields: Sequence[PartitionField]) -> None:
    for each in fields:
        if each.name == made.name:
            raise _NoPartitioningError(f"Cannot use partition name more than once: {made.name}")
        times = str(each.transform) in _OF_TIME and str(made.transform) in _OF_TIME
        if each.source_id == made.source_id and (times or each.transform == made.transform):
            raise _NoPartitioningError(
                f"Cannot add redundant partition: {_told(each)} conflicts with {_told(made)}"
            )


def _told(field: PartitionField) -> str:
    return f"{field.field_id}: {field.name}: {field.transform}({field.source_id})"


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
    raise _NoPartitioningError(f"Invalid partition field declaration: {text}")


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
