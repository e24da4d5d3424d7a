"""INSERT INTO."""

from collections.abc import Sequence
from dataclasses import replace

from local_aws.engine.catalog import Table, get_table, table_schema
from local_aws.engine.context import ROWS_WRITTEN, Context, Outcome, QueryError
from local_aws.engine.hive.common import table_name
from local_aws.engine.hive.tokens import Cursor, padded
from local_aws.engine.iceberg.schema import IcebergSchema
from local_aws.engine.iceberg.schema import current as iceberg_schema
from local_aws.engine.scan import open_scans
from local_aws.engine.scan.projection import is_projected
from local_aws.engine.scan.serde import format_of
from local_aws.engine.scan.sql import identifier
from local_aws.engine.statements import insert_iceberg
from local_aws.engine.statements.alter_table import register
from local_aws.engine.statements.assignment import assigned, fits
from local_aws.engine.statements.names import resolve
from local_aws.engine.statements.partition_specs import (
    default_location,
    normalized,
    partition_input,
)
from local_aws.engine.statements.properties import (
    COMPRESSION_PROPERTY,
    WriteFormat,
    write_format,
)
from local_aws.engine.statements.select import compile_in
from local_aws.engine.statements.writing import Place, Rows, write_rows, writing
from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax.parser import parse_query
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType

_FORMATS = {
    "parquet": "PARQUET",
    "orc": "ORC",
    "avro": "AVRO",
    "delimited": "TEXTFILE",
    "quoted csv": "CSV",
    "openx json": "JSON",
    "hcatalog json": "JSON",
}


def insert(cursor: Cursor, context: Context) -> Outcome:
    """Run INSERT INTO: new files beside those that are there, new partitions registered last."""
    cursor.need("INSERT", "INTO")
    database, name = resolve(context, table_name(cursor))
    table = get_table(database, name)
    at = (1, 1)
    full = f"awsdatacatalog.{database}.{name}"
    if table is None:
        raise TrinoError("TABLE_NOT_FOUND", f"Table '{full}' does not exist", *at)
    if table.is_view:
        raise TrinoError("NOT_SUPPORTED", "Inserting into views is not supported", *at)
    if table.storage.get("BucketColumns"):
        raise QueryError(
            f"NOT_SUPPORTED: INSERT INTO the bucketed table {full} is not supported: Athena's user "
            "guide excludes it"
        )
    schema = iceberg_schema(table.record) if table.is_iceberg else table_schema(table)
    named = _column_list(cursor) if _has_column_list(cursor) else [n for n, _ in schema.columns]
    kinds = dict(schema.columns)
    for column in named:
        if column not in kinds:
            message = f"Insert column name does not exist in target table: {column}"
            raise TrinoError("COLUMN_NOT_FOUND", message, *at)
        if named.count(column) > 1:
            message = f"Insert column name is specified more than once: {column}"
            raise TrinoError("DUPLICATE_COLUMN_NAME", message, *at)
    start = cursor.token.start
    compiled = compile_in(
        parse_query(padded(cursor.sql, 0, cursor.tokens[-2].stop), start), context
    )
    given = [kind for _, kind in compiled.columns]
    _check_types([kinds[column] for column in named], given)
    coerced = _coerced(compiled.sql, named, given, schema.columns)
    if isinstance(schema, IcebergSchema):
        return insert_iceberg.insert(context, schema, coerced, compiled.scans)
    file_format = _write_format(table)
    rows = Rows(
        coerced,
        schema.columns,
        len(schema.partition_columns),
    )
    if is_projected(table):
        raise QueryError("NOT_SUPPORTED: INSERT INTO a table with partition projection")
    with writing(context) as written:
        open_scans(context, compiled.scans)
        base = table.location if table.location.endswith("/") else f"{table.location}/"
        target = Place(base, file_format, existing=_existing(table))
        write_rows(context, rows, target, written)
        context.check_cancelled()
        new = [
            partition_input(table, each, f"{default_location(table, each)}/")
            for each in written.partitions
        ]
        register(table, new)
    return Outcome("DML", "INSERT", ROWS_WRITTEN, manifest=written.uris, update_count=written.rows)


def _existing(table: Table) -> dict[tuple[str, ...], str]:
    """Return where the table's partitions are, by their values as a query prints them."""
    kinds = [str(key.get("Type")) for key in table.partition_keys]
    return {
        tuple(map(normalized, each["Values"], kinds)): each["StorageDescriptor"]["Location"]
        for each in table.registered_partitions()
    }


def _has_column_list(cursor: Cursor) -> bool:
    return cursor.sees("(") and cursor.ahead(1).key not in (
        "SELECT",
        "WITH",
        "VALUES",
        "TABLE",
        "(",
    )


def _column_list(cursor: Cursor) -> list[str]:
    cursor.need("(")
    names = [cursor.name()]
    while cursor.take(","):
        names.append(cursor.name())
    cursor.need(")")
    return names


def _check_types(wanted: Sequence[TrinoType], given: Sequence[TrinoType]) -> None:
    matches = len(wanted) == len(given) and all(
        fits(source, target) for source, target in zip(given, wanted, strict=True)
    )
    if not matches:
        raise TrinoError(
            "TYPE_MISMATCH",
            "Insert query has mismatched column types: "
            f"Table: [{', '.join(map(str, wanted))}], Query: [{', '.join(map(str, given))}]",
            1,
            1,
        )


def _coerced(
    sql: str,
    named: Sequence[str],
    given: Sequence[TrinoType],
    columns: Sequence[tuple[str, TrinoType]],
) -> str:
    items = []
    for name, kind in columns:
        if name in named:
            place = named.index(name)
            items.append(assigned(identifier(f"i{place}"), given[place], kind))
        else:
            items.append(f"CAST(NULL AS {to_duckdb(kind)})")
    names = ", ".join(f"i{number}" for number in range(len(named)))
    return f"SELECT {', '.join(items)} FROM ({sql}) AS given({names})"


def _write_format(table: Table) -> WriteFormat:
    """Return how files are written beside a table's: by its properties, or by the default."""
    found = format_of(table.storage, table.parameters)
    name = _FORMATS.get(found.name)
    if name is None:
        raise QueryError(f"NOT_SUPPORTED: INSERT INTO a table of format {found.name}")
    if found.header_lines:
        raise QueryError("NOT_SUPPORTED: INSERT INTO a table with skip.header.line.count")
    layout = "TEXTFILE" if name == "CSV" else name
    given = (COMPRESSION_PROPERTY[layout], "write.compression")
    codec = next((table.parameters[key] for key in given if key in table.parameters), None)
    chosen = {"format": layout} | ({} if codec is None else {"write_compression": codec})
    return replace(write_format(chosen), name=name, serde=found)
