"""ALTER TABLE of an Iceberg table: columns and properties, by a commit of metadata alone."""

from collections.abc import Callable
from typing import Any

from pyiceberg.exceptions import ResolveError, ValidationError
from pyiceberg.table import Table, Transaction
from pyiceberg.table.update.schema import UpdateSchema

from local_aws.engine.context import Context, Outcome
from local_aws.engine.hive import ast
from local_aws.engine.iceberg.catalog import committing, load
from local_aws.engine.iceberg.nested_changes import change_type
from local_aws.engine.iceberg.properties import checked, metadata_name
from local_aws.engine.iceberg.types import hive_type
from local_aws.engine.statements.names import (
    existing_table,
    refused_by_glue,
    semantic,
    unsupported,
)
from local_aws.glue import GlueError, tables
from local_aws.glue.store import LOCK

_KEPT = ("TableType", "Parameters", "StorageDescriptor", "PartitionKeys", "Description", "Owner")
Act = Callable[[Any, Context], Outcome]


def or_else(of_hive: Act | None) -> Act:
    """Return what runs a statement: here for an Iceberg table, else as for all others.

    Parameters
    ----------
    of_hive
        What runs it for another table; None where such tables do not have the statement.
    """

    def act(statement: Any, context: Context) -> Outcome:
        table = existing_table(context, statement.table)
        if table.is_iceberg:
            return _alter(load(table.record), statement)
        if of_hive is None:
            raise semantic(f"The statement is for Iceberg tables, which {table.name} is not")
        return of_hive(statement, context)

    return act


def rename(statement: ast.RenameTable, context: Context) -> Outcome:
    """Run ALTER TABLE … RENAME TO …: Glue's record moves, the files stay where they are."""
    with LOCK:  # a commit that came between would be one of the old name, and lost
        table = existing_table(context, statement.table)
        if not table.is_iceberg:
            raise semantic(f"The statement is for Iceberg tables, which {table.name} is not")
        given = {key: table.record[key] for key in _KEPT if key in table.record}
        database, name = statement.new.database or table.database, statement.new.table
        try:
            tables.create_table({"DatabaseName": database, "TableInput": {**given, "Name": name}})
            tables.delete_table({"DatabaseName": table.database, "Name": table.name})
        except GlueError as error:
            raise refused_by_glue(error) from error
    return Outcome("DDL", "ALTER_TABLE", lines=[])


def _alter(table: Table, statement: Any) -> Outcome:
    try:
        with committing(table), table.transaction() as change:
            _ACTIONS[type(statement)](table, change, statement)
    except (ResolveError, ValidationError, ValueError) as error:
        raise semantic(f"Invalid schema change of {table.name()[-1]}: {error}") from error
    return Outcome("DDL", "ALTER_TABLE", lines=[])


def _set(table: Table, change: Transaction, statement: ast.SetProperties) -> None:
    change.set_properties(checked(statement.properties, table.properties))


def _unset(table: Table, change: Transaction, statement: ast.UnsetProperties) -> None:
    for name in statement.names:
        if metadata_name(name, table.properties) not in table.properties:
            raise semantic(f"[Error 10215]: The property {name} is not set")
    change.remove_properties(*(metadata_name(name, table.properties) for name in statement.names))


def _columns(table: Table, change: Transaction, statement: ast.ChangeColumns) -> None:
    if statement.action != "add" or statement.partition is not None:
        unsupported("ALTER TABLE REPLACE COLUMNS or PARTITION of an Iceberg table")
    with change.update_schema() as update:
        for column in statement.columns:
            if _spelled(table, column.name) is not None:
                raise semantic(f"[Error 10036]: Duplicate column name: {column.name}")
            update.add_column(column.name, hive_type(column.type), column.comment)


def _drop(table: Table, change: Transaction, statement: ast.DropColumn) -> None:
    name = _needed(table, statement.column)
    source = table.schema().find_field(name).field_id
    if any(field.source_id == source for field in table.spec().fields):
        raise semantic(f"Cannot drop partition field: {name}")
    with change.update_schema() as update:
        update.delete_column(name)


def _change(table: Table, change: Transaction, statement: ast.ChangeColumn) -> None:
    name, new = _needed(table, statement.old), statement.new
    if new.name != name.lower() and _spelled(table, new.name) is not None:
        raise semantic(f"[Error 10036]: Duplicate column name: {new.name}")
    with change.update_schema() as update:
        _retype(table, update, name, new)
        if new.name != name.lower():
            update.rename_column(name, new.name)
        if statement.first:
            update.move_first(name)
        elif statement.after is not None:
            update.move_after(name, _needed(table, statement.after))


def _retype(table: Table, update: UpdateSchema, name: str, new: ast.Column) -> None:
    field = table.schema().find_field(name)
    kind = hive_type(new.type)
    if new.comment is not None:
        update.update_column((name,), doc=new.comment)
    change_type(update, (name,), field.field_type, kind)


def _spelled(table: Table, name: str) -> str | None:
    names = {field.name.lower(): field.name for field in table.schema().fields}
    return names.get(name.lower())


def _needed(table: Table, name: str) -> str:
    found = _spelled(table, name)
    if found is None:
        raise semantic(f"[Error 10002]: Invalid column reference {name}")
    return found


_ACTIONS: dict[type, Callable[[Table, Transaction, Any], None]] = {
    ast.SetProperties: _set,
    ast.UnsetProperties: _unset,
    ast.ChangeColumns: _columns,
    ast.DropColumn: _drop,
    ast.ChangeColumn: _change,
}
