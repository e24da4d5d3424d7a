"""date_trunc, date_add and date_diff: by the unit that the first argument names."""

from __future__ import annotations

from collections.abc import Callable

from local_aws.trino.errors import INVALID_ARGUMENT, TrinoError, raise_in_sql
from local_aws.trino.functions.dates import ZONED, local_of
from local_aws.trino.functions.model import Call, Function, arg_type
from local_aws.trino.types import TrinoType

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


def _zoned(instant: str, source: str) -> str:
    """Timestamp with time zone at another instant, in the zone of a value."""
    return (
        f"CASE WHEN ({source}) IS NOT NULL THEN "
        f"struct_pack(t := CAST({instant} AS TIMESTAMP), z := ({source}).z) END"
    )


def _trunc(call: Call, unit: str) -> str:
    value, kind = call[1], call.args[1].type
    if kind.name == "timestamp with time zone":
        cut = f"CAST(date_trunc('{unit}', {local_of(value)}) AS TIMESTAMP)"
        if unit in _TIME_UNITS:  # the offset stays, also in an hour that comes twice
            return _zoned(f"({value}).t - ({local_of(value)} - {cut})", value)
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
        return _zoned(f"trino_instant({local_of(value)} + {step}, ({value}).z)", value)
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


FUNCTIONS: list[Function] = [
    *(
        Function("date_trunc", ("varchar", kind), arg_type(1), _by_unit(_trunc))
        for kind in ("date", "timestamp", ZONED, "time")
    ),
    *(
        Function("date_add", ("varchar", "bigint", kind), arg_type(2), _by_unit(_add))
        for kind in ("date", "timestamp", ZONED, "time")
    ),
    *(
        Function("date_diff", ("varchar", kind, kind), "bigint", _by_unit(_diff))
        for kind in ("date", "timestamp", ZONED, "time")
    ),
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
]
