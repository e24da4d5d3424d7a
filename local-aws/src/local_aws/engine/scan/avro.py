"""Avro files: the columns that a query uses, copied into a Parquet file that DuckDB reads.

fastavro reads them: it is the field's library, and the project's lock has it already.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
from fastavro.read import SchemaResolutionError

from local_aws.engine.context import Context, QueryError
from local_aws.engine.scan.arrow_types import to_arrow
from local_aws.engine.scan.orc import NO_COLUMN
from local_aws.engine.scan.serde import Format
from local_aws.objects import StoredObject
from local_aws.trino.type_storage import row_field_names
from local_aws.trino.types import TrinoType

_ROWS: Final = 20_000
CODECS: Final = ("null", "deflate", "bzip2", "snappy", "zstandard")


def as_parquet(
    context: Context, file: StoredObject, kinds: Mapping[str, TrinoType], file_format: Format
) -> Path:
    """Copy columns of an Avro file, found by name, and return the copy.

    Parameters
    ----------
    kinds
        The columns' types by name.
    file_format
        Its ``avro.schema.literal`` is the reader's schema, which has defaults of missing fields.

    Raises
    ------
    QueryError
        HIVE_BAD_DATA for an object that is no Avro file, or values that are not of their types;
        NOT_SUPPORTED for a codec that nothing here reads.
    """
    literal = file_format.properties.get("avro.schema.literal")
    if file_format.properties.get("avro.schema.url"):
        raise QueryError("NOT_SUPPORTED: property avro.schema.url is not supported here")
    context.add_scanned(file.size)
    target = context.scratch / f"avro_{uuid4().hex}.parquet"
    fields = {name: to_arrow(kind) for name, kind in kinds.items()} or {NO_COLUMN: pa.null()}
    schema = pa.schema(list(fields.items()))
    try:
        with file.path.open("rb") as raw, pq.ParquetWriter(target, schema) as writer:
            reader = fastavro.reader(raw, json.loads(literal) if literal else None)
            if reader.codec not in CODECS:
                raise QueryError(
                    f"NOT_SUPPORTED: Avro codec {reader.codec} of {file.uri} is not supported here"
                )
            for records in _batches(reader):
                context.check_cancelled()
                columns = [
                    pa.array([_plain(each.get(name), kinds.get(name)) for each in records], kind)
                    for name, kind in fields.items()
                ]
                writer.write_table(pa.table(columns, schema=schema))
    except (pa.ArrowException, SchemaResolutionError, ValueError, TypeError, EOFError) as error:
        raise QueryError(f"HIVE_BAD_DATA: Error reading Avro file {file.uri}: {error}") from error
    return target


def _batches(reader: Iterator[Any]) -> Iterator[list[dict[str, Any]]]:
    records = []
    for record in reader:
        records.append({name.lower(): value for name, value in record.items()})
        if len(records) == _ROWS:
            yield records
            records = []
    if records:
        yield records


def _plain(value: Any, kind: TrinoType | None) -> Any:
    """Return a value as Arrow takes it: names in lower case, times in UTC without a zone."""
    if value is None or kind is None:
        return None
    if kind.name == "array":
        return [_plain(each, kind.args[0]) for each in value]
    if kind.name == "map":
        return [(key, _plain(each, kind.args[1])) for key, each in value.items()]
    if kind.name == "row":
        own = {name.lower(): each for name, each in value.items()}
        return {
            name: _plain(own.get(name.lower()), inner)
            for name, (_, inner) in zip(row_field_names(kind), kind.args, strict=True)
        }
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value
