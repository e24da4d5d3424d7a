"""Values as Trino prints them, and conversions to text."""

from __future__ import annotations

from local_aws.trino.emit.cast_checks import TEXTS, Maker
from local_aws.trino.errors import raise_in_sql
from local_aws.trino.types import TrinoType, is_integer


def _fraction(sql: str, precision: int) -> str:
    """Text of a timestamp's or time's fraction of a second, with its point."""
    if precision == 0:
        return ""
    digits = f"strftime({sql}, '%n')" if precision > 6 else f"strftime({sql}, '%f')"
    whole = 9 if precision > 6 else 6
    if precision == 3:
        return f" || strftime({sql}, '.%g')"
    if precision < whole:
        digits = f"left({digits}, {precision})"
    return f" || '.' || {digits}"


def timestamp_text(sql: str, precision: int) -> str:
    """Text of a timestamp as Trino prints it, with exactly `precision` digits behind the second."""
    if precision == 3:
        return f"strftime({sql}, '%Y-%m-%d %H:%M:%S.%g')"
    return f"(strftime({sql}, '%Y-%m-%d %H:%M:%S'){_fraction(sql, precision)})"


def local_time(sql: str) -> str:
    """Wall-clock TIMESTAMP of a timestamp with time zone."""
    return f"trino_local({instant(sql)}, ({sql}).z)"


def instant(sql: str) -> str:
    """UTC TIMESTAMP of a timestamp with time zone; the cast keeps the type of a constant NULL."""
    return f"CAST(({sql}).t AS TIMESTAMP)"


def decimal_text(sql: str, kind: TrinoType) -> str:
    """Text of a decimal; DuckDB leaves out the zero before the point where no digit can stand."""
    text = f"CAST({sql} AS VARCHAR)"
    if kind.args[0] > kind.args[1]:
        return text
    return rf"regexp_replace({text}, '^(-?)\.', '\10.')"


def text_of(sql: str, source: TrinoType) -> str | None:
    """Text of a value as an unbounded varchar."""
    match source.name:
        case "varchar" | "char":
            return sql
        case "boolean" | "uuid" | "date":
            return f"CAST({sql} AS VARCHAR)"
        case "decimal":
            return decimal_text(sql, source)
        case "double" | "real":
            return f"trino_scientific(CAST({sql} AS VARCHAR))"
        case "timestamp":
            return timestamp_text(sql, source.args[0])
        case "timestamp with time zone":
            return f"({timestamp_text(local_time(sql), source.args[0])} || ' ' || ({sql}).z)"
        case "time":
            day = f"(DATE '1970-01-01' + {sql})"
            return f"(strftime({day}, '%H:%M:%S'){_fraction(day, source.args[0])})"
        case "interval day to second":
            return f"trino_day_to_second({sql})"
        case "interval year to month":
            return f"trino_year_to_month({sql})"
        case "json":
            scalar = f"json_type({sql}) NOT IN ('ARRAY', 'OBJECT')"
            wrong = raise_in_sql(
                "INVALID_CAST_ARGUMENT", f"'Cannot cast ''' || {sql} || ''' to varchar'"
            )
            return (
                f"CASE WHEN {scalar} THEN ({sql}) ->> '$' WHEN {sql} IS NOT NULL THEN {wrong} END"
            )
    return f"CAST({sql} AS VARCHAR)" if is_integer(source) else None


def _to_varchar(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    text = text_of(sql, source)
    if text is None or not target.args:
        return text
    (length,) = target.args
    if source.name in TEXTS:
        if source.args and source.args[0] <= length:
            return text
        return f"left({text}, {length})"
    message = f"'Value ' || {text} || ' cannot be represented as {target}'"
    wrong = raise_in_sql("INVALID_CAST_ARGUMENT", message)
    return f"CASE WHEN length({text}) > {length} THEN {wrong} ELSE {text} END"


def _to_char(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    text = text_of(sql, source) if source.name in TEXTS else None
    return None if text is None else f"rpad({text}, {target.args[0]}, ' ')"


def java_text(sql: str) -> str:
    """Text of a floating-point number as Java prints it."""
    text = f"CAST({sql} AS VARCHAR)"
    near = f"{sql} = 0 OR abs({sql}) >= 1e-3 AND abs({sql}) < 1e7"
    return f"CASE WHEN {near} THEN {text} ELSE trino_scientific({text}) END"


def _to_uuid(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    if source.name not in TEXTS:
        return None
    wrong = raise_in_sql("INVALID_CAST_ARGUMENT", f"'Cannot cast value to UUID: ' || {sql}")
    return f"COALESCE(TRY_CAST({sql} AS UUID), CASE WHEN {sql} IS NOT NULL THEN {wrong} END)"


def _to_varbinary(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    return f"encode({sql})" if source.name in TEXTS else None


TO_TEXTS: dict[str, Maker] = {
    "varchar": _to_varchar,
    "char": _to_char,
    "varbinary": _to_varbinary,
    "uuid": _to_uuid,
}
