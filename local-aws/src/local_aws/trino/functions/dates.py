"""Functions of dates and times: parts, arithmetic, zones, Unix time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from local_aws.trino.emit.cast_moments import zoned
from local_aws.trino.emit.casts import convert
from local_aws.trino.errors import INVALID_ARGUMENT, TrinoError, raise_in_sql
from local_aws.trino.functions.model import Call, Function, arg_type, not_supported
from local_aws.trino.types import VARCHAR, TrinoType, timestamp

_TIME_UNITS = ("millisecond", "second", "minute", "hour")
_DATE_UNITS = ("day", "week", "month", "quarter", "year")
_MILLISECONDS = {
    "millisecond": 1,
    "second": 1_000,
    "minute": 60_000,
    "hour": 3_600_000,
    "day": 86_400_000,
    "week": 604_800_000,
}


def _by_unit(emit: Callable[[Call, str], str]) -> Callable[[Call], str]:
    """Make the emitter of a function whose first argument is the unit, out of that for a unit."""

    def emit_any(call: Call) -> str:
        kind = call.args[-1].type.name
        allowed = {"date": _DATE_UNITS, "time": _TIME_UNITS}.get(kind, _TIME_UNITS + _DATE_UNITS)
        named = {"date": "DATE", "time": "TIME"}.get(kind, "TIMESTAMP")
        given = call.args[0]
        if isinstance(given.value, str):
            unit = given.value.lower()
            if unit not in allowed:
                raise TrinoError(INVALID_ARGUMENT, f"'{unit}' is not a valid {named} field")
            return emit(call, unit)
        lower = f"lower({given.sql})"
        known = " AND ".join(f"({argument.sql}) IS NOT NULL" for argument in call.args)
        arms = " ".join(f"WHEN {lower} = '{unit}' THEN {emit(call, unit)}" for unit in allowed)
        wrong = raise_in_sql(
            INVALID_ARGUMENT, f"'''' || {lower} || ''' is not a valid {named} field'"
        )
        return f"CASE {arms} WHEN {known} THEN {wrong} END"

    return emit_any


def _local(sql: str) -> str:
    return f"trino_local(({sql}).t, ({sql}).z)"


def _zoned(instant: str, source: str) -> str:
    """Timestamp with time zone at another instant, in the zone of a value."""
    return (
        f"CASE WHEN ({source}) IS NOT NULL THEN "
        f"struct_pack(t := CAST({instant} AS TIMESTAMP), z := ({source}).z) END"
    )


def _trunc(call: Call, unit: str) -> str:
    value, kind = call[1], call.args[1].type
    if kind.name == "timestamp with time zone":
        cut = f"CAST(date_trunc('{unit}', {_local(value)}) AS TIMESTAMP)"
        if unit in _TIME_UNITS:  # the offset stays, also in an hour that comes twice
            return _zoned(f"({value}).t - ({_local(value)} - {cut})", value)
        return _zoned(f"trino_instant({cut}, ({value}).z)", value)
    if kind.name == "time":
        return f"CAST(date_trunc('{unit}', DATE '1970-01-01' + {value}) AS TIME)"
    duck = "DATE" if kind.name == "date" else "TIMESTAMP"
    return f"CAST(date_trunc('{unit}', {value}) AS {duck})"


def _step(unit: str, amount: str) -> str:
    """DuckDB interval of an amount of a unit."""
    if unit in _TIME_UNITS:
        return f"to_microseconds({amount} * {_MILLISECONDS[unit] * 1000})"
    days = {"day": 1, "week": 7}
    if unit in days:
        return f"to_days(CAST({amount} * {days[unit]} AS INTEGER))"
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    return f"to_months(CAST({amount} * {months} AS INTEGER))"


def _add(call: Call, unit: str) -> str:
    amount, value, kind = call[1], call[2], call.args[2].type
    step = _step(unit, amount)
    if kind.name == "date":
        return f"CAST({value} + {step} AS DATE)"
    if kind.name == "time":
        moved = _kept(f"(DATE '1970-01-01' + ({value} + {step}))", unit, kind)
        return f"CAST({moved} AS TIME)"
    if kind.name == "timestamp with time zone":
        if unit in _TIME_UNITS:
            return _zoned(_kept(f"({value}).t + {step}", unit, kind), value)
        return _zoned(f"trino_instant({_local(value)} + {step}, ({value}).z)", value)
    return _kept(f"({value} + {step})", unit, kind)


def _kept(sql: str, unit: str, kind: TrinoType) -> str:
    """Round to the type's digits what milliseconds were added to."""
    if unit != "millisecond" or kind.args[0] >= 3:
        return sql
    return f"trino_round_timestamp({sql}, {10 ** (6 - kind.args[0])})"


def _diff(call: Call, unit: str) -> str:
    kind = call.args[1].type
    a, b = call[1], call[2]
    if kind.name == "timestamp with time zone":
        zone = f"({a}).z"
        local = unit in _DATE_UNITS
        a, b = (f"trino_local(({x}).t, {zone})" if local else f"({x}).t" for x in (a, b))
    if kind.name == "time":
        a, b = f"(DATE '1970-01-01' + {a})", f"(DATE '1970-01-01' + {b})"
    if kind.name == "date":
        a, b = f"CAST({a} AS TIMESTAMP)", f"CAST({b} AS TIMESTAMP)"
    if unit in _MILLISECONDS:
        return f"((epoch_ms({b}) - epoch_ms({a})) // {_MILLISECONDS[unit]})"
    if unit == "year":
        return f"trino_years_between({a}, {b})"
    months = f"trino_months_between({a}, {b})"
    return months if unit == "month" else f"({months} // 3)"


# Parts that are read off a date, and those of a time of day.
_DATE_PARTS = {
    "year": "year({0})",
    "quarter": "quarter({0})",
    "month": "month({0})",
    "week": "weekofyear({0})",
    "week_of_year": "weekofyear({0})",
    "day": "day({0})",
    "day_of_month": "day({0})",
    "day_of_week": "isodow({0})",
    "dow": "isodow({0})",
    "day_of_year": "dayofyear({0})",
    "doy": "dayofyear({0})",
    "year_of_week": "isoyear({0})",
    "yow": "isoyear({0})",
}
_TIME_PARTS = {
    "hour": "hour({0})",
    "minute": "minute({0})",
    "second": "second({0})",
    "millisecond": "(millisecond({0}) % 1000)",
}
_INTERVAL_PARTS = {
    "day": "({0} // 86400000)",
    "hour": "({0} // 3600000 % 24)",
    "minute": "({0} // 60000 % 60)",
    "second": "({0} // 1000 % 60)",
    "millisecond": "({0} % 1000)",
}


def _part(name: str, template: str, kind: str) -> Function:
    whole = f"CAST({template} AS BIGINT)"
    if kind == "timestamp with time zone":
        return Function(name, (kind,), "bigint", lambda call: whole.format(_local(call[0])))
    return Function(name, (kind,), "bigint", whole)


def _offset_part(template: str) -> Callable[[Call], str]:
    """Part of the offset of a zoned value from UTC, of which {0} is the milliseconds."""

    def emit(call: Call) -> str:
        offset = f"(epoch_ms({_local(call[0])}) - epoch_ms(({call[0]}).t))"
        return template.format(offset)

    return emit


_UTC = ("Z", "GMT", "Etc/UTC", "+00:00", "UT")


def _zone_literal(call: Call, index: int) -> str:
    """Return the zone of a call as DuckDB text, checked where it is a literal."""
    argument = call.args[index]
    if not argument.is_literal or argument.value is None:
        return f"trino_zone_name({argument.sql})"
    name = str(argument.value)
    if name[:1] not in "+-":
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise TrinoError(INVALID_ARGUMENT, f"'{name}' is not a valid time zone") from None
    return "'UTC'" if name in ("UTC", *_UTC) else argument.sql


def _pack(instant: str, zone: str) -> str:
    if zone == "'UTC'":
        return zoned(instant, zone)
    known = f"{instant} IS NOT NULL AND {zone} IS NOT NULL"
    return f"CASE WHEN {known} THEN struct_pack(t := {instant}, z := {zone}) END"


def _at_timezone(call: Call) -> str:
    return _pack(f"({call[0]}).t", _zone_literal(call, 1))


def _with_timezone(call: Call) -> str:
    zone = _zone_literal(call, 1)
    instant = call[0] if zone == "'UTC'" else f"trino_instant({call[0]}, {zone})"
    return _pack(instant, zone)


def _with_zone_type(types: Sequence[TrinoType]) -> TrinoType:
    return timestamp(types[0].args[0], zone=True)


_FROM_UNIX = "make_timestamp(CAST(round({0} * 1000) AS BIGINT) * 1000)"


def _from_unixtime(call: Call) -> str:
    instant = _FROM_UNIX.format(call[0])
    if len(call.args) == 1:
        return _pack(instant, "'UTC'")
    if len(call.args) == 2:
        return _pack(instant, _zone_literal(call, 1))
    minutes = f"({call[1]} * 60 + {call[2]})"
    sign = f"CASE WHEN {minutes} < 0 THEN '-' ELSE '+' END"
    zone = (
        f"({sign} || lpad(CAST(abs({minutes}) // 60 AS VARCHAR), 2, '0') || ':' "
        f"|| lpad(CAST(abs({minutes}) % 60 AS VARCHAR), 2, '0'))"
    )
    return _pack(instant, zone)


_ZONED = "timestamp with time zone"

_DATE = TrinoType("date")

FUNCTIONS: list[Function] = [
    *(
        Function("date_trunc", ("varchar", kind), arg_type(1), _by_unit(_trunc))
        for kind in ("date", "timestamp", _ZONED, "time")
    ),
    *(
        Function("date_add", ("varchar", "bigint", kind), arg_type(2), _by_unit(_add))
        for kind in ("date", "timestamp", _ZONED, "time")
    ),
    *(
        Function("date_diff", ("varchar", kind, kind), "bigint", _by_unit(_diff))
        for kind in ("date", "timestamp", _ZONED, "time")
    ),
    *(
        _part(name, template, kind)
        for name, template in _DATE_PARTS.items()
        for kind in ("date", "timestamp", _ZONED)
    ),
    *(
        _part(name, template, kind)
        for name, template in _TIME_PARTS.items()
        for kind in ("timestamp", _ZONED, "time")
    ),
    *(
        Function(name, ("interval day to second",), "bigint", template)
        for name, template in _INTERVAL_PARTS.items()
    ),
    Function("year", ("interval year to month",), "bigint", "CAST({0} // 12 AS BIGINT)"),
    Function("month", ("interval year to month",), "bigint", "CAST({0} % 12 AS BIGINT)"),
    Function("to_milliseconds", ("interval day to second",), "bigint", "({0})"),
    Function("timezone_hour", (_ZONED,), "bigint", _offset_part("({0} // 3600000)")),
    Function("timezone_minute", (_ZONED,), "bigint", _offset_part("({0} // 60000 % 60)")),
    Function("timezone", (_ZONED,), "varchar", "({0}).z"),
    Function("current_timezone", (), "varchar", "'UTC'"),
    Function("date", ("varchar",), "date", lambda call: convert(call[0], VARCHAR, _DATE)),
    Function("date", ("timestamp",), "date", "CAST({0} AS DATE)"),
    Function("date", (_ZONED,), "date", lambda call: f"CAST({_local(call[0])} AS DATE)"),
    *(
        Function("last_day_of_month", (kind,), "date", "last_day({0})")
        for kind in ("date", "timestamp")
    ),
    Function("last_day_of_month", (_ZONED,), "date", lambda call: f"last_day({_local(call[0])})"),
    Function("at_timezone", (_ZONED, "varchar"), arg_type(0), _at_timezone),
    Function("with_timezone", ("timestamp", "varchar"), _with_zone_type, _with_timezone),
    Function("to_unixtime", ("timestamp",), "double", "(epoch_us({0}) / 1e6)"),
    Function("to_unixtime", (_ZONED,), "double", "(epoch_us(({0}).t) / 1e6)"),
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
    not_supported("from_iso8601_timestamp_nanos", ("varchar",)),
    Function("human_readable_seconds", ("double",), "varchar", "py_human_readable_seconds({0})"),
    Function("parse_duration", ("varchar",), "interval day to second", "py_parse_duration({0})"),
]

_MONTH_START = "date_trunc('month', {0})"
_MONTHS = "(year(b) * 12 + month(b) - year(a) * 12 - month(a))"
_FEB_29 = 59 * 86_400_000
_LEAP = "(dayofyear(make_date(year({0}), 12, 31)) = 366)"


def _ms_into(part: str, value: str) -> str:
    return f"(epoch_ms({value}) - epoch_ms(CAST(date_trunc('{part}', {value}) AS TIMESTAMP)))"


# The last day of a shorter month takes the day that it does not have.
_SHORT = "b::DATE = last_day(b) AND day(a) > day(b)"
_LATE_A = f"{_ms_into('year', 'a')} >= {_FEB_29}"
_LATE_B = f"{_ms_into('year', 'b')} >= {_FEB_29}"
_EXTRA_A = f"{_LATE_A} AND {_LEAP.format('a')} AND NOT {_LEAP.format('b')}"
_EXTRA_B = f"{_LATE_A} AND NOT {_LEAP.format('a')} AND {_LATE_B} AND {_LEAP.format('b')}"
_DAY = 86_400_000

MACROS = [
    # Joda's difference of months, for a before b.
    f"CREATE MACRO trino_months_forward(a, b) AS {_MONTHS} - CASE WHEN {_ms_into('month', 'b')}"
    f" < {_ms_into('month', 'a')} - CASE WHEN {_SHORT} THEN (day(a) - day(b)) * {_DAY} ELSE 0 END"
    " THEN 1 ELSE 0 END",
    "CREATE MACRO trino_months_between(a, b) AS CASE WHEN b < a THEN -trino_months_forward(b, a)"
    " ELSE trino_months_forward(a, b) END",
    # Joda's difference of years: 29 February is balanced against years that do not have it.
    "CREATE MACRO trino_years_forward(a, b) AS year(b) - year(a) - CASE WHEN"
    f" {_ms_into('year', 'b')} - CASE WHEN {_EXTRA_B} THEN {_DAY} ELSE 0 END"
    f" < {_ms_into('year', 'a')} - CASE WHEN {_EXTRA_A} THEN {_DAY} ELSE 0 END"
    " THEN 1 ELSE 0 END",
    "CREATE MACRO trino_years_between(a, b) AS CASE WHEN b < a THEN -trino_years_forward(b, a)"
    " ELSE trino_years_forward(a, b) END",
    f"CREATE MACRO trino_zone_name(z) AS CASE WHEN z IN {_UTC} THEN 'UTC' ELSE z END",
]
