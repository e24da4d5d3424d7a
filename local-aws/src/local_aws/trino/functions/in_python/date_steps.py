"""Steps of reading a date as Joda-Time does: each takes its part of a text, or fails there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class MalformedError(Exception):
    """The text does not fit at a place."""


@dataclass
class Reading:
    """What was read so far, and where."""

    text: str
    at: int = 0
    values: dict[str, int] = field(default_factory=dict)
    zone: str = "UTC"


Step = Callable[[Reading], None]


def literal(text: str) -> Step:
    """Make the step over a text, in any case."""

    def step(reading: Reading) -> None:
        if reading.text[reading.at : reading.at + len(text)].lower() != text.lower():
            raise MalformedError
        reading.at += len(text)

    return step


def number(name: str, most: int, signed: bool = False) -> Step:
    """Make the step over a number of at most so many digits."""
    shape = re.compile((r"[+-]?" if signed else "") + rf"\d{{1,{most}}}")

    def step(reading: Reading) -> None:
        found = shape.match(reading.text, reading.at)
        if found is None:
            raise MalformedError
        reading.values[name] = int(found[0])
        reading.at = found.end()

    return step


def two_digit_year(pivot: int, lenient: bool) -> Step:
    """Make the step over a year of two digits: within 50 years of a pivot; lenient, of any."""

    def step(reading: Reading) -> None:
        found = re.compile(r"[+-]?\d+" if lenient else r"\d\d").match(reading.text, reading.at)
        if found is None:
            raise MalformedError
        reading.at = found.end()
        year = int(found[0])
        if re.fullmatch(r"\d\d", found[0]):
            low = pivot - 50
            year += (low // 100) * 100 + (100 if year < low % 100 else 0)
        reading.values["year"] = year

    return step


def fraction(most: int) -> Step:
    """Make the step over the digits behind a second's point."""

    def step(reading: Reading) -> None:
        found = re.compile(rf"\d{{1,{most}}}").match(reading.text, reading.at)
        if found is None:
            raise MalformedError
        reading.values["millis"] = int((found[0] + "00")[:3])
        reading.at = found.end()

    return step


def word(name: str, words: list[str], first: int, short: int = 3) -> Step:
    """Make the step over one of some words, whole or short, whose numbers begin at `first`."""
    choices = sorted(
        [(word, i + first) for i, word in enumerate(words)]
        + [(word[:short], i + first) for i, word in enumerate(words)],
        key=lambda choice: -len(choice[0]),
    )

    def step(reading: Reading) -> None:
        rest = reading.text[reading.at :].lower()
        for word, value in choices:
            if rest.startswith(word):
                reading.values[name] = value
                reading.at += len(word)
                return
        raise MalformedError

    return step


def offset(reading: Reading) -> None:
    """Step over an offset from UTC."""
    found = re.compile(r"Z|[+-]\d\d(?::?\d\d)?").match(reading.text, reading.at)
    if found is None:
        raise MalformedError
    digits = found[0].replace(":", "")
    reading.zone = "UTC" if digits == "Z" else f"{digits[:3]}:{digits[3:] or '00'}"
    if reading.zone[1:] == "00:00":
        reading.zone = "UTC"
    reading.at = found.end()


def zone_id(reading: Reading) -> None:
    """Step over the longest name of a zone."""
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
        raise MalformedError
    reading.zone, reading.at = name, reading.at + len(name)
