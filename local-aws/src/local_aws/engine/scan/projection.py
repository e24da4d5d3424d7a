"""Partition projection: partitions computed from the table's properties instead of read from Glue.

Source: the Athena user guide, "Use partition projection with Amazon Athena" and "Supported types
for partition projection".
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import duckdb

from local_aws.engine.catalog import Table
from local_aws.engine.context import QueryError
from local_aws.engine.scan.conditions import conjuncts, fixed_to
from local_aws.engine.scan.projection_dates import dates
from local_aws.engine.scan.projection_integers import integers
from local_aws.engine.scan.projection_properties import (
    MOST,
    property_of,
    too_many,
    word_of,
    wrong_property,
)
from local_aws.engine.scan.sql import identifier
from local_aws.trino.conditions import Comparison
from local_aws.trino.schema import Scan
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType


def is_projected(table: Table) -> bool:
    """Return whether a table's partitions are projected."""
    return table.parameters.get("projection.enabled", "").strip().lower() == "true"


def projected_partitions(
    table: Table,
    kinds: Mapping[str, TrinoType],
    scan: Scan,
    connection: duckdb.DuckDBPyConnection,
) -> list[tuple[tuple[str, ...], str]]:
    """Return the values and locations of the projected partitions that a filter keeps.

    Parameters
    ----------
    table
        The table, with its ``projection.*`` properties.
    kinds
        Types of the partition columns in order.
    scan
        What the compiler asks of the table's partitions.
    connection
        Where the filter is evaluated.

    Raises
    ------
    QueryError
        INVALID_TABLE_PROPERTY for a property that is missing or wrong, CONSTRAINT_VIOLATION for
        an injected column that the query does not fix.
    """
    missing = [name for name in kinds if f"projection.{name}.type" not in table.parameters]
    if missing:
        raise QueryError(
            f"INVALID_TABLE_PROPERTY: Table {table.database}.{table.name} is configured for "
            f"partition projection, but the following partition columns are missing projection "
            f"configuration: [{', '.join(missing)}]"
        )
    template = _template(table, list(kinds))
    froms, wheres, parameters = [], [], []
    for number, (name, kind) in enumerate(kinds.items(), start=1):
        values = _values(table, name, scan, kind, connection)
        parameters.append(values)
        column = identifier(name)
        froms.append(
            f"(SELECT v AS t{number}, CAST(v AS {to_duckdb(kind)}) AS {column} "
            f"FROM (SELECT unnest(${number}::VARCHAR[]) AS v))"
        )
        wheres.append(f"t{number}")
    sql = (
        f"SELECT {', '.join(wheres)} FROM {' CROSS JOIN '.join(froms)} "
        f"WHERE {scan.partition_filter or 'true'} LIMIT {MOST + 1}"
    )
    try:
        rows = connection.execute(sql, parameters).fetchall()
    except duckdb.ConversionException as error:
        raise QueryError(f"HIVE_INVALID_PARTITION_VALUE: {str(error).splitlines()[0]}") from error
    if len(rows) > MOST:
        raise too_many()
    return [(row, _location(template, list(kinds), row)) for row in rows]


def _template(table: Table, names: list[str]) -> str:
    given = table.parameters.get("storage.location.template")
    if given is None:
        base = table.location if table.location.endswith("/") else f"{table.location}/"
        return base + "/".join(f"{name}=${{{name}}}" for name in names)
    missing = [name for name in names if f"${{{name}}}" not in given]
    if missing:
        why = f"does not name the partition columns [{', '.join(missing)}]"
        raise wrong_property(table, "storage.location.template", why)
    return given


def _location(template: str, names: list[str], values: tuple[str, ...]) -> str:
    by_name = dict(zip(names, values, strict=True))
    return re.sub(r"\$\{(\w+)\}", lambda found: by_name.get(found[1], found[0]), template)


def _values(
    table: Table, name: str, scan: Scan, column: TrinoType, connection: duckdb.DuckDBPyConnection
) -> list[str]:
    kind = word_of(table, name, "type").lower()
    if kind == "enum":
        return property_of(table, name, "values").split(",")  # blanks belong to the values
    if kind == "injected":
        return _injected(name, scan, connection)
    fixed = _fixed(name, scan, to_duckdb(column), connection)
    if kind == "integer":
        numeric = column.name in ("tinyint", "smallint", "integer", "bigint")
        return integers(table, name, fixed, _bounds(name, scan, connection) if numeric else [])
    if kind == "date":
        return dates(table, name, fixed, datetime.now(UTC).replace(tzinfo=None))
    raise wrong_property(
        table, f"projection.{name}.type", f"is {kind}, not enum, integer, date or injected"
    )


def _fixed(
    name: str, scan: Scan, stored: str, connection: duckdb.DuckDBPyConnection
) -> list[str] | None:
    """Return the values, as text, that a query fixes a column to; None where it does not."""
    parts = list(conjuncts(scan.partition_conditions))
    constants = next((found for part in parts if (found := fixed_to(part, name))), None)
    if constants is None:
        return None
    texts = [_text(connection, f"TRY_CAST({constant} AS {stored})") for constant in constants]
    return [text for text in texts if text is not None]


def _bounds(name: str, scan: Scan, connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return what a query compares a column with."""
    found = [
        (part.op, _text(connection, part.constants[0]))
        for part in conjuncts(scan.partition_conditions)
        if isinstance(part, Comparison) and part.column.lower() == name and part.op != "="
    ]
    return [(op, text) for op, text in found if text is not None]


def _text(connection: duckdb.DuckDBPyConnection, constant: str) -> str | None:
    found = connection.execute(f"SELECT CAST({constant} AS VARCHAR)").fetchall()[0][0]
    return None if found is None else str(found)


def _injected(name: str, scan: Scan, connection: duckdb.DuckDBPyConnection) -> list[str]:
    values = [
        str(connection.execute(f"SELECT CAST({constant} AS VARCHAR)").fetchall()[0][0])
        for condition in conjuncts(scan.partition_conditions)
        for constant in fixed_to(condition, name)
    ]
    if not values:
        raise QueryError(
            f"CONSTRAINT_VIOLATION: For the injected projected partition column {name}, the WHERE "
            f"clause must contain only static equality conditions, and at least one such condition "
            f"must be present."
        )
    return sorted(set(values))
