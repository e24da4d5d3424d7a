"""Partition specs of statements: completed, normalized, and turned into locations."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from local_aws.engine import path_names
from local_aws.engine.catalog import Table
from local_aws.engine.hive.ast import Spec
from local_aws.engine.statements.names import semantic

NULL_VALUE = "__HIVE_DEFAULT_PARTITION__"
_INTEGERS = ("tinyint", "smallint", "int", "integer", "bigint")


def values_of(table: Table, spec: Spec) -> list[str]:
    """Return the values of a complete spec in the order of the table's partition columns.

    Raises
    ------
    QueryError
        For a column that is no partition column, or one that is missing.
    """
    given = dict(spec)
    names = [str(key["Name"]).lower() for key in table.partition_keys]
    for name in given:
        check_key(table, name)
    if len(given) != len(names):
        shown = ", ".join(f"{name}={value}" for name, value in spec)
        raise semantic(
            f"partition spec {{{shown}}} doesn't contain all ({len(names)}) partition columns"
        )
    kinds = {str(key["Name"]).lower(): str(key.get("Type")) for key in table.partition_keys}
    return [normalized(given[name], kinds[name]) for name in names]


def check_key(table: Table, name: str) -> None:
    """Raise Hive's error 10098 for a column that does not partition the table."""
    if name not in (str(key["Name"]).lower() for key in table.partition_keys):
        raise semantic(
            f"[Error 10098]: Non-Partition column appears in the partition specification:  {name}"
        )


def normalized(value: str, kind: str) -> str:
    """Return a value as Hive keeps it: an integer without leading zeros.

    Examples
    --------
    >>> normalized("007", "int"), normalized("007", "string")
    ('7', '007')
    """
    if kind.lower() in _INTEGERS and re.fullmatch(r"[+-]?\d+", value):
        return str(int(value))
    return value


def folder(names: Sequence[str], values: Iterable[str]) -> str:
    """Return the folders of a partition, escaped as Hive does.

    Examples
    --------
    >>> folder(["year", "kind"], ["2019", "a/b=c"])
    'year=2019/kind=a%2Fb%3Dc'
    """
    return "/".join(
        f"{name}={path_names.escape(value) if value else NULL_VALUE}"
        for name, value in zip(names, values, strict=True)
    )


def default_location(table: Table, values: Sequence[str]) -> str:
    """Return where a partition is when nothing else was said."""
    base = table.location if table.location.endswith("/") else f"{table.location}/"
    names = [str(key["Name"]).lower() for key in table.partition_keys]
    return f"{base}{folder(names, values)}"


def partition_input(table: Table, values: Sequence[str], location: str) -> dict[str, Any]:
    """Return Glue's PartitionInput for a partition stored as its table is."""
    return {
        "Values": list(values),
        "StorageDescriptor": {**table.storage, "Location": location},
        "Parameters": {},
    }
