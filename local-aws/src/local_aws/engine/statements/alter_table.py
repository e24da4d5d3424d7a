"""ALTER TABLE: partitions, columns, location and properties; and MSCK REPAIR TABLE."""

import time
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from local_aws import objects
from local_aws.engine import path_names
from local_aws.engine.catalog import Table
from local_aws.engine.context import Context, Outcome
from local_aws.engine.hive.ast import (
    AddPartitions,
    ChangeColumn,
    ChangeColumns,
    Comparison,
    DropPartitions,
    RenamePartition,
    RepairTable,
    SetLocation,
    SetProperties,
    Spec,
)
from local_aws.engine.scan.files import folder_of
from local_aws.engine.statements.create_table import glue_column
from local_aws.engine.statements.names import (
    base_table,
    checked_location,
    execution,
    refused_by_glue,
    semantic,
)
from local_aws.engine.statements.partition_specs import (
    check_key,
    default_location,
    folder,
    partition_input,
    values_of,
)
from local_aws.glue import GlueError, partitions, tables

Record = dict[str, Any]
_BATCH = 100
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<>": lambda a, b: a != b,
    "!=": lambda a, b: a != b,
}


def add_partitions(statement: AddPartitions, context: Context) -> Outcome:
    """Run ALTER TABLE … ADD PARTITION."""
    table = base_table(context, statement.table)
    taken = {tuple(each["Values"]) for each in table.registered_partitions()}
    new: dict[tuple[str, ...], Record] = {}
    for spec, location in statement.partitions:
        values = values_of(table, spec)
        where = default_location(table, values) if location is None else checked_location(location)
        if tuple(values) in taken or tuple(values) in new:
            if not statement.if_not_exists:
                raise execution("AlreadyExistsException(message:Partition already exists.)")
            continue
        new[tuple(values)] = partition_input(table, values, where)
    register(table, list(new.values()))
    return Outcome("DDL", "ALTER_TABLE", lines=[])


def register(table: Table, inputs: Sequence[Record]) -> None:
    """Add partitions to the catalog, in the largest batches that Glue takes."""
    names = {"DatabaseName": table.database, "TableName": table.name}
    for start in range(0, len(inputs), _BATCH):
        batch = list(inputs[start : start + _BATCH])
        partitions.batch_create_partition({**names, "PartitionInputList": batch})


def drop_partitions(statement: DropPartitions, context: Context) -> Outcome:
    """Run ALTER TABLE … DROP PARTITION; the files stay, as the table is external."""
    table = base_table(context, statement.table)
    registered = table.registered_partitions()
    gone: list[Record] = []
    for comparisons in statement.partitions:
        for name, _, _ in comparisons:
            check_key(table, name)
        found = [each for each in registered if _matches(table, each["Values"], comparisons)]
        if not found and not statement.if_exists:
            shown = ", ".join(f"{name} {operator} {value}" for name, operator, value in comparisons)
            raise semantic(f"[Error 10006]: Partition not found ({shown})")
        gone += [each for each in found if each not in gone]
    for each in gone:
        partitions.delete_partition(_partition_name(table, each["Values"]))
    return Outcome("DDL", "ALTER_TABLE", lines=[])


def _partition_name(table: Table, values: Sequence[str]) -> Record:
    names = {"DatabaseName": table.database, "TableName": table.name}
    return {**names, "PartitionValues": list(values)}


def _matches(table: Table, values: Sequence[str], comparisons: Sequence[Comparison]) -> bool:
    kinds = {str(key["Name"]).lower(): str(key.get("Type")) for key in table.partition_keys}
    by_name = dict(zip(kinds, values, strict=True))
    return all(
        _COMPARE[operator](_typed(by_name[name], kinds[name]), _typed(value, kinds[name]))
        for name, operator, value in comparisons
    )


def _typed(value: str, kind: str) -> Any:
    if kind.lower() in ("string", "date", "timestamp") or kind.startswith(("varchar", "char")):
        return value
    try:
        return Decimal(value)
    except InvalidOperation as error:
        raise semantic(f"'{value}' is no value of a partition column of type {kind}") from error


def rename_partition(statement: RenamePartition, context: Context) -> Outcome:
    """Run ALTER TABLE … PARTITION … RENAME TO PARTITION …."""
    table = base_table(context, statement.table)
    old = _registered(table, statement.old)
    new = values_of(table, statement.new)
    _update_partition(table, old, {**old, "Values": new})
    return Outcome("DDL", "ALTER_TABLE", lines=[])


def set_location(statement: SetLocation, context: Context) -> Outcome:
    """Run ALTER TABLE … [PARTITION …] SET LOCATION."""
    table = base_table(context, statement.table)
    location = checked_location(statement.location)
    if statement.partition is None:
        storage = {**table.storage, "Location": location}
        _update_table(table, {"StorageDescriptor": storage})
    else:
        old = _registered(table, statement.partition)
        storage = {**(old.get("StorageDescriptor") or {}), "Location": location}
        _update_partition(table, old, {**old, "StorageDescriptor": storage})
    return Outcome("DDL", "ALTER_TABLE", lines=[])


def set_properties(statement: SetProperties, context: Context) -> Outcome:
    """Run ALTER TABLE … SET TBLPROPERTIES."""
    table = base_table(context, statement.table)
    _update_table(table, {"Parameters": {**table.parameters, **statement.properties}})
    return Outcome("DDL", "ALTER_TABLE", lines=[])


def change_columns(statement: ChangeColumns, context: Context) -> Outcome:
    """Run ALTER TABLE … ADD COLUMNS or REPLACE COLUMNS."""
    table = base_table(context, statement.table)
    new = [glue_column(column) for column in statement.columns]
    taken = [str(key["Name"]).lower() for key in table.partition_keys]
    if statement.partition is not None:
        old = _registered(table, statement.partition)
        storage = dict(old.get("StorageDescriptor") or {})
        storage["Columns"] = _changed(storage.get("Columns") or [], new, taken, statement.action)
        _update_partition(table, old, {**old, "StorageDescriptor": storage})
    else:
        columns = _changed(table.columns, new, taken, statement.action)
        _update_table(table, {"StorageDescriptor": {**table.storage, "Columns": columns}})
    return Outcome("DDL", "ALTER_TABLE", lines=[])


def _changed(
    old: Sequence[Record], new: Sequence[Record], taken: Sequence[str], action: str
) -> list[Record]:
    kept = list(old) if action == "add" else []
    for column in new:
        names = [str(each["Name"]).lower() for each in kept]
        if column["Name"] in (*names, *taken):
            raise execution(f"Duplicate column name: {column['Name']}")
        kept.append(column)
    return kept


def change_column(statement: ChangeColumn, context: Context) -> Outcome:
    """Run ALTER TABLE … CHANGE COLUMN."""
    table = base_table(context, statement.table)
    names = [str(each["Name"]).lower() for each in table.columns]
    if statement.old not in names:
        raise execution(f"Invalid column reference {statement.old}")
    index = names.index(statement.old)
    if statement.new.name != statement.old and statement.new.name in names:
        raise execution(f"Duplicate column name: {statement.new.name}")
    columns = list(table.columns)
    former = columns.pop(index)
    column = {**former, **glue_column(statement.new)}
    if statement.first:
        index = 0
    elif statement.after is not None:
        rest = [str(each["Name"]).lower() for each in columns]
        if statement.after not in rest:
            raise execution(f"Invalid column reference {statement.after}")
        index = rest.index(statement.after) + 1
    columns.insert(index, column)
    _update_table(table, {"StorageDescriptor": {**table.storage, "Columns": columns}})
    return Outcome("DDL", "ALTER_TABLE", lines=[])


def repair(statement: RepairTable, context: Context) -> Outcome:
    """Run MSCK REPAIR TABLE: folders named KEY=VALUE become partitions."""
    table = base_table(context, statement.table)
    names = [str(key["Name"]).lower() for key in table.partition_keys]
    if not names:
        return Outcome("DDL", "MSCK_REPAIR", lines=[])
    base, found = _folders(context, table, names)
    registered = {tuple(each["Values"]): each for each in table.registered_partitions()}
    new = {values: key for values, key in found.items() if values not in registered}
    missing = [
        values
        for values, each in registered.items()
        if (each.get("StorageDescriptor") or {}).get("Location", "").startswith(base)
        and values not in found
    ]
    register(table, [partition_input(table, values, where) for values, where in new.items()])
    shown = {values: f"{table.name}:{folder(names, values)}" for values in (*new, *missing)}
    lines = []
    if new:
        lines.append("\t".join(["Partitions not in metastore:", *(shown[v] for v in new)]))
    if missing:
        lines.append(
            "\t".join(["Partitions missing from filesystem:", *(shown[v] for v in missing)])
        )
    lines += [f"Repair: Added partition to metastore {shown[values]}" for values in new]
    return Outcome("DDL", "MSCK_REPAIR", lines=lines)


def _folders(
    context: Context, table: Table, names: Sequence[str]
) -> tuple[str, dict[tuple[str, ...], str]]:
    bucket, prefix = folder_of(table.location)
    base = f"s3://{bucket}/{prefix}"
    try:
        listed = objects.list_objects(bucket, prefix)
    except objects.NoSuchBucketError as error:
        raise execution(f"MetaException(message:The bucket {bucket} does not exist)") from error
    found: dict[tuple[str, ...], str] = {}
    for each in listed:
        context.check_cancelled()
        parts = each.key[len(prefix) :].split("/")
        values = tuple(_values(parts, names))
        if len(values) == len(names) and values not in found:
            found[values] = base + "/".join(parts[: len(names)])
    return base, found


def _values(parts: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    for part, name in zip(parts[:-1], names, strict=False):
        key, equals, value = part.partition("=")
        if not equals or key != name or not value:
            return
        yield path_names.unescape(value)


def _registered(table: Table, spec: Spec) -> Record:
    values = values_of(table, spec)
    for each in table.registered_partitions():
        if each["Values"] == values:
            return each
    shown = ", ".join(f"{name}={value}" for name, value in spec)
    raise semantic(f"[Error 10006]: Partition not found {{{shown}}}")


def _update_partition(table: Table, old: Record, new: Record) -> None:
    name = {"DatabaseName": table.database, "TableName": table.name}
    given = {**name, "PartitionValueList": old["Values"], "PartitionInput": new}
    try:
        partitions.update_partition(given)
    except GlueError as error:
        raise refused_by_glue(error) from error


def _update_table(table: Table, changes: Record) -> None:
    record = {**table.record, **changes}
    parameters = dict(record.get("Parameters") or {})
    parameters["transient_lastDdlTime"] = str(int(time.time()))
    given = {**record, "Parameters": parameters}
    try:
        tables.update_table({"DatabaseName": table.database, "TableInput": given})
    except GlueError as error:
        raise refused_by_glue(error) from error
