"""The rows of `information_schema`, made from the Glue catalog when a query reads them."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from local_aws.engine.catalog import Table, all_tables, database_names, table_schema
from local_aws.engine.context import QueryError
from local_aws.engine.iceberg.schema import current
from local_aws.engine.scan.sql import identifier, literal
from local_aws.engine.views import decode_view
from local_aws.trino.analysis.scope import CATALOG
from local_aws.trino.information_schema import INFORMATION_SCHEMA, RELATIONS
from local_aws.trino.schema import Scan
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType

Row = tuple[object, ...]


def rows_sql(scan: Scan) -> str:
    """Return the text of a relation of `information_schema`, with its rows in it."""
    return values_sql(scan.table.columns, _ROWS[scan.table.name]())


def values_sql(columns: Sequence[tuple[str, TrinoType]], rows: Iterable[Row]) -> str:
    """Return the text of a relation of these rows, which may be none."""
    names = ", ".join(identifier(name) for name, _ in columns)
    casts = ", ".join(
        f"CAST({identifier(name)} AS {to_duckdb(kind)}) AS {identifier(name)}"
        for name, kind in columns
    )
    values = [f"({', '.join(map(_literal, row))})" for row in rows]
    nothing = f"({', '.join('NULL' for _ in columns)})"
    source = f"(VALUES {', '.join(values) or nothing}) AS v({names})"
    return f"SELECT {casts} FROM {source}{'' if values else ' WHERE false'}"


def _schemata() -> Iterator[Row]:
    for name in (*database_names(), INFORMATION_SCHEMA):
        yield CATALOG, name


def _tables() -> Iterator[Row]:
    for table in _glue_tables():
        yield *_place(table), "VIEW" if table.is_view else "BASE TABLE"
    for name in RELATIONS:
        yield CATALOG, INFORMATION_SCHEMA, name, "BASE TABLE"


def _views() -> Iterator[Row]:
    for table in _glue_tables():
        if table.is_view and (definition := _definition(table)) is not None:
            yield *_place(table), definition


def _columns() -> Iterator[Row]:
    for table in _glue_tables():
        comments = {
            str(each["Name"]).lower(): each.get("Comment")
            for each in (*table.columns, *table.partition_keys)
        }
        keys = [str(each["Name"]).lower() for each in table.partition_keys]
        for number, (name, kind) in enumerate(_typed_columns(table), start=1):
            extra = "partition key" if name in keys else None
            column = (name, number, None, "YES", str(kind), comments.get(name), extra)
            yield *_place(table), *column
    for relation, schema in RELATIONS.items():
        for number, (name, kind) in enumerate(schema.columns, start=1):
            column = (name, number, None, "YES", str(kind), None, None)
            yield CATALOG, INFORMATION_SCHEMA, relation, *column


def _glue_tables() -> Iterator[Table]:
    for database in database_names():
        yield from all_tables(database)


def _place(table: Table) -> Row:
    return CATALOG, table.database, table.name


def _typed_columns(table: Table) -> tuple[tuple[str, TrinoType], ...]:
    """Return columns with Trino's types; as in Trino, none of a table that cannot be read."""
    try:
        if table.is_iceberg:
            return current(table.record).columns
        return decode_view(table.record).columns if table.is_view else table_schema(table).columns
    except QueryError:
        return ()


def _definition(table: Table) -> str | None:
    try:
        return decode_view(table.record).sql
    except QueryError:
        return None


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else literal(str(value))


_ROWS: dict[str, Callable[[], Iterator[Row]]] = {
    "columns": _columns,
    "schemata": _schemata,
    "tables": _tables,
    "views": _views,
}
