"""Reading of dates and times as Joda-Time reads them, which is what Trino uses.

Joda's rules: a number takes up to its field's greatest count of digits, names are read in any case
and in any length, what is missing is that of 1970-01-01 00:00:00, and each failure is told with
the place where it happened.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from local_aws.trino.errors import error_in_python
from local_aws.trino.functions.date_formats import joda_tokens

_EPOCH = datetime(1970, 1, 1)  # without a zone: wall-clock arithmetic
_MONTHS = [name.lower() for name in calendar.month_name[1:]]
_DAYS = [name.lower() for name in calendar.day_name]
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


class _MalformedError(Exception):
    """The text does not fit at a place."""


@dataclass
class _Reading:
    """What was read so far, and where."""

    text: str
    at: int = 0
    values: dict[str, int] = field(default_factory=dict)
    zone: str = "UTC"


_Step = Callable[[_Reading], None]


def _literal(text: str) -> _Step:
    def step(reading: _Reading) -> None:
        if reading.text[reading.at : reading.at + len(text)].lower() != text.lower():
            raise _MalformedError
        reading.at += len(text)

    return step


def _number(name: str, most: int, signed: bool = False) -> _Step:
    shape = re.compile((r"[+-]?" if signed else "") + rf"\d{{1,{most}}}")

    def step(reading: _Reading) -> None:
        found = shape.match(reading.text, reading.at)
        if found is None:
            raise _MalformedError
        reading.values[name] = int(found[0])
        reading.at = found.end()

    return step


def _two_digit_year(pivot: int, lenient: bool) -> _Step:
    def step(reading: _Reading) -> None:
        found = re.compile(r"[+-]?\d+" if lenient else r"\d\d").match(reading.text, reading.at)
        if found is None:
            raise _MalformedError
        reading.at = found.end()
        year = int(found[0])
        if re.fullmatch(r"\d\d", found[0]):
            low = pivot - 50
            year += (low // 100) * 100 + (100 if year < low % 100 else 0)
        reading.values["year"] = year

    return step


def _fraction(most: int) -> _Step:
    def step(reading: _Reading) -> None:
        found = re.compile(rf"\d{{1,{most}}}").match(reading.text, reading.at)
        if found is None:
            raise _MalformedError
        reading.values["millis"] = int((found[0] + "00")[:3])
        reading.at = found.end()

    return step


def _word(name: str, words: list[str], first: int, short: int = 3) -> _Step:
    choices = sorted(
        [(word, i + first) for i, word in enumerate(words)]
        + [(word[:short], i + first) for i, word in enumerate(words)],
        key=lambda choice: -len(choice[0]),
    )

    def step(reading: _Reading) -> None:
        rest = reading.text[reading.at :].lower()
        for word, value in choices:
            if rest.startswith(word):
                reading.values[name] = value
                reading.at += len(word)
                return
        raise _MalformedError

    return step


def _offset(reading: _Reading) -> None:
    found = re.compile(r"Z|[+-]\d\d(?::?\d\d)?").match(reading.text, reading.at)
    if found is None:
        raise _MalformedError
    digits = found[0].replace(":", "")
    reading.zone = "UTC" if digits == "Z" else f"{digits[:3]}:{digits[3:] or '00'}"
    if reading.zone[1:] == "00:00":
        reading.zone = "UTC"
    reading.at = found.end()


def _zone_id(reading: _Reading) -> None:
    found = re.compile(r"[A-Za-z][\w/+-]*|[+-]\d\d:\d\d").match(reading.text, reading.at)
    name = found[0] if found else ""
    while name and name[0] not in "+-":
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            name = name[:-1]
        else:
            break
    if not name:
        raise _MalformedError
    reading.zone, reading.at = name, reading.at + len(name)


_CLOCK = [
    _number("hourOfDay", 2),
    _literal(":"),
    _number("minuteOfHour", 2),
    _literal(":"),
    _number("secondOfMinute", 2),
]
_HALF = _word("halfday", ["am", "pm"], 0, 2)
_MYSQL: dict[str, list[_Step]] = {
    "a": [_word("dayOfWeek", _DAYS, 1)],
    "b": [_word("monthOfYear", _MONTHS, 1)],
    "c": [_number("monthOfYear", 2)],
    "d": [_number("dayOfMonth", 2)],
    "e": [_number("dayOfMonth", 2)],
    "f": [_fraction(9)],
    "H": [_number("hourOfDay", 2)],
    "h": [_number("clockhourOfHalfday", 2)],
    "I": [_number("clockhourOfHalfday", 2)],
    "i": [_number("minuteOfHour", 2)],
    "j": [_number("dayOfYear", 3)],
    "k": [_number("hourOfDay", 2)],
    "l": [_number("clockhourOfHalfday", 2)],
    "M": [_word("monthOfYear", _MONTHS, 1)],
    "m": [_number("monthOfYear", 2)],
    "p": [_HALF],
    "r": [_number("clockhourOfHalfday", 2), *_CLOCK[1:], _literal(" "), _HALF],
    "S": [_number("secondOfMinute", 2)],
    "s": [_number("secondOfMinute", 2)],
    "T": _CLOCK,
    "v": [_number("weekOfWeekyear", 2)],
    "W": [_word("dayOfWeek", _DAYS, 1)],
    "x": [_number("weekyear", 4, signed=True)],
    "Y": [_number("year", 4, signed=True)],
    "y": [_two_digit_year(2020, lenient=False)],
    "%": [_literal("%")],
}


@lru_cache(maxsize=256)
def _mysql_steps(pattern: str) -> tuple[_Step, ...]:
    steps: list[_Step] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char != "%" or at == len(pattern):
            steps.append(_literal(char))
            continue
        letter = pattern[at]
        at += 1
        if letter in "DUuVwX":
            raise error_in_python(f"%{letter} not supported in date format string")
        steps += _MYSQL.get(letter, [_literal(letter)])
    return tuple(steps)


_JODA_NUMBERS = {
    "x": ("weekyear", 9),
    "w": ("weekOfWeekyear", 2),
    "e": ("dayOfWeek", 1),
    "D": ("dayOfYear", 3),
    "d": ("dayOfMonth", 2),
    "K": ("hourOfHalfday", 2),
    "h": ("clockhourOfHalfday", 2),
    "H": ("hourOfDay", 2),
    "k": ("clockhourOfDay", 2),
    "m": ("minuteOfHour", 2),
    "s": ("secondOfMinute", 2),
}


def _joda_step(token: str, next_is_number: bool) -> _Step:
    letter, count = token[0], len(token)
    if letter == "'":
        return _literal(token[1:])
    if letter in "yY":
        if count == 2:
            return _two_digit_year(datetime.now(UTC).year - 30, lenient=not next_is_number)
        return _number("year", count if next_is_number else 9, signed=True)
    if letter == "M":
        if count > 2:
            return _word("monthOfYear", _MONTHS, 1)
        return _number("monthOfYear", 2)
    if letter == "E":
        return _word("dayOfWeek", _DAYS, 1)
    if letter == "S":
        return _fraction(count)
    if letter == "Z":
        return _zone_id if count >= 3 else _offset
    if letter == "a":
        return _HALF
    if letter in _JODA_NUMBERS:
        name, most = _JODA_NUMBERS[letter]
        return _number(name, most, signed=letter == "x")
    raise error_in_python(f"Illegal pattern component: {token}")


@lru_cache(maxsize=256)
def _joda_steps(pattern: str) -> tuple[_Step, ...]:
    tokens = joda_tokens(pattern)
    following = [*tokens[1:], "'"]
    numeric = [t[0] in "yYxweDdKhHkmsS" or (t[0] == "M" and len(t) < 3) for t in following]
    return tuple(_joda_step(t, number) for t, number in zip(tokens, numeric, strict=True))


def is_joda(pattern: str) -> bool:
    """Return whether a text is a pattern that `joda` reads by.

    Examples
    --------
    >>> is_joda("dd/MM/yyyy HH:mm"), is_joda("bbb")
    (True, False)
    """
    try:
        return bool(_joda_steps(pattern))
    except ValueError:
        return False


def _read(text: str, steps: tuple[_Step, ...]) -> _Reading:
    reading = _Reading(text)
    try:
        for step in steps:
            step(reading)
        if reading.at < len(text):
            raise _MalformedError
    except _MalformedError:
        quoted = text.replace('"', '\\"')
        if reading.at >= len(text) and text:
            message = f'Invalid format: "{quoted}" is too short'
        elif reading.at:
            message = f'Invalid format: "{quoted}" is malformed at "{text[reading.at :]}"'
        else:
            message = f'Invalid format: "{quoted}"'
        raise error_in_python(message) from None
    return reading


def _checked(reading: _Reading, name: str, value: int, low: int, high: int) -> int:
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


def _day(reading: _Reading) -> date:
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


def _microseconds(reading: _Reading) -> int:
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


def _instant(local: int, zone: str) -> dict[str, int | str]:
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


def mysql(text: str, pattern: str) -> int:
    """Read a text in MySQL's format; microseconds since 1970."""
    return _microseconds(_read(text, _mysql_steps(pattern)))


def joda(text: str, pattern: str) -> dict[str, int | str]:
    """Read a text in Joda's format; the instant in microseconds and its zone."""
    reading = _read(text, _joda_steps(pattern))
    return _instant(_microseconds(reading), reading.zone)


_ISO_DATE = (
    r"(?P<y>[+-]?\d{1,9})"
    r"(?:-(?P<m>\d\d?)(?:-(?P<d>\d\d?))?|-W(?P<w>\d\d?)(?:-(?P<e>\d))?|-(?P<j>\d{3}))?"
)
_ISO_TIME = r"(?P<h>\d\d?)(?::(?P<n>\d\d?)(?::(?P<s>\d\d?)(?:[.,](?P<f>\d{1,9}))?)?)?"
_ISO = re.compile(rf"{_ISO_DATE}(?:T(?:{_ISO_TIME})?)?(?P<z>Z|[+-]\d\d(?::?\d\d)?)?")


def _iso(text: str) -> _Reading:
    found = _ISO.fullmatch(text)
    if found is None:
        raise error_in_python(f'Invalid format: "{text}"')
    names = {
        "m": "monthOfYear",
        "d": "dayOfMonth",
        "j": "dayOfYear",
        "w": "weekOfWeekyear",
        "e": "dayOfWeek",
        "h": "hourOfDay",
        "n": "minuteOfHour",
        "s": "secondOfMinute",
    }
    reading = _Reading(text, values={n: int(found[g]) for g, n in names.items() if found[g]})
    reading.values["weekyear" if found["w"] else "year"] = int(found["y"])
    if found["f"]:
        reading.values["millis"] = int((found["f"] + "00")[:3])
    if found["z"]:
        zone = _Reading(found["z"])
        _offset(zone)
        reading.zone = zone.zone
    return reading


def iso_timestamp(text: str) -> dict[str, int | str]:
    """Read an ISO 8601 time; the instant in microseconds and its zone."""
    reading = _iso(text)
    return _instant(_microseconds(reading), reading.zone)


def iso_date(text: str) -> int:
    """Read an ISO 8601 date; days since 1970."""
    if "T" in text:
        raise error_in_python(f'Invalid format: "{text}"')
    return _microseconds(_iso(text)) // 86_400_000_000


def zone_abbreviation(zone: str, instant: int) -> str:
    """Give the short name of a zone at an instant in microseconds, or its offset.

    Examples
    --------
    >>> zone_abbreviation("Europe/Berlin", 0), zone_abbreviation("Asia/Dubai", 0)
    ('CET', 'GMT+04:00')
    """
    if zone == "UTC" or zone[0] in "+-":
        return zone
    moment = datetime.fromtimestamp(instant // 1_000_000, ZoneInfo(zone))
    name = moment.tzname() or ""
    if name.isalpha():
        return name
    offset = moment.strftime("%z")
    written = f"{offset[:3]}:{offset[3:5]}"
    return written if zone.startswith("Etc/") else f"GMT{written}"


_DURATION_MS = {
    "ns": 1e-6,
    "us": 1e-3,
    "ms": 1.0,
    "s": 1e3,
    "m": 6e4,
    "h": 3.6e6,
    "d": 8.64e7,
}


def duration(text: str) -> int:
    """Read a duration such as ``1.5h``; milliseconds."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]+)\s*", text)
    if found is None:
        raise error_in_python(f"duration is not a valid data duration string: {text}")
    if found[2] not in _DURATION_MS:
        raise error_in_python(f"Unknown time unit: {found[2]}")
    return int(float(found[1]) * _DURATION_MS[found[2]] + 0.5)


def human_readable(seconds: float) -> str:
    """Say a number of seconds in weeks, days, hours, minutes and seconds."""
    rest = int(abs(seconds) + 0.5)
    parts = []
    for name, size in (("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    if rest or not parts:
        parts.append(f"{rest} second{'' if rest == 1 else 's'}")
    return ", ".join(parts)
