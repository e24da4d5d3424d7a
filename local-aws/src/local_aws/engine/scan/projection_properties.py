"""Properties of a table that steer partition projection."""

from typing import Final

from local_aws.engine.catalog import Table
from local_aws.engine.context import QueryError

MOST: Final = 1_000_000


def property_of(table: Table, name: str, key: str, default: str | None = None) -> str:
    """Return a property of a column's projection."""
    value = table.parameters.get(f"projection.{name}.{key}", default)
    if value is None:
        raise wrong_property(table, f"projection.{name}.{key}", "is missing")
    return value


def word_of(table: Table, name: str, key: str, default: str | None = None) -> str:
    """Return a property in which blanks at the ends do not count."""
    return property_of(table, name, key, default).strip()


def count_of(table: Table, name: str, key: str, default: str | None = None) -> int:
    """Return a property that is a number from 1 on."""
    text = word_of(table, name, key, default)
    if not text.isdecimal() or int(text) < 1:
        raise wrong_property(
            table, f"projection.{name}.{key}", f"is '{text}', not a positive integer"
        )
    return int(text)


def range_of(table: Table, name: str) -> tuple[str, str]:
    """Return the two ends of a column's range."""
    parts = [part.strip() for part in property_of(table, name, "range").split(",")]
    if len(parts) != 2:
        raise wrong_property(
            table, f"projection.{name}.range", "must be two values with a comma between"
        )
    return parts[0], parts[1]


def too_many() -> QueryError:
    """Make the error of a query that leaves more partitions than are looked at."""
    return QueryError(f"HIVE_EXCEEDED_PARTITION_LIMIT: more than {MOST} partitions projected")


def wrong_property(table: Table, key: str, why: str) -> QueryError:
    """Make the error of a property that cannot be read."""
    return QueryError(
        f"INVALID_TABLE_PROPERTY: Table {table.database}.{table.name}: property '{key}' {why}"
    )
