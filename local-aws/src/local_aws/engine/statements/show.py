"""SHOW …: lists of what the catalog holds."""

import re
from collections.abc import Callable, Iterable

from local_aws.engine.catalog import Table, all_tables, database_names
from local_aws.engine.context import Context, Outcome, QueryError
from local_aws.engine.hive.ast import Show, TableName
from local_aws.engine.statements import inspect_iceberg, show_create
from local_aws.engine.statements.names import (
    STRING,
    base_table,
    check_database,
    current_database,
    execution,
    existing_table,
)
from local_aws.engine.statements.partition_specs import folder


def show(statement: Show, context: Context) -> Outcome:
    """Run a SHOW statement."""
    return _SHOWS[statement.what](statement, context)


def _databases(statement: Show, _context: Context) -> Outcome:
    return _listing("SHOW_DATABASES", "database_name", _like(database_names(), statement.pattern))


def _tables(statement: Show, context: Context) -> Outcome:
    names = [each.name for each in _in_database(statement, context)]
    return _listing("SHOW_TABLES", "tab_name", _like(names, statement.pattern))


def _views(statement: Show, context: Context) -> Outcome:
    names = [each.name for each in _in_database(statement, context) if each.is_view]
    return _listing("SHOW_VIEWS", "views", _like(names, statement.pattern))


def _in_database(statement: Show, context: Context) -> list[Table]:
    database = statement.database or current_database(context)
    check_database(database)
    return all_tables(database)


def _columns(statement: Show, context: Context) -> Outcome:
    table = existing_table(context, _named(statement))
    names = [str(each["Name"]) for each in (*table.columns, *table.partition_keys)]
    if table.is_iceberg:
        names = inspect_iceberg.column_names(table)
    return _listing("SHOW_COLUMNS", "field", [f"{name:<20}" for name in names])


def _partitions(statement: Show, context: Context) -> Outcome:
    table = base_table(context, _named(statement))
    names = [str(key["Name"]).lower() for key in table.partition_keys]
    if not names:
        raise execution(f"Table {table.name} is not a partitioned table")
    values = [each["Values"] for each in table.registered_partitions()]
    return _listing("SHOW_PARTITIONS", "partition", sorted(folder(names, each) for each in values))


def _properties(statement: Show, context: Context) -> Outcome:
    table = existing_table(context, _named(statement))
    columns = (("prpt_name", STRING), ("prpt_value", STRING))
    held = inspect_iceberg.properties(table) if table.is_iceberg else table.parameters
    found = dict(sorted(held.items()))
    if statement.pattern is not None:
        if statement.pattern not in found:
            missing = (
                f"Table {table.database}.{table.name} does not have property: {statement.pattern}"
            )
            return Outcome("UTILITY", "SHOW_TBLPROPERTIES", columns, lines=[missing])
        found = {statement.pattern: found[statement.pattern]}
    lines = [f"{key}\t{value}" for key, value in found.items()]
    return Outcome("UTILITY", "SHOW_TBLPROPERTIES", columns, lines=lines)


def _create_table(statement: Show, context: Context) -> Outcome:
    table = existing_table(context, _named(statement))
    if table.is_view:
        raise QueryError(
            f"NOT_SUPPORTED: SHOW CREATE TABLE of the view {table.database}.{table.name}: use SHOW "
            "CREATE VIEW"
        )
    text = inspect_iceberg.create_text if table.is_iceberg else show_create.table_text
    lines = text(table).split("\n")
    return _listing("SHOW_CREATE_TABLE", "createtab_stmt", lines)


def _create_view(statement: Show, context: Context) -> Outcome:
    table = existing_table(context, _named(statement))
    if not table.is_view:
        raise QueryError(
            f"NOT_SUPPORTED: line 1:1: Relation '{table.database}.{table.name}' is a table, "
            "not a view"
        )
    lines = show_create.view_text(table).split("\n")
    return _listing("SHOW_CREATE_VIEW", "Create View", lines)


def _named(statement: Show) -> TableName:
    if statement.name is None:
        raise QueryError(f"SYNTAX_ERROR: SHOW {statement.what} needs a name")
    return statement.name


def _listing(kind: str, column: str, lines: Iterable[str]) -> Outcome:
    return Outcome("UTILITY", kind, ((column, STRING),), lines=list(lines))


def _like(names: list[str], pattern: str | None) -> list[str]:
    if pattern is None:
        return sorted(names)
    # Hive's patterns: * (and Trino's %) for anything, . and _ as they are, | between choices
    try:
        matches = re.compile(re.sub(r"(?<!\.)\*|%", ".*", pattern), re.IGNORECASE)
    except re.error as error:
        raise execution(f"MetaException(message:Invalid pattern {pattern}: {error})") from error
    return sorted(name for name in names if matches.fullmatch(name))


_SHOWS: dict[str, Callable[[Show, Context], Outcome]] = {
    "databases": _databases,
    "tables": _tables,
    "views": _views,
    "columns": _columns,
    "partitions": _partitions,
    "tblproperties": _properties,
    "create table": _create_table,
    "create view": _create_view,
}
