"""What the conversions share: no cast, and text that must look right."""

from __future__ import annotations

from collections.abc import Callable

from local_aws.trino.errors import raise_in_sql
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType

TEXTS = {"varchar", "char"}
# text of a value, its type, the type wanted; None where Trino has no such cast
Maker = Callable[[str, TrinoType, TrinoType], str | None]


class NoCastError(Exception):
    """There is no conversion between two types."""


def cannot(sql: str, kind: str) -> str:
    """Fail because a text is no value of a type."""
    message = f"'Cannot cast ''' || {sql} || ''' to {kind}'"
    return raise_in_sql("INVALID_CAST_ARGUMENT", message)


def matching(sql: str, pattern: str, made: str, message: str) -> str:
    """Make a value out of text that must match a pattern; NULL stays NULL."""
    wrong = raise_in_sql("INVALID_CAST_ARGUMENT", message)
    matches = f"regexp_full_match({sql}, '{pattern}')"
    return f"CASE WHEN {matches} THEN {made} WHEN {sql} IS NOT NULL THEN {wrong} END"


def checked(sql: str, pattern: str, target: TrinoType, kind: str = "") -> str:
    """Convert text that must match a pattern."""
    message = f"'Cannot cast ''' || {sql} || ''' to {kind or str(target).upper()}'"
    return matching(sql, pattern, f"CAST({sql} AS {to_duckdb(target)})", message)
