"""The moment that the numbers read of a text mean."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from local_aws.trino.errors import error_in_python
from local_aws.trino.functions.in_python.date_steps import Reading

_EPOCH = datetime(1970, 1, 1)  # without a zone: wall-clock arithmetic
_RANGES = {
    "monthOfYear": (1, 12),
    "dayOfMonth": (1, 31),
    "dayOfYear": (1, 366),
    "dayOfWeek": (1, 7),
    "weekOfWeekyear": (1, 53),
    "hourOfDay": (0, 23),
    "clockhourOfDay": (1, 24),
    "hourOfHalfday": (0, 11),
    "clockhourOfHalfday": (1, 12),
    "minuteOfHour": (0, 59),
    "secondOfMinute": (0, 59),
}


def _checked(reading: Reading, name: str, value: int, low: int, high: int) -> int:
    if not low <= value <= high:
        raise error_in_python(
            f'Cannot parse "{reading.text}": Value {value} for {name} '
            f"must be in the range [{low},{high}]"
        )
    return value


def _hour(values: dict[str, int]) -> int:
    if "hourOfDay" in values:
        return values["hourOfDay"]
    if "clockhourOfDay" in values:
        return values["clockhourOfDay"] % 24
    if "clockhourOfHalfday" in values:
        return values["clockhourOfHalfday"] % 12 + 12 * values.get("halfday", 0)
    if "hourOfHalfday" in values:
        return values["hourOfHalfday"] + 12 * values.get("halfday", 0)
    return 12 * values.get("halfday", 0)


def _day(reading: Reading) -> date:
    values = reading.values
    if {"weekyear", "weekOfWeekyear"} & set(values):
        year = values.get("weekyear", values.get("year", 1970))
        week = values.get("weekOfWeekyear", 1)
        try:
            return date.fromisocalendar(year, week, values.get("dayOfWeek", 1))
        except ValueError:
            return date.fromordinal(_checked(reading, "weekOfWeekyear", week, 1, 52))
    year = _checked(reading, "year", values.get("year", 1970), 1, 9999)
    if "dayOfYear" in values:
        longest = 366 if calendar.isleap(year) else 365
        number = _checked(reading, "dayOfYear", values["dayOfYear"], 1, longest)
        return date(year, 1, 1) + timedelta(number - 1)
    month = values.get("monthOfYear", 1)
    longest = calendar.monthrange(year, month)[1]
    day = date(
        year, month, _checked(reading, "dayOfMonth", values.get("dayOfMonth", 1), 1, longest)
    )
    if "dayOfWeek" in values and "dayOfMonth" not in values:
        return day + timedelta(values["dayOfWeek"] - day.isoweekday())
    return day


def microseconds(reading: Reading) -> int:
    """Wall-clock microseconds since 1970 of what was read."""
    values = reading.values
    for name, (low, high) in _RANGES.items():
        if name in values:
            _checked(reading, name, values[name], low, high)
    clock = timedelta(
        hours=_hour(values),
        minutes=values.get("minuteOfHour", 0),
        seconds=values.get("secondOfMinute", 0),
        milliseconds=values.get("millis", 0),
    )
    whole = datetime.combine(_day(reading), datetime.min.time()) + clock - _EPOCH
    return whole // timedelta(microseconds=1)


def instant(local: int, zone: str) -> dict[str, int | str]:
    """Instant of a wall-clock time in a zone, and the zone."""
    if zone[0] in "+-":
        sign = -1 if zone[0] == "-" else 1
        minutes = sign * (int(zone[1:3]) * 60 + int(zone[4:6]))
        return {"t": local - minutes * 60_000_000, "z": zone}
    if zone == "UTC":
        return {"t": local, "z": zone}
    moment = (_EPOCH + timedelta(microseconds=local)).replace(tzinfo=ZoneInfo(zone))
    offset = moment.utcoffset() or timedelta()
    return {"t": local - offset // timedelta(microseconds=1), "z": zone}
