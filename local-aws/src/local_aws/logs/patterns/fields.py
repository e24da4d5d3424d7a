"""Patterns of events with fields between spaces: ``[ip, user, status = 5*, ...]``."""

import re
from typing import NamedTuple

from local_aws.logs.patterns.conditions import (
    ABSENT,
    Condition,
    Match,
    Pattern,
    PatternError,
    Reader,
    Selector,
    tokens,
)

REST = "..."
_FIELD = re.compile(r"\[([^\]]*)\]|\"([^\"]*)\"|(\S+)")
_NAME = re.compile(r"[A-Za-z_]\w*")


class _Field(NamedTuple):
    name: str
    condition: Condition | None


def read(text: str) -> Pattern:
    """Read a pattern of fields; what is in brackets or quotes in an event is one field.

    Raises
    ------
    PatternError
        For what is none.
    """
    if not text.endswith("]"):
        raise PatternError("a [ is not closed")
    parts = [part.strip() for part in _split(text[1:-1])]
    if parts.count(REST) > 1:
        raise PatternError(f"{REST} stands more than once")
    at = parts.index(REST) if REST in parts else None
    named = [_field(part, number) for number, part in enumerate(parts, 1) if part != REST]
    names = [field.name for field in named]
    if len(set(names)) < len(names):
        raise PatternError("a field is named twice")

    def matches(message: str) -> Match | None:
        values = _placed(_fields(message), len(named), at)
        if values is None:
            return None
        event = dict(zip(names, values, strict=True))
        if not all(field.condition is None or field.condition(event) for field in named):
            return None
        found = {f"${name}": value for name, value in event.items()}
        return Match(lambda name: found.get(name, ABSENT), found)

    return Pattern(matches, has_fields=True)


def _fields(message: str) -> list[str]:
    return [
        next(part for part in found.groups() if part is not None)
        for found in _FIELD.finditer(message)
    ]


def _placed(values: list[str], count: int, rest: int | None) -> list[str] | None:
    """Return a value for each named field; None where there are too many or too few."""
    if rest is None:
        return values if len(values) == count else None
    if len(values) < count:
        return None
    behind = count - rest
    return values[:rest] + values[len(values) - behind :]


def _split(text: str) -> list[str]:
    """Cut at the commas that stand in no quotes."""
    parts, quoted = [""], False
    for character in text:
        quoted ^= character == '"'
        if character == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _field(part: str, number: int) -> _Field:
    if not part:
        return _Field(str(number), None)
    words = tokens(part)
    first = next((token.text for token in words if token.kind == "word"), "")
    if not _NAME.fullmatch(first):
        raise PatternError(f"{part} names no field")
    if len(words) == 1:
        return _Field(first, None)
    return _Field(first, Reader(words, _selector).whole())


def _selector(name: str) -> Selector:
    if not _NAME.fullmatch(name):
        raise PatternError(f"{name} names no field")
    return lambda event: event.get(name, ABSENT)
