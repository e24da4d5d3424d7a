"""DESCRIBE: a table's columns, or everything the catalog knows about it."""

import json
from typing import Any

from local_aws.engine.catalog import Table
from local_aws.engine.context import Context, Outcome
from local_aws.engine.hive.ast import Describe
from local_aws.engine.statements import inspect_iceberg
from local_aws.engine.statements.names import STRING, existing_table, semantic
from local_aws.engine.statements.partition_specs import values_of
from local_aws.trino.type_syntax import from_hive
from local_aws.trino.types import TrinoType

_COLUMNS = (("col_name", STRING), ("data_type", STRING), ("comment", STRING))
_BLANK = "\t \t "


def describe(statement: Describe, context: Context) -> Outcome:
    """Run DESCRIBE."""
    table = existing_table(context, statement.table)
    if table.is_iceberg:
        return inspect_iceberg.describe(table, statement)
    partition = None
    if statement.partition is not None:
        values = values_of(table, statement.partition)
        found = [each for each in table.registered_partitions() if each["Values"] == values]
        if not found:
            shown = ", ".join(f"{name}={value}" for name, value in statement.partition)
            raise semantic(f"[Error 10006]: Partition not found {{{shown}}}")
        partition = found[0]
    if statement.column:
        lines = [_column_line(_column(table, statement.column))]
    else:
        lines = _table_lines(table)
        if statement.style:
            lines += _details(table, partition, statement.style)
    return Outcome("UTILITY", "DESCRIBE_TABLE", _COLUMNS, lines=lines)


def _column_line(column: dict[str, Any]) -> str:
    comment = column.get("Comment") or ""
    return f"{column['Name']:<20}\t{column.get('Type') or '':<20}\t{comment:<20}"


def _table_lines(table: Table) -> list[str]:
    lines = [_column_line(column) for column in (*table.columns, *table.partition_keys)]
    if table.partition_keys:
        lines += [
            _BLANK,
            "# Partition Information\t \t ",
            f"{'# col_name':<20}\t{'data_type':<20}\t{'comment':<20}",
            _BLANK,
            *(_column_line(key) for key in table.partition_keys),
        ]
    return lines


def _column(table: Table, path: tuple[str, ...]) -> dict[str, Any]:
    columns = {str(each["Name"]).lower(): each for each in (*table.columns, *table.partition_keys)}
    column = columns.get(path[0])
    if column is None:
        raise semantic(f"[Error 10002]: Invalid column reference {path[0]}")
    kind = from_hive(str(column.get("Type")))
    for field in path[1:]:
        kind = _field(kind, field)
    return column if len(path) == 1 else {"Name": path[-1], "Type": str(kind)}


def _field(kind: TrinoType, name: str) -> TrinoType:
    if kind.name == "row":
        for field, inner in kind.args:
            if field == name:
                return inner  # type: ignore[no-any-return]
    steps = {("array", "$elem$"): 0, ("map", "$key$"): 0, ("map", "$value$"): 1}
    if (kind.name, name) in steps:
        return kind.args[steps[kind.name, name]]  # type: ignore[no-any-return]
    raise semantic(f"[Error 10002]: Invalid column reference {name}")


def _details(table: Table, partition: dict[str, Any] | None, style: str) -> list[str]:
    record = partition or table.record
    storage = record.get("StorageDescriptor") or {}
    if style == "extended":
        what = "Detailed Partition Information" if partition else "Detailed Table Information"
        return [_BLANK, f"{what}\t{json.dumps(record, sort_keys=True, default=str)}\t"]
    serde = storage.get("SerdeInfo") or {}
    facts = [
        ("Database:", table.database),
        ("Owner:", table.record.get("Owner") or ""),
        ("CreateTime:", str(record.get("CreateTime") or record.get("CreationTime") or "")),
        ("Location:", storage.get("Location") or ""),
        ("Table Type:", str(table.record.get("TableType") or "")),
    ]
    if partition:
        facts.insert(0, ("Partition Value:", f"[{', '.join(partition['Values'])}]"))
    stored = [
        ("SerDe Library:", serde.get("SerializationLibrary") or ""),
        ("InputFormat:", storage.get("InputFormat") or ""),
        ("OutputFormat:", storage.get("OutputFormat") or ""),
        ("Compressed:", "Yes" if storage.get("Compressed") else "No"),
        ("Num Buckets:", str(storage.get("NumberOfBuckets", -1))),
        ("Bucket Columns:", f"[{', '.join(storage.get('BucketColumns') or [])}]"),
    ]
    parameters = sorted((record.get("Parameters") or {}).items())
    title = "# Detailed Partition Information" if partition else "# Detailed Table Information"
    return [
        _BLANK,
        f"{title}\t \t ",
        *(f"{name:<20}\t{value:<20}\t " for name, value in facts),
        "Table Parameters:\t \t ",
        *(f"\t{name:<20}\t{value:<20}" for name, value in parameters),
        _BLANK,
        "# Storage Information\t \t ",
        *(f"{name:<20}\t{value:<20}\t " for name, value in stored),
        "Storage Desc Params:\t \t ",
        *(f"\t{k:<20}\t{v:<20}" for k, v in sorted((serde.get("Parameters") or {}).items())),
    ]
