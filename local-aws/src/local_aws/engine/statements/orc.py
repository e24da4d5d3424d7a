"""ORC files, written by Arrow's library."""

from pathlib import Path
from typing import Final

import pyarrow as pa
from pyarrow import orc

from local_aws.engine.context import Context, QueryError

_BATCH_ROWS: Final = 100_000


def write(context: Context, sql: str, file: Path, codec: str) -> int:
    """Write a query's rows into an ORC file.

    Parameters
    ----------
    context
        The query.
    sql
        DuckDB text.
    file
        The file to be.
    codec
        none, snappy, zlib, lz4 or zstd.

    Returns
    -------
    int
        How many rows.

    Raises
    ------
    QueryError
        NOT_SUPPORTED for a time that Arrow's reader of ORC, which counts nanoseconds in 64 bits,
        would read as another one.
    """
    batches = context.connection.sql(sql).to_arrow_reader(_BATCH_ROWS)
    rows = 0
    compression = "uncompressed" if codec == "none" else codec
    with orc.ORCWriter(str(file), compression=compression) as writer:
        writer.write(_readable(batches.schema.empty_table()))
        for batch in batches:
            context.check_cancelled()
            writer.write(_readable(pa.Table.from_batches([batch])))
            rows += batch.num_rows
    return rows


def _readable(table: pa.Table) -> pa.Table:
    schema = pa.schema([(field.name, _in_nanoseconds(field.type)) for field in table.schema])
    if schema.types == table.schema.types:
        return table
    try:
        return table.cast(schema)
    except pa.ArrowInvalid as error:
        raise QueryError(
            "NOT_SUPPORTED: a time before 1677-09-21 or after 2262-04-11 in an ORC file is not "
            "supported here"
        ) from error


def _in_nanoseconds(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind):
        return pa.timestamp("ns")
    if pa.types.is_list(kind):
        return pa.list_(_in_nanoseconds(kind.value_type))
    if pa.types.is_map(kind):
        return pa.map_(_in_nanoseconds(kind.key_type), _in_nanoseconds(kind.item_type))
    if pa.types.is_struct(kind):
        return pa.struct([(each.name, _in_nanoseconds(each.type)) for each in kind])
    return kind
