"""ORC files, written by Arrow's library."""

from pathlib import Path
from typing import Final

import pyarrow as pa
from pyarrow import orc

from local_aws.engine.context import Context

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
    """
    batches = context.connection.sql(sql).to_arrow_reader(_BATCH_ROWS)
    rows = 0
    compression = "uncompressed" if codec == "none" else codec
    with orc.ORCWriter(str(file), compression=compression) as writer:
        writer.write(batches.schema.empty_table())
        for batch in batches:
            context.check_cancelled()
            writer.write(pa.Table.from_batches([batch]))
            rows += batch.num_rows
    return rows
