"""Conversions to booleans and numbers."""

from __future__ import annotations

from local_aws.trino.emit.cast_checks import TEXTS, Maker, cannot, checked, matching
from local_aws.trino.emit.cast_json import from_json
from local_aws.trino.emit.cast_texts import java_text, text_of
from local_aws.trino.errors import raise_in_sql
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType, as_decimal, is_integer, is_numeric


def _to_boolean(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    if source.name in TEXTS:
        return (
            f"CASE WHEN lower({sql}) IN ('t', 'true', '1') THEN TRUE "
            f"WHEN lower({sql}) IN ('f', 'false', '0') THEN FALSE "
            f"WHEN {sql} IS NOT NULL THEN {cannot(sql, 'BOOLEAN')} END"
        )
    if is_numeric(source):
        return f"({sql} <> 0)"
    return from_json(sql, source, target)


def _to_integer(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    duck = to_duckdb(target)
    if source.name in TEXTS:
        told = "INT" if target.name == "integer" else target.name.upper()
        return checked(sql, r"\s*[+-]?\d+\s*", target, told)
    if source.name in ("real", "double"):
        return f"CAST(round({sql}) AS {duck})"
    if source.name == "boolean" or is_numeric(source):
        return f"CAST({sql} AS {duck})"
    return from_json(sql, source, target)


def _to_floating(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    if source.name in TEXTS:
        number = r"\s*[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)\s*"
        return checked(sql, number, target)
    if source.name == "boolean" or is_numeric(source):
        return f"CAST({sql} AS {to_duckdb(target)})"
    return from_json(sql, source, target)


def _to_decimal(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    if source.name in TEXTS:
        name = f"DECIMAL({target.args[0]}, {target.args[1]})"
        message = f"'Cannot cast VARCHAR ''' || {sql} || ''' to {name}. Value is not a number.'"
        number = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
        large = f"'Cannot cast VARCHAR ''' || {sql} || ''' to {name}. Value too large.'"
        return matching(sql, number, _fitting(sql, target, large), message)
    if source.name == "boolean" or _holds(target, source):
        return f"CAST({sql} AS {to_duckdb(target)})"
    if is_numeric(source):
        told, name = (str(kind).upper().replace(",", ", ") for kind in (source, target))
        text = java_text(sql) if source.name in ("real", "double") else text_of(sql, source)
        return _fitting(sql, target, f"'Cannot cast {told} ''' || {text} || ''' to {name}'")
    return from_json(sql, source, target)


def _holds(target: TrinoType, source: TrinoType) -> bool:
    """Whether a decimal type has room for every value of an integer or decimal type."""
    if not (is_integer(source) or source.name == "decimal"):
        return False
    (p1, s1), (p2, s2) = as_decimal(source).args, target.args
    return bool(p2 - s2 >= p1 - s1 + (s1 > s2))


def _fitting(sql: str, target: TrinoType, message: str) -> str:
    """Convert a number to a decimal that may be too small for it."""
    wrong = raise_in_sql("INVALID_CAST_ARGUMENT", message)
    made = f"TRY_CAST({sql} AS {to_duckdb(target)})"
    return f"COALESCE({made}, CASE WHEN {sql} IS NOT NULL THEN {wrong} END)"


TO_NUMBERS: dict[str, Maker] = {
    "boolean": _to_boolean,
    "tinyint": _to_integer,
    "smallint": _to_integer,
    "integer": _to_integer,
    "bigint": _to_integer,
    "real": _to_floating,
    "double": _to_floating,
    "decimal": _to_decimal,
}
