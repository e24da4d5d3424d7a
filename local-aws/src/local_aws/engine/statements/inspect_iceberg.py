"""DESCRIBE and SHOW of Iceberg tables: what their metadata says, not Glue's record."""

from pyiceberg.partitioning import PartitionField
from pyiceberg.table import Table as IcebergTable
from pyiceberg.transforms import BucketTransform, IdentityTransform, TruncateTransform
from pyiceberg.types import NestedField

from local_aws.engine.catalog import Table
from local_aws.engine.context import Outcome
from local_aws.engine.hive.ast import Describe
from local_aws.engine.hive.types import to_hive
from local_aws.engine.iceberg.catalog import load
from local_aws.engine.iceberg.properties import athena_names
from local_aws.engine.iceberg.types import to_trino
from local_aws.engine.statements.names import STRING, semantic, unsupported
from local_aws.engine.statements.show_create import quoted

_COLUMNS = (("col_name", STRING), ("data_type", STRING), ("comment", STRING))


def describe(table: Table, statement: Describe) -> Outcome:
    """Run DESCRIBE of an Iceberg table."""
    if statement.partition is not None or len(statement.column) > 1:
        unsupported("DESCRIBE of a partition or a field of an Iceberg table")
    found = load(table.record)
    fields = {each.name.lower(): each for each in found.schema().fields}
    if statement.column:
        if statement.column[0] not in fields:
            raise semantic(f"[Error 10002]: Invalid column reference {statement.column[0]}")
        lines = [_line(fields[statement.column[0]])]
        return Outcome("UTILITY", "DESCRIBE_TABLE", _COLUMNS, lines=lines)
    lines = [
        "# Table schema:\t\t",
        "# col_name\tdata_type\tcomment",
        *map(_line, fields.values()),
        "\t\t",
        "# Partition spec:\t\t",
        "# field_name\tfield_transform\tcolumn_name",
        *(f"{each.name}\t{each.transform}\t{_source(found, each)}" for each in found.spec().fields),
    ]
    if statement.style:
        lines += [
            "\t\t",
            "# Detailed Table Information\t\t",
            f"Database:\t{table.database}\t",
            f"Location:\t{found.location()}\t",
            f"Format version:\t{found.metadata.format_version}\t",
            *(f"{key}\t{value}\t" for key, value in sorted(properties(table).items())),
        ]
    return Outcome("UTILITY", "DESCRIBE_TABLE", _COLUMNS, lines=lines)


def _line(field: NestedField) -> str:
    return f"{field.name}\t{_type(field)}\t{field.doc or ''}"


def _type(field: NestedField) -> str:
    kind = to_trino(field.field_type)
    return to_hive(kind) or str(field.field_type)


def _source(table: IcebergTable, field: PartitionField) -> str:
    return str(table.schema().find_column_name(field.source_id))


def column_names(table: Table) -> list[str]:
    """Return the names of a table's columns."""
    return [field.name for field in load(table.record).schema().fields]


def properties(table: Table) -> dict[str, str]:
    """Return a table's properties by the service's names."""
    return {"table_type": "iceberg", **athena_names(load(table.record).properties)}


def create_text(table: Table) -> str:
    """Return the CREATE TABLE of an Iceberg table."""
    found = load(table.record)
    columns = ",\n".join(
        f"  {field.name} {_type(field)}" + (f" COMMENT {quoted(field.doc)}" if field.doc else "")
        for field in found.schema().fields
    )
    parts = [f"CREATE TABLE {table.database}.{table.name} (\n{columns})"]
    if found.spec().fields:
        transforms = ", ".join(_transform(found, each) for each in found.spec().fields)
        parts.append(f"PARTITIONED BY ({transforms})")
    parts.append(f"LOCATION {quoted(found.location())}")
    pairs = ",\n".join(
        f"  {quoted(key)}={quoted(value)}" for key, value in properties(table).items()
    )
    parts.append(f"TBLPROPERTIES (\n{pairs}\n)")
    return "\n".join(parts)


def _transform(table: IcebergTable, field: PartitionField) -> str:
    name = f"`{_source(table, field)}`"
    match field.transform:
        case IdentityTransform():
            return name
        case BucketTransform():
            return f"bucket({field.transform.num_buckets}, {name})"
        case TruncateTransform():
            return f"truncate({field.transform.width}, {name})"
    return f"{field.transform}({name})"
