"""Avro files, written by fastavro: as Hive's AvroSerDe writes them, every field nullable."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import fastavro
from fastavro.schema import SchemaParseException, expand_schema

from local_aws.engine.context import Context, QueryError
from local_aws.engine.scan.serde import Format
from local_aws.trino.type_storage import row_field_names
from local_aws.trino.types import TrinoType

_BATCH_ROWS: Final = 20_000
_CODECS: Final = {"none": "null", "zstd": "zstandard"}
_TYPES: Final[Mapping[str, Any]] = {
    "boolean": "boolean",
    "tinyint": "int",
    "smallint": "int",
    "integer": "int",
    "bigint": "long",
    "real": "float",
    "double": "double",
    "varchar": "string",
    "char": "string",
    "varbinary": "bytes",
    "date": {"type": "int", "logicalType": "date"},
    "timestamp": {"type": "long", "logicalType": "timestamp-millis"},
}


def write(context: Context, sql: str, file: Path, codec: str, schema: Any) -> int:
    """Write a query's rows into an Avro file.

    Parameters
    ----------
    context
        The query.
    sql
        DuckDB text.
    file
        The file to be.
    codec
        none, deflate, bzip2, snappy or zstd.
    schema
        The file's, of `schema_of`.

    Returns
    -------
    int
        How many rows.

    Raises
    ------
    QueryError
        HIVE_BAD_DATA for rows that are not of the schema.
    """
    batches = context.connection.sql(sql).to_arrow_reader(_BATCH_ROWS)
    rows = 0
    with file.open("wb") as raw:
        writer = fastavro.write.Writer(raw, schema, codec=_CODECS.get(codec, codec))
        for batch in batches:
            context.check_cancelled()
            for row in batch.to_pylist():
                try:
                    writer.write(_valued(row, schema))
                except (ValueError, TypeError, AttributeError) as error:
                    raise QueryError(
                        f"HIVE_BAD_DATA: a row is not of the table's Avro schema: {error}"
                    ) from error
            rows += batch.num_rows
        writer.flush()
    return rows


def schema_of(columns: Sequence[tuple[str, TrinoType]], table: Format) -> Any:
    """Return a file's schema: the ``avro.schema.literal`` of the table, or one of its columns.

    Raises
    ------
    QueryError
        NOT_SUPPORTED for columns that Avro has no type for, HIVE_INVALID_METADATA for a literal
        that is no schema.
    """
    _check(columns)
    if table.properties.get("avro.schema.url"):
        raise QueryError("NOT_SUPPORTED: property avro.schema.url is not supported here")
    literal = table.properties.get("avro.schema.literal")
    if literal is None:
        return _record("record", columns)
    try:
        return expand_schema(json.loads(literal))
    except (ValueError, SchemaParseException) as error:
        raise QueryError(f"HIVE_INVALID_METADATA: avro.schema.literal: {error}") from error


def _check(columns: Sequence[tuple[str, TrinoType]]) -> None:
    """Refuse columns as Trino's Hive connector does when it creates a table."""
    for name, kind in columns:
        if kind.name in ("tinyint", "smallint"):
            raise QueryError(
                f"NOT_SUPPORTED: Column '{name}' is {kind.name}, which is not supported by Avro. "
                "Use integer instead."
            )
        if kind.name == "map" and str(kind.args[0]) != "varchar":
            raise QueryError(
                f"NOT_SUPPORTED: Column '{name}' has a non-varchar map key, which is not supported "
                "by Avro"
            )


def _record(name: str, fields: Sequence[tuple[str, TrinoType]]) -> dict[str, Any]:
    described = [
        {"name": field, "type": ["null", _avro(kind, f"{name}_{place}")], "default": None}
        for place, (field, kind) in enumerate(fields)
    ]
    return {"type": "record", "name": name, "fields": described}


def _avro(kind: TrinoType, name: str) -> Any:
    """Return the Avro type of values; a record inside needs a name that no other one has."""
    if kind.name == "decimal":
        precision, scale = kind.args
        logical = {"logicalType": "decimal", "precision": precision, "scale": scale}
        return {"type": "bytes", **logical}
    if kind.name == "array":
        return {"type": "array", "items": ["null", _avro(kind.args[0], name)]}
    if kind.name == "map":
        return {"type": "map", "values": ["null", _avro(kind.args[1], name)]}
    if kind.name == "row":
        inner = [part for _, part in kind.args]
        return _record(name, list(zip(row_field_names(kind), inner, strict=True)))
    return _TYPES[kind.name]


def _valued(value: Any, schema: Any) -> Any:
    """Return a value as fastavro takes it for a schema: its names, times in UTC, maps as dicts."""
    if isinstance(schema, list):
        kinds = [each for each in schema if each != "null"]
        return value if value is None or len(kinds) != 1 else _valued(value, kinds[0])
    kind = schema["type"] if isinstance(schema, dict) else schema
    if value is None:
        return None
    if kind == "record":
        own = {name.lower(): each for name, each in value.items()}
        return {
            field["name"]: _valued(own.get(field["name"].lower()), field["type"])
            for field in schema["fields"]
        }
    if kind == "array":
        return [_valued(each, schema["items"]) for each in value]
    if kind == "map":
        return {key: _valued(each, schema["values"]) for key, each in value}
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
