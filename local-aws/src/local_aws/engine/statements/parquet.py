"""Parquet files with times, which DuckDB cannot write as Athena does: as INT96.

pandas reads INT96 as nanoseconds, its own unit of old, and clients of Athena count on that.
"""

from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from local_aws.engine.context import Context

# as many as DuckDB puts into a row group
_GROUP_ROWS: Final = 122_880


def write(context: Context, sql: str, file: Path, codec: str, level: int | None) -> int:
    """Write a query's rows into a Parquet file.

    Parameters
    ----------
    context
        The query.
    sql
        DuckDB text.
    file
        The file to be.
    codec, level
        none, gzip, snappy, zstd or lz4, and how hard it tries; None for its default.

    Returns
    -------
    int
        How many rows.
    """
    batches = context.connection.sql(sql).to_arrow_reader(_GROUP_ROWS)
    rows = 0
    with pq.ParquetWriter(
        file,
        batches.schema,
        compression=codec,
        compression_level=level,
        use_deprecated_int96_timestamps=True,
        store_schema=False,  # it would tell readers another unit
    ) as writer:
        for batch in batches:
            context.check_cancelled()
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows
