"""Conversions to booleans and numbers."""

from __future__ import annotations

from local_aws.trino.emit.cast_json import from_json
from local_aws.trino.emit.cast_texts import java_text, printing
from local_aws.trino.emit.conversion import (
    TEXTS,
    Conversion,
    Maker,
    cannot,
    checked,
    matching,
    plain_cast,
)
from local_aws.trino.errors import raise_in_sql
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType, as_decimal, is_integer, is_numeric


def _to_boolean(source: TrinoType, target: TrinoType) -> Conversion | None:
    if source.name in TEXTS:
        return _boolean_of_text
    if is_numeric(source):
        return lambda sql: f"({sql} <> 0)"
    return from_json(source, target)


def _boolean_of_text(sql: str) -> str:
    return (
        f"CASE WHEN lower({sql}) IN ('t', 'true', '1') THEN TRUE "
        f"WHEN lower({sql}) IN ('f', 'false', '0') THEN FALSE "
        f"WHEN {sql} IS NOT NULL THEN {cannot(sql, 'BOOLEAN')} END"
    )


def _to_integer(source: TrinoType, target: TrinoType) -> Conversion | None:
    if source.name in TEXTS:
        told = "INT" if target.name == "integer" else target.name.upper()
        return checked(r"\s*[+-]?\d+\s*", target, told)
    if source.name in ("real", "double"):
        cast = plain_cast(target)
        return lambda sql: cast(f"round({sql})")
    if source.name == "boolean" or is_numeric(source):
        return plain_cast(target)
    return from_json(source, target)


def _to_floating(source: TrinoType, target: TrinoType) -> Conversion | None:
    if source.name in TEXTS:
        number = r"\s*[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)\s*"
        return checked(number, target)
    if source.name == "boolean" or is_numeric(source):
        return plain_cast(target)
    return from_json(source, target)


def _to_decimal(source: TrinoType, target: TrinoType) -> Conversion | None:
    if source.name in TEXTS:
        name = f"DECIMAL({target.args[0]}, {target.args[1]})"

        def told(why: str) -> Conversion:
            return lambda sql: f"'Cannot cast VARCHAR ''' || {sql} || ''' to {name}. {why}'"

        number = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
        made = _fitting(target, told("Value too large."))
        return matching(number, made, told("Value is not a number."))
    if source.name == "boolean" or _holds(target, source):
        return plain_cast(target)
    if is_numeric(source):
        shown, name = (str(kind).upper().replace(",", ", ") for kind in (source, target))
        text = java_text if source.name in ("real", "double") else printing(source)
        assert text is not None  # noqa: S101  # every number is printed
        printed = text
        return _fitting(
            target, lambda sql: f"'Cannot cast {shown} ''' || {printed(sql)} || ''' to {name}'"
        )
    return from_json(source, target)


def _holds(target: TrinoType, source: TrinoType) -> bool:
    """Whether a decimal type has room for every value of an integer or decimal type."""
    if not (is_integer(source) or source.name == "decimal"):
        return False
    (p1, s1), (p2, s2) = as_decimal(source).args, target.args
    return bool(p2 - s2 >= p1 - s1 + (s1 > s2))


def _fitting(target: TrinoType, message: Conversion) -> Conversion:
    """Convert to a decimal that may be too small."""
    duck = to_duckdb(target)

    def convert(sql: str) -> str:
        wrong = raise_in_sql("INVALID_CAST_ARGUMENT", message(sql))
        made = f"TRY_CAST({sql} AS {duck})"
        return f"COALESCE({made}, CASE WHEN {sql} IS NOT NULL THEN {wrong} END)"

    return convert


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
