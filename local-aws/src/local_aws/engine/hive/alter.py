"""ALTER TABLE and ALTER DATABASE."""

from local_aws.engine.hive.ast import (
    AddPartitions,
    ChangeColumn,
    ChangeColumns,
    Column,
    DropColumn,
    DropPartitions,
    RenamePartition,
    RenameTable,
    SetDatabaseProperties,
    SetLocation,
    SetProperties,
    Spec,
    Statement,
    TableName,
    UnsetProperties,
)
from local_aws.engine.hive.common import (
    columns,
    comment,
    comparisons,
    hive_type,
    if_exists,
    if_not_exists,
    partition_spec,
    properties,
    table_name,
)
from local_aws.engine.hive.tokens import Cursor


def read_alter(cursor: Cursor) -> Statement:
    """Read ALTER DATABASE … or ALTER TABLE …."""
    cursor.need("ALTER")
    if cursor.take("DATABASE") or cursor.take("SCHEMA"):
        name = cursor.name()
        cursor.need("SET", "DBPROPERTIES")
        return SetDatabaseProperties(name, properties(cursor))
    cursor.need("TABLE")
    table = table_name(cursor)
    if cursor.sees("PARTITION"):
        return _of_partition(cursor, table)
    return _of_table(cursor, table)


def _of_table(cursor: Cursor, table: TableName) -> Statement:
    if cursor.take("ADD"):
        return _add(cursor, table)
    if cursor.take("DROP"):
        return _drop(cursor, table)
    if cursor.take("REPLACE", "COLUMNS"):
        return ChangeColumns(table, "replace", columns(cursor))
    if cursor.take("CHANGE"):
        return _change(cursor, table)
    return _set(cursor, table)


def _set(cursor: Cursor, table: TableName) -> Statement:
    if cursor.take("UNSET", "TBLPROPERTIES"):
        return UnsetProperties(table, _names(cursor))
    if cursor.take("RENAME", "TO"):
        return RenameTable(table, table_name(cursor))
    cursor.need("SET")
    if cursor.take("LOCATION"):
        return SetLocation(table, None, cursor.string())
    cursor.need("TBLPROPERTIES")
    return SetProperties(table, properties(cursor))


def _names(cursor: Cursor) -> tuple[str, ...]:
    cursor.need("(")
    names = [cursor.string()]
    while cursor.take(","):
        names.append(cursor.string())
    cursor.need(")")
    return tuple(names)


def _of_partition(cursor: Cursor, table: TableName) -> Statement:
    spec = partition_spec(cursor)
    if cursor.take("RENAME", "TO"):
        return RenamePartition(table, spec, partition_spec(cursor))
    if cursor.take("ADD", "COLUMNS"):
        return ChangeColumns(table, "add", columns(cursor), spec)
    if cursor.take("REPLACE", "COLUMNS"):
        return ChangeColumns(table, "replace", columns(cursor), spec)
    cursor.need("SET", "LOCATION")
    return SetLocation(table, spec, cursor.string())


def _add(cursor: Cursor, table: TableName) -> Statement:
    if cursor.take("COLUMNS"):
        return ChangeColumns(table, "add", columns(cursor))
    unless = if_not_exists(cursor)
    found: list[tuple[Spec, str | None]] = []
    while cursor.sees("PARTITION") or not found:
        spec = partition_spec(cursor)
        found.append((spec, cursor.string() if cursor.take("LOCATION") else None))
    return AddPartitions(table, unless, tuple(found))


def _drop(cursor: Cursor, table: TableName) -> DropPartitions | DropColumn:
    if cursor.take("COLUMN"):
        return DropColumn(table, cursor.name())
    exists = if_exists(cursor)
    found = [comparisons(cursor)]
    while cursor.take(","):
        found.append(comparisons(cursor))
    return DropPartitions(table, exists, tuple(found))


def _change(cursor: Cursor, table: TableName) -> ChangeColumn:
    cursor.take("COLUMN")
    old = cursor.name()
    new = Column(cursor.name(), hive_type(cursor), comment(cursor))
    first = cursor.take("FIRST")
    after = cursor.name() if cursor.take("AFTER") else None
    return ChangeColumn(table, old, new, first, after)
