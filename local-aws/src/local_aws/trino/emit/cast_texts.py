"""Values as Trino prints them, and conversions to text."""

from __future__ import annotations

from local_aws.trino.emit.conversion import TEXTS, Conversion, Maker, as_it_is, cannot, plain_cast
from local_aws.trino.errors import raise_in_sql
from local_aws.trino.types import VARCHAR, TrinoType


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


def java_text(sql: str) -> str:
    """Text of a floating-point number as Java prints it."""
    text = f"CAST({sql} AS VARCHAR)"
    near = f"{sql} = 0 OR abs({sql}) >= 1e-3 AND abs({sql}) < 1e7"
    return f"CASE WHEN {near} THEN {text} ELSE trino_scientific({text}) END"


def printing(source: TrinoType) -> Conversion | None:
    """Return the conversion to unbounded varchar; None where values of the type have no text."""
    match source.name:
        case "varchar" | "char":
            return as_it_is
        case "boolean" | "uuid" | "date" | "tinyint" | "smallint" | "integer" | "bigint":
            return plain_cast(VARCHAR)
        case "decimal":
            return lambda sql: decimal_text(sql, source)
        case "double" | "real":
            return lambda sql: f"trino_scientific(CAST({sql} AS VARCHAR))"
        case "timestamp":
            return lambda sql: timestamp_text(sql, source.args[0])
        case "timestamp with time zone":
            return lambda sql: (
                f"({timestamp_text(local_time(sql), source.args[0])} || ' ' || ({sql}).z)"
            )
        case "time":
            return lambda sql: _time_text(f"(DATE '1970-01-01' + {sql})", source.args[0])
        case "interval day to second":
            return lambda sql: f"trino_day_to_second({sql})"
        case "interval year to month":
            return lambda sql: f"trino_year_to_month({sql})"
        case "json":
            return _text_of_json
    return None


def _time_text(day: str, precision: int) -> str:
    return f"(strftime({day}, '%H:%M:%S'){_fraction(day, precision)})"


def _text_of_json(sql: str) -> str:
    scalar = f"json_type({sql}) NOT IN ('ARRAY', 'OBJECT')"
    return (
        f"CASE WHEN {scalar} THEN ({sql}) ->> '$' "
        f"WHEN {sql} IS NOT NULL THEN {cannot(sql, 'varchar')} END"
    )


def _to_varchar(source: TrinoType, target: TrinoType) -> Conversion | None:
    text = printing(source)
    if text is None or not target.args:
        return text
    (length,) = target.args
    if source.name in TEXTS:
        fits = source.args and source.args[0] <= length
        return as_it_is if fits else lambda sql: f"left({sql}, {length})"
    return _printed_within(text, target)


def _printed_within(text: Conversion, target: TrinoType) -> Conversion:
    """Print a value that must not be longer than the type."""

    def convert(sql: str) -> str:
        printed = text(sql)
        message = f"'Value ' || {printed} || ' cannot be represented as {target}'"
        wrong = raise_in_sql("INVALID_CAST_ARGUMENT", message)
        return f"CASE WHEN length({printed}) > {target.args[0]} THEN {wrong} ELSE {printed} END"

    return convert


def _to_char(source: TrinoType, target: TrinoType) -> Conversion | None:
    if source.name not in TEXTS:
        return None
    return lambda sql: f"rpad({sql}, {target.args[0]}, ' ')"


def _to_uuid(source: TrinoType, _target: TrinoType) -> Conversion | None:
    return _uuid_of_text if source.name in TEXTS else None


def _uuid_of_text(sql: str) -> str:
    wrong = raise_in_sql("INVALID_CAST_ARGUMENT", f"'Cannot cast value to UUID: ' || {sql}")
    return f"COALESCE(TRY_CAST({sql} AS UUID), CASE WHEN {sql} IS NOT NULL THEN {wrong} END)"


def _to_varbinary(source: TrinoType, _target: TrinoType) -> Conversion | None:
    return (lambda sql: f"encode({sql})") if source.name in TEXTS else None


TO_TEXTS: dict[str, Maker] = {
    "varchar": _to_varchar,
    "char": _to_char,
    "varbinary": _to_varbinary,
    "uuid": _to_uuid,
}
