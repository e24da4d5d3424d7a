"""CREATE VIEW."""

from typing import Any

from local_aws.engine.catalog import GlueCatalog, get_table
from local_aws.engine.context import Context, Outcome, QueryError
from local_aws.engine.hive.common import comment, table_name
from local_aws.engine.hive.tokens import Cursor
from local_aws.engine.hive.types import to_hive
from local_aws.engine.statements.names import current_database, resolve
from local_aws.engine.statements.select import compile_in
from local_aws.engine.views import EXPANDED_TEXT, encode_view
from local_aws.glue import databases, tables
from local_aws.glue.errors import GlueError
from local_aws.trino.errors import TrinoError
from local_aws.trino.information_schema import INFORMATION_SCHEMA
from local_aws.trino.schema import TableSchema, ViewSchema
from local_aws.trino.syntax.parser import parse_query
from local_aws.trino.types import UNKNOWN, TrinoType


class _WithoutView(GlueCatalog):
    """The catalog in which looking up one view fails: the view that is being created."""

    def __init__(self, database: str, name: str) -> None:
        self._own = (database, name)

    def table(self, database: str, name: str) -> TableSchema | ViewSchema | None:
        """Return a table or view, but not the one that is being created."""
        if (database, name) == self._own:
            raise TrinoError("VIEW_IS_RECURSIVE", "Statement would create a recursive view", 1, 1)
        return super().table(database, name)


def create(cursor: Cursor, context: Context) -> Outcome:
    """Run CREATE [OR REPLACE] VIEW."""
    cursor.need("CREATE")
    replace = cursor.take("OR", "REPLACE")
    cursor.need("VIEW")
    database, name = resolve(context, table_name(cursor))
    text = comment(cursor)
    cursor.need("AS")
    start = cursor.token.start
    try:
        databases.get_database({"Name": database})
    except GlueError as error:
        raise TrinoError("SCHEMA_NOT_FOUND", f"Schema '{database}' does not exist", 1, 1) from error
    existing = get_table(database, name)
    full = f"awsdatacatalog.{database}.{name}"
    if existing is not None and not existing.is_view:
        raise TrinoError("TABLE_ALREADY_EXISTS", f"Table already exists: '{full}'", 1, 1)
    if existing is not None and not replace:
        raise TrinoError("TABLE_ALREADY_EXISTS", f"View already exists: '{full}'", 1, 1)
    catalog: GlueCatalog = _WithoutView(database, name) if existing else GlueCatalog()
    compiled = compile_in(parse_query(cursor.sql, start), context, catalog)
    if any(scan.table.database == INFORMATION_SCHEMA for scan in compiled.scans):
        raise QueryError("NOT_SUPPORTED: CREATE VIEW on information_schema is not supported")
    columns = checked_columns(compiled.columns)
    sql = cursor.rest().strip()
    given = _table_input(name, sql, current_database(context), columns, text)
    act = tables.update_table if existing is not None else tables.create_table
    act({"DatabaseName": database, "TableInput": given})
    return Outcome("DDL", "CREATE_VIEW", lines=[])


def checked_columns(
    columns: tuple[tuple[str | None, TrinoType], ...],
) -> list[tuple[str, TrinoType]]:
    """Return a query's columns as a table or view can have them, in lower case.

    Raises
    ------
    TrinoError
        MISSING_COLUMN_NAME, DUPLICATE_COLUMN_NAME, or COLUMN_TYPE_UNKNOWN for a bare NULL.
    """
    found: list[tuple[str, TrinoType]] = []
    for position, (name, kind) in enumerate(columns, start=1):
        if not name or name == f"_col{position - 1}":
            raise TrinoError(
                "MISSING_COLUMN_NAME", f"Column name not specified at position {position}", 1, 1
            )
        if name.lower() in (each for each, _ in found):
            raise TrinoError(
                "DUPLICATE_COLUMN_NAME", f"Column name '{name}' specified more than once", 1, 1
            )
        if kind == UNKNOWN:
            raise TrinoError("COLUMN_TYPE_UNKNOWN", f"Column type is unknown: {name}", 1, 1)
        found.append((name.lower(), kind))
    return found


def _table_input(
    name: str, sql: str, schema: str, columns: list[tuple[str, TrinoType]], comment: str | None
) -> dict[str, Any]:
    return {
        "Name": name,
        "Owner": "hadoop",
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true", "comment": comment or "Presto View"},
        "PartitionKeys": [],
        "ViewOriginalText": encode_view(sql, schema, columns),
        "ViewExpandedText": EXPANDED_TEXT,
        "StorageDescriptor": {
            # a type that Hive lacks is a string there; the view's own JSON keeps the true one
            "Columns": [
                {"Name": column, "Type": to_hive(kind) or "string"} for column, kind in columns
            ],
            "Location": "",
            "Compressed": False,
            "NumberOfBuckets": 0,
            "SerdeInfo": {},
            "SortColumns": [],
            "StoredAsSubDirectories": False,
        },
    }
