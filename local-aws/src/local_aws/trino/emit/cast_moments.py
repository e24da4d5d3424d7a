"""Conversions to dates, times and timestamps."""

from __future__ import annotations

from local_aws.trino.emit.cast_checks import TEXTS, Maker, matching
from local_aws.trino.emit.cast_json import from_json
from local_aws.trino.emit.cast_texts import instant, local_time
from local_aws.trino.errors import raise_in_sql
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType


def _to_date(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    if source.name in TEXTS:
        pattern = r"\s*[+-]?\d{4,}-\d{1,2}-\d{1,2}\s*"
        message = f"'Value cannot be cast to date: ' || {sql}"
        return matching(sql, pattern, f"CAST({sql} AS DATE)", message)
    if source.name == "timestamp":
        return f"CAST({sql} AS DATE)"
    if source.name == "timestamp with time zone":
        return f"CAST({local_time(sql)} AS DATE)"
    return from_json(sql, source, target)


_TIMESTAMP = r"\s*([+-]?\d{4,}-\d{1,2}-\d{1,2})(?: (\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?))?"


_ZONE = r"(?:[+-]\d{1,2}(?::?\d{2})?|[A-Za-z][A-Za-z_/+-]*\d{0,2})"


def _rounded(sql: str, precision: int) -> str:
    """Round a TIMESTAMP or TIME to fewer digits than six, half up, as Trino does."""
    step = 10 ** (6 - precision)
    return f"trino_round_timestamp({sql}, {step})"


def _to_timestamp(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    precision = target.args[0]
    if source.name in TEXTS:
        message = f"'Value cannot be cast to timestamp: ' || {sql}"
        wrong = raise_in_sql("INVALID_CAST_ARGUMENT", message)
        groups = f"regexp_extract({sql}, '{_TIMESTAMP}', 1) || ' ' || trino_clock({sql})"
        made = f"CAST({groups} AS {to_duckdb(target)})"
        made = _rounded(made, precision) if precision < 6 else made
        return (
            f"CASE WHEN regexp_full_match({sql}, '{_TIMESTAMP}(?: ?{_ZONE})?\\s*') "
            f"THEN {made} WHEN {sql} IS NOT NULL THEN {wrong} END"
        )
    if source.name == "date":
        return f"CAST({sql} AS {to_duckdb(target)})"
    if source.name == "timestamp with time zone":
        local = local_time(sql)
        return _rounded(local, precision) if precision < source.args[0] else local
    if source.name == "timestamp":
        if precision >= source.args[0]:
            same = to_duckdb(source) == to_duckdb(target)
            return sql if same else f"CAST({sql} AS {to_duckdb(target)})"
        if precision >= 6:
            return f"CAST({sql} AS {to_duckdb(target)})"
        return _rounded(f"CAST({sql} AS TIMESTAMP)" if source.args[0] > 6 else sql, precision)
    return None


def zoned(moment: str, zone: str) -> str:
    """DuckDB value of a timestamp with time zone, NULL where the instant is."""
    return f"CASE WHEN {moment} IS NOT NULL THEN struct_pack(t := {moment}, z := {zone}) END"


def _to_zoned(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    if source.name == "timestamp with time zone":
        if target.args[0] >= source.args[0]:
            return sql
        return zoned(_rounded(instant(sql), target.args[0]), f"({sql}).z")
    if source.name in TEXTS:
        local = _to_timestamp(sql, source, TrinoType("timestamp", target.args))
        zone = f"trino_zone_in({sql})"
        return zoned(f"trino_instant({local}, {zone})", zone)
    if source.name in ("date", "timestamp"):
        return zoned(str(_to_timestamp(sql, source, TrinoType("timestamp", target.args))), "'UTC'")
    return None


def _to_time(sql: str, source: TrinoType, target: TrinoType) -> str | None:
    if source.name in TEXTS:
        message = f"'Value cannot be cast to time: ' || {sql}"
        clock = r"\d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?"
        return matching(sql, clock, f"CAST({sql} AS TIME)", message)
    if source.name == "timestamp":
        return f"CAST({sql} AS TIME)"
    if source.name == "timestamp with time zone":
        return f"CAST({local_time(sql)} AS TIME)"
    if source.name == "time":
        if target.args[0] >= source.args[0]:
            return sql
        day = _rounded(f"(DATE '1970-01-01' + {sql})", target.args[0])
        return f"CAST({day} AS TIME)"
    return None


TO_MOMENTS: dict[str, Maker] = {
    "date": _to_date,
    "timestamp": _to_timestamp,
    "timestamp with time zone": _to_zoned,
    "time": _to_time,
}
