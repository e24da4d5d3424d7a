"""Partition projection: partitions computed from the table's properties instead of read from Glue.

Source: the Athena user guide, "Use partition projection with Amazon Athena" and "Supported types
for partition projection".
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import duckdb

from local_aws.engine.catalog import Table
from local_aws.engine.context import QueryError
from local_aws.engine.scan.conditions import conjuncts, fixed_to
from local_aws.engine.scan.projection_dates import SECONDS, add, date_at, date_format
from local_aws.engine.scan.projection_properties import (
    count_of,
    property_of,
    word_of,
    wrong_property,
)
from local_aws.engine.scan.sql import identifier
from local_aws.trino.schema import Scan
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType

_LARGEST = 1_000_000
_LONG = range(-(2**63), 2**63)


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
        values = _values(table, name, scan, connection)
        parameters.append(values)
        column = identifier(name)
        froms.append(
            f"(SELECT v AS t{number}, CAST(v AS {to_duckdb(kind)}) AS {column} "
            f"FROM (SELECT unnest(${number}::VARCHAR[]) AS v))"
        )
        wheres.append(f"t{number}")
    sql = (
        f"SELECT {', '.join(wheres)} FROM {' CROSS JOIN '.join(froms)} "
        f"WHERE {scan.partition_filter or 'true'} LIMIT {_LARGEST + 1}"
    )
    try:
        rows = connection.execute(sql, parameters).fetchall()
    except duckdb.ConversionException as error:
        raise QueryError(f"HIVE_INVALID_PARTITION_VALUE: {str(error).splitlines()[0]}") from error
    if len(rows) > _LARGEST:
        raise QueryError(
            f"HIVE_EXCEEDED_PARTITION_LIMIT: more than {_LARGEST} partitions projected"
        )
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
    table: Table, name: str, scan: Scan, connection: duckdb.DuckDBPyConnection
) -> list[str]:
    kind = word_of(table, name, "type").lower()
    if kind == "enum":
        return property_of(table, name, "values").split(",")  # blanks belong to the values
    if kind == "integer":
        return list(_integers(table, name))
    if kind == "date":
        return list(_dates(table, name, datetime.now(UTC).replace(tzinfo=None)))
    if kind == "injected":
        return _injected(name, scan, connection)
    raise wrong_property(
        table, f"projection.{name}.type", f"is {kind}, not enum, integer, date or injected"
    )


def _integers(table: Table, name: str) -> Iterator[str]:
    first, last = _range(table, name)
    digits = (
        count_of(table, name, "digits") if f"projection.{name}.digits" in table.parameters else 0
    )
    step = count_of(table, name, "interval", "1")
    if not all(re.fullmatch(r"[+-]?\d+", text) and int(text) in _LONG for text in (first, last)):
        raise wrong_property(
            table, f"projection.{name}.range", f"is no range of integers: {first},{last}"
        )
    for number in range(int(first), int(last) + 1, step):
        yield f"{number:0{digits}d}" if digits else str(number)


def _range(table: Table, name: str) -> tuple[str, str]:
    parts = [part.strip() for part in property_of(table, name, "range").split(",")]
    if len(parts) != 2:
        raise wrong_property(
            table, f"projection.{name}.range", "must be two values with a comma between"
        )
    return parts[0], parts[1]


def _dates(table: Table, name: str, now: datetime) -> Iterator[str]:
    java = property_of(table, name, "format").strip()
    python = date_format(java)
    if python is None:
        raise wrong_property(table, f"projection.{name}.format", f"'{java}' is not supported here")
    key = f"projection.{name}.range"
    first, last = (date_at(table, key, text, python, now) for text in _range(table, name))
    unit, step = _interval(table, name, java)
    at, number, text = first, 0, ""
    while at <= last and number <= _LARGEST:
        if (written := at.strftime(python)) != text:
            yield written
        text = written
        number += 1
        at = add(first, unit, number * step)


def _interval(table: Table, name: str, java: str) -> tuple[str, int]:
    """Return the unit and count that dates are apart: only days and months are so by themselves."""
    letters = re.sub(r"'[^']*'", "", java)
    default = "DAY" if "d" in letters else "MONTH"
    implied = not re.search("[HhKkmsS]", letters) and re.search("[dM]", letters) is not None
    unit = word_of(table, name, "interval.unit", default if implied else None).upper()
    step = count_of(table, name, "interval", "1" if implied else None)
    unit = unit.removesuffix("S")
    if unit not in (*SECONDS, "MONTH", "YEAR"):
        raise wrong_property(
            table, f"projection.{name}.interval.unit", f"is '{unit}', not a unit of time"
        )
    return unit, step


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
