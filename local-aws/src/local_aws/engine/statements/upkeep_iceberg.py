"""OPTIMIZE and VACUUM of Iceberg tables."""

import datetime as dt
from collections.abc import Sequence

from pyiceberg.table.snapshots import Operation

from local_aws.engine.catalog import get_table
from local_aws.engine.context import Context, Outcome, QueryError
from local_aws.engine.hive.ast import TableName
from local_aws.engine.hive.common import table_name
from local_aws.engine.hive.tokens import Cursor, padded
from local_aws.engine.iceberg import data_files, delta
from local_aws.engine.iceberg.compaction import candidates, unused_deletes
from local_aws.engine.iceberg.expiry import expire, expired, remove_orphans
from local_aws.engine.iceberg.filters import row_filter
from local_aws.engine.iceberg.partition_filter import kept
from local_aws.engine.iceberg.plan import Planned, plan
from local_aws.engine.iceberg.scan import all_rows_sql
from local_aws.engine.iceberg.schema import IcebergSchema, current
from local_aws.engine.statements.names import resolve
from local_aws.engine.statements.select import compile_in
from local_aws.objects import split_uri
from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax.parser import parse_query


def optimize(cursor: Cursor, context: Context) -> Outcome:
    """Run OPTIMIZE table REWRITE DATA USING BIN_PACK [WHERE condition]."""
    cursor.need("OPTIMIZE")
    name = table_name(cursor)
    cursor.need("REWRITE", "DATA", "USING", "BIN_PACK")
    table = _table(context, name)
    chosen = candidates(_asked(cursor, context, table), table.loaded.properties)
    if chosen:
        everything = plan(table.loaded, table.snapshot)
        added = data_files.write(context, table.loaded, all_rows_sql(context, table, chosen))
        removed = [each.file for each in chosen] + unused_deletes(everything, chosen)
        delta.replace_rows(table.loaded, added, (), removed, Operation.REPLACE)
    return Outcome("DML", "OPTIMIZE", lines=[])


def vacuum(cursor: Cursor, context: Context) -> Outcome:
    """Run VACUUM table: old snapshots go, and files that nothing names."""
    cursor.need("VACUUM")
    name = table_name(cursor)
    cursor.end()
    table = _table(context, name).loaded
    if not split_uri(table.location())[1].strip("/"):
        raise QueryError(
            "GENERIC_INTERNAL_ERROR: Path missing in file system location: "
            f"{table.location().rstrip('/')}"
        )
    now = dt.datetime.now(dt.UTC)
    expire(table, expired(table, now))
    remove_orphans(table.refresh(), now)
    return Outcome("DML", "VACUUM", lines=[])


def _table(context: Context, name: TableName) -> IcebergSchema:
    database, table = resolve(context, name)
    found = get_table(database, table)
    if found is None:
        message = f"Table 'awsdatacatalog.{database}.{table}' does not exist"
        raise TrinoError("TABLE_NOT_FOUND", message, 1, 1)
    if not found.is_iceberg:
        message = f"{database}.{table} is not an Iceberg table"
        raise TrinoError("NOT_SUPPORTED", message, 1, 1)
    return current(found.record)


def _asked(cursor: Cursor, context: Context, table: IcebergSchema) -> Sequence[Planned]:
    """Return the files that WHERE names, which may only name columns that partition the table."""
    if not cursor.take("WHERE"):
        cursor.end()
        return plan(table.loaded, table.snapshot)
    start = cursor.token.start
    quoted = ".".join(f'"{part}"' for part in (table.database, table.name))
    head = f"SELECT 1 FROM {quoted} WHERE "
    text = padded(cursor.sql, start, cursor.tokens[-2].stop).lstrip()
    compiled = compile_in(parse_query(head + text), context)
    sources = {field.source_id for field in table.loaded.spec().fields}
    partitioned = {field.name.lower() for field in table.schema.fields if field.field_id in sources}
    others = {name for scan in compiled.scans for name in scan.columns} - partitioned
    if others:
        message = f"OPTIMIZE … WHERE takes partition columns alone, not {', '.join(sorted(others))}"
        raise TrinoError("NOT_SUPPORTED", message, 1, 1)
    scan, *more = compiled.scans
    if more:
        raise TrinoError("NOT_SUPPORTED", "OPTIMIZE … WHERE takes no subqueries", 1, 1)
    conditions = [*scan.conditions, *scan.partition_conditions]
    where = row_filter(conditions, table.schema, context.connection)
    return kept(plan(table.loaded, table.snapshot, where), scan, table, context.connection)
