"""Functions of time zones and of Unix time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from local_aws.trino.emit.cast_moments import zoned
from local_aws.trino.errors import INVALID_ARGUMENT, TrinoError
from local_aws.trino.functions.dates import ZONED, local_of
from local_aws.trino.functions.model import Call, Function, arg_type, not_supported
from local_aws.trino.types import TrinoType, timestamp


def _offset_part(template: str) -> Callable[[Call], str]:
    """Part of the offset of a zoned value from UTC, of which {0} is the milliseconds."""

    def emit(call: Call) -> str:
        offset = f"(epoch_ms({local_of(call[0])}) - epoch_ms(({call[0]}).t))"
        return template.format(offset)

    return emit


_UTC = ("Z", "GMT", "Etc/UTC", "+00:00", "UT")


class _Zone(NamedTuple):
    """DuckDB text of a zone, and whether it is known to be UTC."""

    sql: str
    utc: bool = False


_IN_UTC = _Zone("'UTC'", utc=True)


def _zone_of(call: Call) -> _Zone:
    """Return the zone that is a call's second argument, checked where it is a literal."""
    argument = call.args[1]
    if not argument.is_literal or argument.value is None:
        return _Zone(f"trino_zone_name({argument.sql})")
    name = str(argument.value)
    if name[:1] not in "+-":
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise TrinoError(INVALID_ARGUMENT, f"'{name}' is not a valid time zone") from None
    return _IN_UTC if name in ("UTC", *_UTC) else _Zone(argument.sql)


def _pack(instant: str, zone: _Zone) -> str:
    if zone.utc:
        return zoned(instant, zone.sql)
    known = f"{instant} IS NOT NULL AND {zone.sql} IS NOT NULL"
    return f"CASE WHEN {known} THEN struct_pack(t := {instant}, z := {zone.sql}) END"


def _at_timezone(call: Call) -> str:
    return _pack(f"({call[0]}).t", _zone_of(call))


def _with_timezone(call: Call) -> str:
    zone = _zone_of(call)
    instant = call[0] if zone.utc else f"trino_instant({call[0]}, {zone.sql})"
    return _pack(instant, zone)


def _with_zone_type(types: Sequence[TrinoType]) -> TrinoType:
    return timestamp(types[0].args[0], zone=True)


_FROM_UNIX = "make_timestamp(CAST(round({0} * 1000) AS BIGINT) * 1000)"


def _from_unixtime(call: Call) -> str:
    instant = _FROM_UNIX.format(call[0])
    if len(call.args) == 1:
        return _pack(instant, _IN_UTC)
    if len(call.args) == 2:
        return _pack(instant, _zone_of(call))
    minutes = f"({call[1]} * 60 + {call[2]})"
    sign = f"CASE WHEN {minutes} < 0 THEN '-' ELSE '+' END"
    zone = (
        f"({sign} || lpad(CAST(abs({minutes}) // 60 AS VARCHAR), 2, '0') || ':' "
        f"|| lpad(CAST(abs({minutes}) % 60 AS VARCHAR), 2, '0'))"
    )
    return _pack(instant, _Zone(zone))


FUNCTIONS: list[Function] = [
    Function("timezone_hour", (ZONED,), "bigint", _offset_part("({0} // 3600000)")),
    Function("timezone_minute", (ZONED,), "bigint", _offset_part("({0} // 60000 % 60)")),
    Function("timezone", (ZONED,), "varchar", "({0}).z"),
    Function("current_timezone", (), "varchar", "'UTC'"),
    Function("at_timezone", (ZONED, "varchar"), arg_type(0), _at_timezone),
    Function("with_timezone", ("timestamp", "varchar"), _with_zone_type, _with_timezone),
    Function("to_unixtime", ("timestamp",), "double", "(epoch_us({0}) / 1e6)"),
    Function("to_unixtime", (ZONED,), "double", "(epoch_us(({0}).t) / 1e6)"),
    Function("from_unixtime", ("double",), lambda _: timestamp(3, zone=True), _from_unixtime),
    Function(
        "from_unixtime", ("double", "varchar"), lambda _: timestamp(3, zone=True), _from_unixtime
    ),
    Function(
        "from_unixtime",
        ("double", "bigint", "bigint"),
        lambda _: timestamp(3, zone=True),
        _from_unixtime,
    ),
    not_supported("from_unixtime_nanos", ("bigint",)),
]

MACROS = [
    f"CREATE MACRO trino_zone_name(z) AS CASE WHEN z IN {_UTC} THEN 'UTC' ELSE z END",
]
