"""DELETE, UPDATE and MERGE of Iceberg tables, merged on read.

Places of rows that are gone go into delete files, rows that come into data files: one commit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import uuid4

from pyiceberg.manifest import DataFile, DataFileContent
from pyiceberg.table.snapshots import Operation

from local_aws.engine.catalog import GlueCatalog, get_table
from local_aws.engine.context import ROWS_WRITTEN, Context, Outcome
from local_aws.engine.hive.tokens import Cursor
from local_aws.engine.iceberg import data_files, delta, position_deletes
from local_aws.engine.iceberg.change_query import ChangeQuery, Planned, change_query
from local_aws.engine.iceberg.plan import entries
from local_aws.engine.iceberg.schema import POSITION, IcebergSchema
from local_aws.engine.scan import open_scans
from local_aws.engine.statements.assignment import assigned, fits
from local_aws.engine.statements.names import current_database
from local_aws.engine.statements.select import compile_in
from local_aws.trino.errors import TrinoError
from local_aws.trino.schema import TableSchema, ViewSchema
from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.changes import parse_change
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType

_DELETING = ("DELETE", "UPDATE")


def change(cursor: Cursor, context: Context) -> Outcome:
    """Run DELETE, UPDATE or MERGE."""
    kind = cursor.token.key
    statement = parse_change(cursor.sql)
    catalog = _Catalog()
    table = _target(statement, context, catalog)
    planned = change_query(statement, [name for name, _ in table.columns])
    compiled = compile_in(planned.query, context, catalog)
    new_rows = [
        _new_rows(
            *(number, each, planned.old, table, compiled.columns),
            merging=statement.source is not None,
        )
        for number, each in enumerate(planned.clauses)
        if each.clause.action != "DELETE"
    ]
    open_scans(context, compiled.scans)
    made = f"changes_{uuid4().hex}"
    names = ", ".join(f"c{number}" for number in range(len(compiled.columns)))
    context.connection.execute(
        f"CREATE TEMP TABLE {made} AS SELECT * FROM ({compiled.sql}) AS given({names})"
    )
    rows = _commit(context, table, planned, made, new_rows)
    return Outcome("DML", kind, ROWS_WRITTEN, manifest=[], update_count=rows)


class _Catalog(GlueCatalog):
    """The catalog with Iceberg's rows' places, each table in one state for the whole statement."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], TableSchema | ViewSchema | None] = {}

    def table(self, database: str, name: str) -> TableSchema | ViewSchema | None:
        """Return the schema of a table or view, None when there is none."""
        if (database, name) not in self._found:
            found = super().table(database, name)
            if isinstance(found, IcebergSchema):
                found = replace(found, hidden_columns=(*found.hidden_columns, POSITION))
            self._found[database, name] = found
        return self._found[database, name]


def _target(statement: n.Change, context: Context, catalog: _Catalog) -> IcebergSchema:
    parts = statement.table.parts
    if len(parts) == 3 and parts[0] != "awsdatacatalog":
        raise TrinoError(
            "CATALOG_NOT_FOUND", f"Catalog '{parts[0]}' not found", *statement.table.at
        )
    database = parts[-2] if len(parts) > 1 else current_database(context)
    found = get_table(database, parts[-1])
    if found is None:
        message = f"Table 'awsdatacatalog.{database}.{parts[-1]}' does not exist"
        raise TrinoError("TABLE_NOT_FOUND", message, *statement.at)
    if found.is_view:
        message = "Modifying the rows of views is not supported"
        raise TrinoError("NOT_SUPPORTED", message, *statement.at)
    table = catalog.table(database, parts[-1])
    if not isinstance(table, IcebergSchema):
        message = "Modifying Hive table rows is only supported for transactional tables"
        raise TrinoError("NOT_SUPPORTED", message, *statement.at)
    return table


def _new_rows(
    number: int,
    planned: Planned,
    old: Mapping[str, int],
    table: IcebergSchema,
    compiled: Sequence[tuple[str, TrinoType]],
    *,
    merging: bool,
) -> str:
    """Return the SELECT of a clause's rows, without FROM, in the table's columns."""
    clause = planned.clause
    kinds = dict(table.columns)
    wanted = [kinds[name] for name in planned.columns]
    given = [kind for _, kind in compiled[planned.first : planned.first + len(wanted)]]
    if not all(fits(source, target) for source, target in zip(given, wanted, strict=True)):
        what = "UPDATE table column types don't match SET expressions"
        if merging:
            what = f"MERGE table column types don't match for MERGE case {number}, SET expressions"
        raise TrinoError(
            "TYPE_MISMATCH",
            f"{what}: Table: [{', '.join(map(str, wanted))}], "
            f"Expressions: [{', '.join(map(str, given))}]",
            *clause.at,
        )
    items = []
    for name, kind in table.columns:
        if name in planned.columns:
            place = planned.columns.index(name)
            items.append(assigned(f"c{planned.first + place}", given[place], kind))
        elif clause.action == "UPDATE":
            items.append(f"c{old[name]}")
        else:
            items.append(f"CAST(NULL AS {to_duckdb(kind)})")
    return f"SELECT {', '.join(items)} FROM {{}} WHERE c2 = {number}"


def _commit(
    context: Context, table: IcebergSchema, planned: ChangeQuery, made: str, new_rows: Sequence[str]
) -> int:
    deleting = [
        str(number)
        for number, each in enumerate(planned.clauses)
        if each.clause.action in _DELETING
    ]
    ask = context.connection.execute
    places = (
        f"(SELECT c0 AS file_path, c1 AS pos FROM {made} WHERE c2 IN ({', '.join(deleting)}))"
        if deleting
        else "(SELECT '' AS file_path, 0 AS pos WHERE false)"
    )
    # as in Trino, also where no clause applies to either of the two
    twice = ask(
        f"SELECT 1 FROM (SELECT c0, c1, c2 FROM {made} WHERE c1 IS NOT NULL) "
        "GROUP BY c0, c1, c2 HAVING count(*) > 1 "
        f"UNION ALL SELECT 1 FROM {places} GROUP BY file_path, pos HAVING count(*) > 1 LIMIT 1"
    ).fetchall()
    if twice:
        raise TrinoError(
            "MERGE_TARGET_ROW_MULTIPLE_MATCHES",
            "One MERGE target table row matched more than one source row",
        )
    counts = dict(ask(f"SELECT file_path, count(*) FROM {places} GROUP BY file_path").fetchall())
    live = {
        file.file_path: file
        for file in delta.of_content(entries(table.loaded, table.snapshot), DataFileContent.DATA)
    }
    # a file that loses every row that it was written with is no part of the table any more
    removed = [live[path] for path, rows in counts.items() if rows == live[path].record_count]
    partly = {path: live[path] for path in counts if live[path] not in removed}
    added: list[DataFile] = []
    deletes: list[DataFile] = []
    try:
        if new_rows:
            union = " UNION ALL ".join(select.format(made) for select in new_rows)
            added = data_files.write(context, table.loaded, union)
        if partly:
            deletes = position_deletes.write(context, table.loaded, places, partly)
        context.check_cancelled()
    except BaseException:
        delta.discard([*added, *deletes])
        raise
    if added or deletes or removed:
        operation = Operation.OVERWRITE if added else Operation.DELETE
        delta.replace_rows(table.loaded, added, deletes, removed, operation)
    return int(ask(f"SELECT count(c2) FROM {made}").fetchall()[0][0])
