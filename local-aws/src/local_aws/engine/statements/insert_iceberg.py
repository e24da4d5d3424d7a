"""INSERT INTO an Iceberg table."""

from collections.abc import Sequence

from local_aws.engine.context import ROWS_WRITTEN, Context, Outcome
from local_aws.engine.iceberg import data_files, delta
from local_aws.engine.iceberg.schema import IcebergSchema
from local_aws.engine.scan import open_scans
from local_aws.trino.schema import Scan


def insert(context: Context, table: IcebergSchema, sql: str, scans: Sequence[Scan]) -> Outcome:
    """Write rows that have the table's columns and types, and commit them.

    Parameters
    ----------
    context
        The query.
    table
        The table as the statement found it.
    sql, scans
        DuckDB text of the rows, and what it reads.
    """
    open_scans(context, scans)
    files = data_files.write(context, table.loaded, sql)
    delta.append(table.loaded, files)
    return Outcome(
        "DML",
        "INSERT",
        ROWS_WRITTEN,
        manifest=[file.file_path for file in files],
        update_count=sum(file.record_count for file in files),
    )
