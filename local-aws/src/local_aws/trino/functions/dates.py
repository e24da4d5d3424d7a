"""Parts of dates, times and intervals."""

from __future__ import annotations

from local_aws.trino.emit.casts import convert
from local_aws.trino.functions.model import Function, not_supported
from local_aws.trino.types import VARCHAR, TrinoType


def local_of(sql: str) -> str:
    """Text of the wall-clock time of a timestamp with time zone."""
    return f"trino_local(({sql}).t, ({sql}).z)"


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
        return Function(name, (kind,), "bigint", lambda call: whole.format(local_of(call[0])))
    return Function(name, (kind,), "bigint", whole)


ZONED = "timestamp with time zone"
_DATE = TrinoType("date")

FUNCTIONS: list[Function] = [
    *(
        _part(name, template, kind)
        for name, template in _DATE_PARTS.items()
        for kind in ("date", "timestamp", ZONED)
    ),
    *(
        _part(name, template, kind)
        for name, template in _TIME_PARTS.items()
        for kind in ("timestamp", ZONED, "time")
    ),
    *(
        Function(name, ("interval day to second",), "bigint", template)
        for name, template in _INTERVAL_PARTS.items()
    ),
    Function("year", ("interval year to month",), "bigint", "CAST({0} // 12 AS BIGINT)"),
    Function("month", ("interval year to month",), "bigint", "CAST({0} % 12 AS BIGINT)"),
    Function("to_milliseconds", ("interval day to second",), "bigint", "({0})"),
    Function("date", ("varchar",), "date", lambda call: convert(call[0], VARCHAR, _DATE)),
    Function("date", ("timestamp",), "date", "CAST({0} AS DATE)"),
    Function("date", (ZONED,), "date", lambda call: f"CAST({local_of(call[0])} AS DATE)"),
    *(
        Function("last_day_of_month", (kind,), "date", "last_day({0})")
        for kind in ("date", "timestamp")
    ),
    Function("last_day_of_month", (ZONED,), "date", lambda call: f"last_day({local_of(call[0])})"),
    not_supported("from_iso8601_timestamp_nanos", ("varchar",)),
    Function("human_readable_seconds", ("double",), "varchar", "py_human_readable_seconds({0})"),
    Function("parse_duration", ("varchar",), "interval day to second", "py_parse_duration({0})"),
]
