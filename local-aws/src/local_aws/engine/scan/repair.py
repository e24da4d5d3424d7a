"""Parquet files whose texts are not all UTF-8, copied with U+FFFD for every bad byte.

DuckDB fails at such a text only when it reads it, so a query is run as ever, and once more with
copies where it failed.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types as arrow

from local_aws.engine.context import Context
from local_aws.engine.scan.footers import Footer
from local_aws.objects import StoredObject

_BATCH_ROWS: Final = 20_000


def is_wanted_after(error: duckdb.Error) -> bool:
    """Return whether a query failed at a text that is not UTF-8."""
    return "Invalid string encoding found in Parquet file" in str(error)


def copy(context: Context, file: StoredObject, footer: Footer, names: Collection[str]) -> Path:
    """Copy columns of a file into the query's scratch folder, their texts made UTF-8."""
    target = context.scratch / f"repaired_{uuid4().hex}.parquet"
    columns = [footer.spelled[name] for name in footer.columns if name in names]
    source = pq.ParquetFile(file.path)
    columns = columns or source.schema_arrow.names[:1]
    schema = pa.schema([source.schema_arrow.field(name) for name in columns])
    with pq.ParquetWriter(target, schema, compression="lz4") as writer:
        for batch in source.iter_batches(_BATCH_ROWS, columns=columns):
            context.check_cancelled()
            arrays = [_repaired(batch.column(name)) for name in columns]
            writer.write_table(pa.table(arrays, schema=schema))
    return target


def _repaired(array: pa.Array) -> pa.Array:
    raw = _binary(array.type)
    if raw == array.type:
        return array
    values = array.cast(raw)
    try:
        return values.cast(array.type)  # which looks at the bytes
    except pa.ArrowInvalid:
        return pa.array([_text(value, array.type) for value in values.to_pylist()], array.type)


def _binary(kind: pa.DataType) -> pa.DataType:
    """Return a type with bytes in place of texts."""
    if arrow.is_string(kind) or arrow.is_large_string(kind):
        return pa.binary() if arrow.is_string(kind) else pa.large_binary()
    if arrow.is_map(kind):
        return pa.map_(_binary(kind.key_type), _binary(kind.item_type))
    if arrow.is_list(kind):
        return pa.list_(kind.value_field.with_type(_binary(kind.value_type)))
    if arrow.is_struct(kind):
        fields = [kind.field(place) for place in range(kind.num_fields)]
        return pa.struct([field.with_type(_binary(field.type)) for field in fields])
    return kind


def _text(value: Any, kind: pa.DataType) -> Any:
    if value is None:
        return None
    if arrow.is_string(kind) or arrow.is_large_string(kind):
        return value.decode("utf-8", "replace")
    if arrow.is_map(kind):
        return [(_text(key, kind.key_type), _text(each, kind.item_type)) for key, each in value]
    if arrow.is_list(kind):
        return [_text(each, kind.value_type) for each in value]
    if arrow.is_struct(kind):
        return {name: _text(each, kind.field(name).type) for name, each in value.items()}
    return value
