"""Parquet files as DuckDB reads them, each column as the type that the table declares."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
from pyarrow import types as arrow

from local_aws.engine.context import QueryError
from local_aws.engine.scan.footers import SPELLED, Footer
from local_aws.engine.scan.sql import identifier, literal, sized_text
from local_aws.objects import StoredObject
from local_aws.trino.emit.cast_moments import zoned
from local_aws.trino.type_storage import row_field_names, to_duckdb
from local_aws.trino.types import INTEGER_BITS, TrinoType


@dataclass(frozen=True)
class Column:
    """A column that a query uses, with the type the table gives it."""

    name: str
    type: TrinoType


def column_expressions(
    columns: Sequence[Column], footer: Footer, file: StoredObject, kind: str = "parquet"
) -> dict[str, str]:
    """Return DuckDB expressions over a file's own columns, by the name of the table's column.

    Columns are found by name whatever the case; one that the file lacks is NULL.

    Raises
    ------
    QueryError
        HIVE_BAD_DATA where the file's type cannot be read as the table's.
    """
    found = {}
    for column in columns:
        physical = footer.columns.get(column.name)
        if physical is None:
            found[column.name] = f"CAST(NULL AS {to_duckdb(column.type)})"
            continue
        source = identifier(footer.spelled[column.name])
        expression = _read_as(source, physical, column.type)
        if expression is None:
            raise QueryError(
                f"HIVE_BAD_DATA: Field {column.name}'s type {_parquet_name(footer, column.name)} "
                f"in {kind} file {file.uri} is incompatible with type {column.type} defined in "
                f"table schema"
            )
        found[column.name] = expression
    return found


def _parquet_name(footer: Footer, name: str) -> str:
    schema = footer.metadata.schema
    for index in range(len(schema)):
        if schema.column(index).path.lower() == name:
            return str(schema.column(index).physical_type)
    return str(footer.columns[name])


def _read_as(source: str, physical: pa.DataType, wanted: TrinoType) -> str | None:
    if arrow.is_dictionary(physical):
        return _read_as(source, physical.value_type, wanted)
    if arrow.is_null(physical):
        return f"CAST(NULL AS {to_duckdb(wanted)})"
    for applies, read in _READERS:
        if applies(physical):
            return read(source, physical, wanted)
    return None


def _boolean(source: str, _physical: pa.DataType, wanted: TrinoType) -> str | None:
    return source if wanted.name == "boolean" else None


def _integer(source: str, physical: pa.DataType, wanted: TrinoType) -> str | None:
    unsigned = arrow.is_unsigned_integer(physical)
    if wanted.name == "decimal":
        return f"CAST({source} AS {to_duckdb(wanted)})"
    bits = INTEGER_BITS.get(wanted.name)
    # Parquet stores everything up to 32 bits as INT32, so a narrower column is checked by value
    if bits is None or (physical.bit_width > 32 and bits < 64):
        return None
    same = physical.bit_width == bits and not unsigned
    return source if same else f"CAST({source} AS {to_duckdb(wanted)})"


def _floating(source: str, physical: pa.DataType, wanted: TrinoType) -> str | None:
    if wanted.name == "double":
        return source if arrow.is_float64(physical) else f"CAST({source} AS DOUBLE)"
    return source if wanted.name == "real" and arrow.is_float32(physical) else None


def _decimal(source: str, physical: pa.DataType, wanted: TrinoType) -> str | None:
    if wanted.name != "decimal":
        return None
    same = (physical.precision, physical.scale) == wanted.args
    return source if same else f"CAST({source} AS {to_duckdb(wanted)})"


def _text(source: str, _physical: pa.DataType, wanted: TrinoType) -> str | None:
    if wanted.name == "varbinary":
        return f"encode({source})"
    return sized_text(source, wanted) if wanted.name in ("varchar", "char") else None


def _bytes(source: str, _physical: pa.DataType, wanted: TrinoType) -> str | None:
    if wanted.name in ("varchar", "char"):
        return sized_text(f"coalesce(TRY(decode({source})), hive_utf8({source}))", wanted)
    return source if wanted.name in ("varbinary", "uuid") else None


def _date(source: str, _physical: pa.DataType, wanted: TrinoType) -> str | None:
    return source if wanted.name == "date" else None


def _timestamp(source: str, physical: pa.DataType, wanted: TrinoType) -> str | None:
    if wanted.name == "timestamp with time zone" and physical.tz is not None:
        return zoned(f"make_timestamp(epoch_us({source}))", "'UTC'")
    if wanted.name != "timestamp":
        return None
    if physical.tz is not None:
        source = f"make_timestamp(epoch_us({source}))"
    if physical.unit in ("s", "ms") or (physical.unit == "us" and wanted.args[0] == 6):
        return source
    # Athena has milliseconds; the cast rounds half up
    return f"CAST(CAST({source} AS TIMESTAMP_MS) AS TIMESTAMP)"


def _time(source: str, _physical: pa.DataType, wanted: TrinoType) -> str | None:
    return source if wanted.name == "time" else None


def _list(source: str, physical: pa.DataType, wanted: TrinoType) -> str | None:
    if wanted.name != "array":
        return None
    inner = _read_as("x", physical.value_type, wanted.args[0])
    if inner is None or inner == "x":
        return None if inner is None else source
    return f"list_transform({source}, lambda x: {inner})"


def _map(source: str, physical: pa.DataType, wanted: TrinoType) -> str | None:
    if wanted.name != "map":
        return None
    key = _read_as("e.key", physical.key_type, wanted.args[0])
    value = _read_as("e.value", physical.item_type, wanted.args[1])
    if key is None or value is None:
        return None
    if (key, value) == ("e.key", "e.value"):
        return source
    entries = f"list_transform(map_entries({source}), lambda e: {{'k': {key}, 'v': {value}}})"
    return f"map_from_entries({entries})"


def _struct(source: str, physical: pa.DataType, wanted: TrinoType) -> str | None:
    if wanted.name != "row":
        return None
    by_name = {physical.field(i).name.lower(): physical.field(i) for i in range(len(physical))}
    parts = []
    for name, (_, kind) in zip(row_field_names(wanted), wanted.args, strict=True):
        field = by_name.get(name.lower())
        inner: str | None = f"CAST(NULL AS {to_duckdb(kind)})"
        if field is not None:
            spelled = (field.metadata or {}).get(SPELLED, field.name.encode()).decode()
            inner = _read_as(f"struct_extract({source}, {literal(spelled)})", field.type, kind)
        if inner is None:
            return None
        parts.append(f"{identifier(name)} := {inner}")
    return f"CASE WHEN {source} IS NOT NULL THEN struct_pack({', '.join(parts)}) END"


_READERS = (
    (arrow.is_boolean, _boolean),
    (arrow.is_integer, _integer),
    (arrow.is_floating, _floating),
    (arrow.is_decimal, _decimal),
    (lambda kind: arrow.is_string(kind) or arrow.is_large_string(kind), _text),
    (
        lambda kind: (
            arrow.is_binary(kind) or arrow.is_large_binary(kind) or arrow.is_fixed_size_binary(kind)
        ),
        _bytes,
    ),
    (arrow.is_date, _date),
    (arrow.is_timestamp, _timestamp),
    (arrow.is_time, _time),
    (arrow.is_map, _map),
    (lambda kind: arrow.is_list(kind) or arrow.is_large_list(kind), _list),
    (arrow.is_struct, _struct),
)
