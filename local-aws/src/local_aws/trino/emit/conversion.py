"""What a conversion is, and text that must look right to be converted."""

from __future__ import annotations

from collections.abc import Callable

from local_aws.trino.errors import raise_in_sql
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType

TEXTS = {"varchar", "char"}

# DuckDB text of a value, which may be repeated, to that of the value converted
Conversion = Callable[[str], str]
# of a type to another; None where Trino has no such cast
Maker = Callable[[TrinoType, TrinoType], Conversion | None]


class NoCastError(Exception):
    """There is no conversion between two types."""


def as_it_is(sql: str) -> str:
    """Convert nothing: DuckDB holds both types alike, and no value changes."""
    return sql


def plain_cast(target: TrinoType) -> Conversion:
    """Return the conversion that DuckDB's own cast is."""
    duck = to_duckdb(target)
    return lambda sql: f"CAST({sql} AS {duck})"


def cannot(sql: str, kind: str) -> str:
    """Fail because a text is no value of a type."""
    message = f"'Cannot cast ''' || {sql} || ''' to {kind}'"
    return raise_in_sql("INVALID_CAST_ARGUMENT", message)


def matching(pattern: str, made: Conversion, message: Conversion) -> Conversion:
    """Convert text that must match a pattern; NULL stays NULL."""

    def convert(sql: str) -> str:
        wrong = raise_in_sql("INVALID_CAST_ARGUMENT", message(sql))
        matches = f"regexp_full_match({sql}, '{pattern}')"
        return f"CASE WHEN {matches} THEN {made(sql)} WHEN {sql} IS NOT NULL THEN {wrong} END"

    return convert


def checked(pattern: str, target: TrinoType, kind: str = "") -> Conversion:
    """Convert text that must match a pattern by DuckDB's own cast."""
    told = kind or str(target).upper()
    return matching(
        pattern, plain_cast(target), lambda sql: f"'Cannot cast ''' || {sql} || ''' to {told}'"
    )
