"""A scan's relation: one view over the files of the partitions that matter."""

from collections.abc import Callable, Sequence

from local_aws.engine.catalog import PARTITIONS, get_table
from local_aws.engine.context import Context, QueryError
from local_aws.engine.iceberg import scan as iceberg_scan
from local_aws.engine.iceberg.metadata_tables import MetadataTable
from local_aws.engine.iceberg.schema import IcebergSchema
from local_aws.engine.scan import (
    copied_files,
    information_schema,
    line_files,
    parquet_files,
    partition_rows,
)
from local_aws.engine.scan.buckets import files_of, kept_buckets
from local_aws.engine.scan.files import files_by_location
from local_aws.engine.scan.parquet_columns import Column
from local_aws.engine.scan.partitions import kept_partitions
from local_aws.engine.scan.reading import Reading, Unit
from local_aws.engine.scan.row_groups import compile_conditions
from local_aws.engine.scan.serde import Format, format_of
from local_aws.engine.scan.sql import identifier
from local_aws.trino.information_schema import INFORMATION_SCHEMA
from local_aws.trino.schema import Scan
from local_aws.trino.type_storage import to_duckdb

# the formats that are not lines of text
_BRANCHES: dict[str, Callable[[Reading, Format, Sequence[Unit]], list[str]]] = {
    "parquet": parquet_files.branches,
    "orc": copied_files.branches,
    "avro": copied_files.branches,
}


def open_scans(context: Context, scans: Sequence[Scan]) -> None:
    """Make every scan of a compiled query a view on the query's connection.

    What the views will read is counted as scanned before anything is read.

    Raises
    ------
    QueryError
        Where a table cannot be read as the catalog describes it.
    QueryCancelledError
        Where it would be more than the workgroup lets a query scan.
    """
    for scan in scans:
        view = identifier(scan.relation)
        context.connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {view} AS {_scan_sql(context, scan)}"
        )


def _scan_sql(context: Context, scan: Scan) -> str:
    if scan.table.database == INFORMATION_SCHEMA:
        return information_schema.rows_sql(scan)
    if isinstance(scan.table, MetadataTable):
        return scan.table.sql
    if isinstance(scan.table, IcebergSchema):
        return iceberg_scan.rows_sql(context, scan, scan.table)
    if scan.table.name.endswith(PARTITIONS):
        return partition_rows.rows_sql(scan)
    table = get_table(scan.table.database, scan.table.name)
    if table is None:
        name = f"{scan.table.database}.{scan.table.name}"
        raise QueryError(f"TABLE_NOT_FOUND: Table 'awsdatacatalog.{name}' does not exist")
    columns = [Column(*each) for each in scan.table.columns if each[0] in scan.columns]
    keys = [column for column in columns if column.name in scan.table.partition_columns]
    plain = [column for column in columns if column not in keys]
    hidden = [Column(*each) for each in scan.table.hidden_columns if each[0] in scan.columns]
    kept = kept_partitions(table, scan, context.connection)
    listed = files_by_location({each.location for each in kept})
    buckets = kept_buckets(table, scan.table, scan.conditions, context.connection)
    if buckets is not None:
        listed = {place: files_of(table, buckets, files) for place, files in listed.items()}
    units = [Unit(each, listed[each.location]) for each in kept if listed[each.location]]
    keeps = compile_conditions(scan.conditions, context.connection)
    reading = Reading(context, table, scan.table.partition_columns, plain, keys, hidden, keeps)
    branches = _branches(reading, units)
    if not branches:
        nothing = [
            f"CAST(NULL AS {to_duckdb(each.type)}) AS {identifier(each.name)}"
            for each in (*columns, *hidden)
        ]
        return f"SELECT {', '.join(nothing) or '1 AS one'} WHERE false"
    return " UNION ALL ".join(branches)


def _branches(reading: Reading, units: Sequence[Unit]) -> list[str]:
    """Return the SELECTs whose union is the scan: partitions may differ in format."""
    by_format: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[Format, list[Unit]]] = {}
    for unit in units:
        found = format_of(unit.partition.storage, reading.table.parameters)
        key = (found.name, tuple(sorted(found.properties.items())))
        by_format.setdefault(key, (found, []))[1].append(unit)
    branches = []
    for found, members in by_format.values():
        branches += _BRANCHES.get(found.name, line_files.branches)(reading, found, members)
    return branches
