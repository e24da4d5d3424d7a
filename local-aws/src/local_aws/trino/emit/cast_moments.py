"""Conversions to dates, times and timestamps."""

from __future__ import annotations

from local_aws.trino.emit.cast_json import from_json
from local_aws.trino.emit.cast_texts import instant, local_time
from local_aws.trino.emit.conversion import (
    TEXTS,
    Conversion,
    Maker,
    as_it_is,
    matching,
    plain_cast,
)
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType

_DATE = r"[+-]?\d{4,}-\d{1,2}-\d{1,2}"
_CLOCK = r"\d{1,2}:\d{1,2}"
_TIMESTAMP = rf"\s*({_DATE})(?: ({_CLOCK}(?::\d{{1,2}}(?:\.\d+)?)?))?"
_ZONE = r"(?:[+-]\d{1,2}(?::?\d{2})?|[A-Za-z][A-Za-z_/+-]*\d{0,2})"


def zoned(moment: str, zone: str) -> str:
    """DuckDB value of a timestamp with time zone, NULL where the instant is."""
    return f"CASE WHEN {moment} IS NOT NULL THEN struct_pack(t := {moment}, z := {zone}) END"


def _rounded(sql: str, precision: int) -> str:
    """Round a TIMESTAMP or TIME to fewer digits than six, half up, as Trino does."""
    step = 10 ** (6 - precision)
    return f"trino_round_timestamp({sql}, {step})"


def _of_text(pattern: str, made: Conversion, name: str) -> Conversion:
    return matching(pattern, made, lambda sql: f"'Value cannot be cast to {name}: ' || {sql}")


def _part_of(source: TrinoType, target: TrinoType, pattern: str) -> Conversion | None:
    """Convert text, and what has a date and a time of day, to the one that is wanted."""
    cast = plain_cast(target)
    if source.name in TEXTS:
        return _of_text(pattern, cast, target.name)
    if source.name == "timestamp":
        return cast
    if source.name == "timestamp with time zone":
        return lambda sql: cast(local_time(sql))
    return None


def _to_date(source: TrinoType, target: TrinoType) -> Conversion | None:
    return _part_of(source, target, rf"\s*{_DATE}\s*") or from_json(source, target)


def _to_time(source: TrinoType, target: TrinoType) -> Conversion | None:
    if source.name != "time":
        return _part_of(source, target, rf"{_CLOCK}(:\d{{1,2}}(\.\d+)?)?")
    (digits,) = target.args
    if digits >= source.args[0]:
        return as_it_is
    cast = plain_cast(target)
    return lambda sql: cast(_rounded(f"(DATE '1970-01-01' + {sql})", digits))


def _to_timestamp(source: TrinoType, target: TrinoType) -> Conversion | None:
    (precision,) = target.args
    if source.name in TEXTS:
        return _timestamp_of_text(target)
    if source.name == "date":
        return plain_cast(target)
    if source.name == "timestamp with time zone":
        if precision >= source.args[0]:
            return local_time
        return lambda sql: _rounded(local_time(sql), precision)
    if source.name == "timestamp":
        if precision >= source.args[0] and to_duckdb(source) == to_duckdb(target):
            return as_it_is
        if precision >= min(source.args[0], 6):
            return plain_cast(target)
        cast = plain_cast(TrinoType("timestamp", (6,))) if source.args[0] > 6 else as_it_is
        return lambda sql: _rounded(cast(sql), precision)
    return None


def _timestamp_of_text(target: TrinoType) -> Conversion:
    (precision,) = target.args

    def made(sql: str) -> str:
        groups = f"regexp_extract({sql}, '{_TIMESTAMP}', 1) || ' ' || trino_clock({sql})"
        read = f"CAST({groups} AS {to_duckdb(target)})"
        return _rounded(read, precision) if precision < 6 else read

    return _of_text(rf"{_TIMESTAMP}(?: ?{_ZONE})?\s*", made, "timestamp")


def _to_zoned(source: TrinoType, target: TrinoType) -> Conversion | None:
    (digits,) = target.args
    if source.name == "timestamp with time zone":
        if digits >= source.args[0]:
            return as_it_is
        return lambda sql: zoned(_rounded(instant(sql), digits), f"({sql}).z")
    local = _to_timestamp(source, TrinoType("timestamp", target.args))
    if local is None:
        return None
    if source.name in TEXTS:
        return lambda sql: _zoned_of_text(sql, local(sql))
    return lambda sql: zoned(local(sql), "'UTC'")


def _zoned_of_text(sql: str, local: str) -> str:
    zone = f"trino_zone_in({sql})"
    return zoned(f"trino_instant({local}, {zone})", zone)


TO_MOMENTS: dict[str, Maker] = {
    "date": _to_date,
    "timestamp": _to_timestamp,
    "timestamp with time zone": _to_zoned,
    "time": _to_time,
}
