"""MySQL's and Joda's patterns as steps of reading."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime
from functools import lru_cache

from local_aws.trino.errors import error_in_python
from local_aws.trino.functions.in_python.date_steps import (
    Step,
    fraction,
    literal,
    number,
    offset,
    two_digit_year,
    word,
    zone_id,
)
from local_aws.trino.functions.joda_patterns import joda_tokens

_MONTHS = [name.lower() for name in calendar.month_name[1:]]
_DAYS = [name.lower() for name in calendar.day_name]
_CLOCK = [
    number("hourOfDay", 2),
    literal(":"),
    number("minuteOfHour", 2),
    literal(":"),
    number("secondOfMinute", 2),
]
_HALF = word("halfday", ["am", "pm"], 0, 2)
_MYSQL: dict[str, list[Step]] = {
    "a": [word("dayOfWeek", _DAYS, 1)],
    "b": [word("monthOfYear", _MONTHS, 1)],
    "c": [number("monthOfYear", 2)],
    "d": [number("dayOfMonth", 2)],
    "e": [number("dayOfMonth", 2)],
    "f": [fraction(9)],
    "H": [number("hourOfDay", 2)],
    "h": [number("clockhourOfHalfday", 2)],
    "I": [number("clockhourOfHalfday", 2)],
    "i": [number("minuteOfHour", 2)],
    "j": [number("dayOfYear", 3)],
    "k": [number("hourOfDay", 2)],
    "l": [number("clockhourOfHalfday", 2)],
    "M": [word("monthOfYear", _MONTHS, 1)],
    "m": [number("monthOfYear", 2)],
    "p": [_HALF],
    "r": [number("clockhourOfHalfday", 2), *_CLOCK[1:], literal(" "), _HALF],
    "S": [number("secondOfMinute", 2)],
    "s": [number("secondOfMinute", 2)],
    "T": _CLOCK,
    "v": [number("weekOfWeekyear", 2)],
    "W": [word("dayOfWeek", _DAYS, 1)],
    "x": [number("weekyear", 4, signed=True)],
    "Y": [number("year", 4, signed=True)],
    "y": [two_digit_year(2020, lenient=False)],
    "%": [literal("%")],
}


@lru_cache(maxsize=256)
def mysql_steps(pattern: str) -> tuple[Step, ...]:
    """Return the steps of a pattern of MySQL's."""
    steps: list[Step] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char != "%" or at == len(pattern):
            steps.append(literal(char))
            continue
        letter = pattern[at]
        at += 1
        if letter in "DUuVwX":
            raise error_in_python(f"%{letter} not supported in date format string")
        steps += _MYSQL.get(letter, [literal(letter)])
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


def _joda_step(token: str, next_is_number: bool) -> Step:
    letter, count = token[0], len(token)
    if letter == "'":
        return literal(token[1:])
    if letter in "yY":
        if count == 2:
            return two_digit_year(datetime.now(UTC).year - 30, lenient=not next_is_number)
        return number("year", count if next_is_number else 9, signed=True)
    if letter == "M":
        if count > 2:
            return word("monthOfYear", _MONTHS, 1)
        return number("monthOfYear", 2)
    if letter == "E":
        return word("dayOfWeek", _DAYS, 1)
    if letter == "S":
        return fraction(count)
    if letter == "Z":
        return zone_id if count >= 3 else offset
    if letter == "a":
        return _HALF
    if letter in _JODA_NUMBERS:
        name, most = _JODA_NUMBERS[letter]
        return number(name, most, signed=letter == "x")
    raise error_in_python(f"Illegal pattern component: {token}")


@lru_cache(maxsize=256)
def joda_steps(pattern: str) -> tuple[Step, ...]:
    """Return the steps of a pattern of Joda's."""
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
        return bool(joda_steps(pattern))
    except ValueError:
        return False
