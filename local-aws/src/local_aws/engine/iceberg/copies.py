"""ORC and Avro files of Iceberg tables: columns copied into Parquet files with the same field ids.

Source: the Iceberg specification, "Appendix A: Format-specific Requirements".
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, cast
from uuid import uuid4

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import orc
from pyarrow import types as arrow
from pyiceberg import types as iceberg
from pyiceberg.manifest import DataFile, FileFormat

from local_aws.engine.context import Context, QueryError
from local_aws.engine.iceberg.types import to_trino
from local_aws.engine.scan.arrow_types import to_arrow
from local_aws.engine.scan.avro import CODECS
from local_aws.engine.scan.footers import FIELD_ID
from local_aws.engine.scan.orc import NO_COLUMN, Counted
from local_aws.objects import StoredObject

_ROWS: Final = 20_000
_ORC_ID: Final = b"iceberg.id"
# where nothing of a row is used but that it is there; the specification keeps the number for itself
_NOTHING: Final = pa.field(NO_COLUMN, pa.null(), metadata={FIELD_ID: b"2147483646"})
_DAMAGED: Final = (pa.ArrowException, OSError, EOFError, ValueError, KeyError, zlib.error)


def as_parquet(
    context: Context,
    file: DataFile,
    found: StoredObject,
    fields: Sequence[iceberg.NestedField],
) -> Path:
    """Copy the columns that a file has of some fields; what is read of the file is counted.

    Rows keep their places.

    Raises
    ------
    QueryError
        ICEBERG_BAD_DATA for a file that is none of its format or has no field ids; NOT_SUPPORTED
        for columns of uuid and codecs that nothing here reads.
    """
    for field in fields:
        if "uuid" in str(field.field_type):
            raise QueryError(
                f"NOT_SUPPORTED: column {field.name} {field.field_type} of "
                f"{file.file_format.value} files is not supported here"
            )
    target = context.scratch / f"copy_{uuid4().hex}.parquet"
    try:
        if file.file_format == FileFormat.ORC:
            _copy_orc(context, found, fields, target)
        elif file.file_format == FileFormat.AVRO:
            context.add_scanned(found.size)
            _copy_avro(context, found, fields, target)
        else:
            raise QueryError(f"NOT_SUPPORTED: {file.file_format.value} file {found.uri}")
    except _DAMAGED as error:
        raise QueryError(
            f"ICEBERG_BAD_DATA: Error reading {file.file_format.value} file {found.uri}: {error}"
        ) from error
    return target


def _copy_orc(
    context: Context, found: StoredObject, fields: Sequence[iceberg.NestedField], target: Path
) -> None:
    wanted = {str(field.field_id).encode() for field in fields}
    with Counted(found.path) as raw:
        source = orc.ORCFile(pa.PythonFile(raw, "r"))
        by_id = {(each.metadata or {}).get(_ORC_ID): each for each in source.schema}
        if not by_id.keys() - {None}:
            raise ValueError("it has no field ids, and name mappings are not supported here")
        own = [field for number, field in by_id.items() if number in wanted]
        schema = pa.schema([_of_parquet(field) for field in own] or [_NOTHING])
        with pq.ParquetWriter(target, schema, compression="lz4") as writer:
            if not own:
                writer.write_table(pa.table([pa.nulls(source.nrows)], schema=schema))
            for stripe in range(source.nstripes if own else 0):
                context.check_cancelled()
                batch = source.read_stripe(stripe, columns=[field.name for field in own])
                columns = [
                    batch.column(field.name).cast(to.type, safe=False)
                    for field, to in zip(own, schema, strict=True)
                ]
                writer.write_table(pa.table(columns, schema=schema))
        # Arrow reads the tail of a file more than once
        context.add_scanned(min(raw.bytes_read, found.size))


def _of_parquet(field: pa.Field) -> pa.Field:
    """Return a field of ORC as Parquet has it: its id, and times in microseconds."""
    said = field.metadata or {}
    kind = field.type
    if arrow.is_struct(kind):
        kind = pa.struct([_of_parquet(kind.field(at)) for at in range(kind.num_fields)])
    elif arrow.is_map(kind):
        kind = pa.map_(_of_parquet(kind.key_field), _of_parquet(kind.item_field))
    elif arrow.is_list(kind):
        kind = pa.list_(_of_parquet(kind.value_field))
    elif arrow.is_timestamp(kind):
        kind = pa.timestamp("us", kind.tz)
    elif said.get(b"iceberg.long-type") == b"TIME":
        kind = pa.time64("us")
    return pa.field(
        field.name, kind, field.nullable, {FIELD_ID: said[_ORC_ID]} if _ORC_ID in said else None
    )


def _copy_avro(
    context: Context, found: StoredObject, fields: Sequence[iceberg.NestedField], target: Path
) -> None:
    with found.path.open("rb") as raw:
        source = fastavro.reader(raw)
        if source.codec not in CODECS:
            raise QueryError(
                f"NOT_SUPPORTED: Avro codec {source.codec} of {found.uri} is not supported here"
            )
        own = _members(json.loads(source.metadata["avro.schema"]))
        if not own:
            raise ValueError("it has no field ids, and name mappings are not supported here")
        read = [(*own[field.field_id], field) for field in fields if field.field_id in own]
        schema = pa.schema([_of_arrow(field) for *_, field in read] or [_NOTHING])
        with pq.ParquetWriter(target, schema, compression="lz4") as writer:
            rows = cast(Iterator[dict[str, Any]], source)
            while records := list(islice(rows, _ROWS)):
                context.check_cancelled()
                columns = [
                    pa.array([_plain(row[name], avro, field.field_type) for row in records], kind)
                    for (name, avro, field), kind in zip(read, schema.types, strict=False)
                ]
                writer.write_table(pa.table(columns or [pa.nulls(len(records))], schema=schema))


def _members(record: dict[str, Any]) -> dict[int, tuple[str, Any]]:
    """Return name and type of a record's fields by their ids."""
    return {
        each["field-id"]: (each["name"], each["type"])
        for each in record["fields"]
        if "field-id" in each
    }


def _of_arrow(field: iceberg.NestedField) -> pa.Field:
    number = str(field.field_id).encode()
    return pa.field(field.name, to_arrow(to_trino(field.field_type)), metadata={FIELD_ID: number})


def _plain(value: Any, avro: Any, kind: iceberg.IcebergType) -> Any:
    """Return a value of an Avro type as Arrow takes it for the table's, fields by their ids."""
    if value is None:
        return None
    if isinstance(avro, list):
        avro = next(each for each in avro if each != "null")
    if isinstance(kind, iceberg.StructType):
        own = _members(avro)
        return {
            field.name: _plain(
                value[own[field.field_id][0]], own[field.field_id][1], field.field_type
            )
            for field in kind.fields
            if field.field_id in own
        }
    if isinstance(kind, iceberg.ListType):
        return [_plain(each, avro["items"], kind.element_type) for each in value]
    if isinstance(kind, iceberg.MapType):
        return _pairs(value, avro, kind)
    if isinstance(value, datetime) and not isinstance(kind, iceberg.TimestamptzType):
        return value.replace(tzinfo=None)
    return value


def _pairs(value: Any, avro: Any, kind: iceberg.MapType) -> list[tuple[Any, Any]]:
    """Return a map's pairs, which is a map of Avro only where its keys are texts."""
    if avro["type"] == "map":
        return [(key, _plain(each, avro["values"], kind.value_type)) for key, each in value.items()]
    types = {each["name"]: each["type"] for each in avro["items"]["fields"]}
    return [
        (
            _plain(each["key"], types["key"], kind.key_type),
            _plain(each["value"], types["value"], kind.value_type),
        )
        for each in value
    ]
