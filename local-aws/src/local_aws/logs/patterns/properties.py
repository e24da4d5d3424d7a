"""Patterns of JSON events: ``{ $.user.id = 1 && $.items[0] = "*x*" }``."""

import json
import re
from typing import Any

from local_aws.logs.patterns.conditions import (
    ABSENT,
    Match,
    Pattern,
    PatternError,
    Reader,
    Selector,
    tokens,
)

_STEP = re.compile(
    r"\.(?P<name>[\w\-$@#:/]+)|\[(?P<place>\d+|\*)\]|\[['\"](?P<quoted>[^'\"]+)['\"]\]"
)


def read(text: str) -> Pattern:
    """Read a pattern of JSON properties.

    Raises
    ------
    PatternError
        For what is none.
    """
    if not text.endswith("}"):
        raise PatternError("a { is not closed")
    named: dict[str, Selector] = {}
    holds = Reader(tokens(text[1:-1]), lambda name: named.setdefault(name, selector(name))).whole()

    def matches(message: str) -> Match | None:
        try:
            event = json.loads(message)
        except (json.JSONDecodeError, RecursionError):
            return None
        if not isinstance(event, (dict, list)) or not holds(event):
            return None
        found = {name: select(event) for name, select in named.items()}
        return Match(lambda name: selector(name)(event), found)

    return Pattern(matches, has_fields=True)


def selector(text: str) -> Selector:
    """Make the selector of a property.

    Parameters
    ----------
    text : str
        ``$.a.b``, ``$.a[0]``, ``$.a[*].b`` or ``$.['a b']``.

    Raises
    ------
    PatternError
        For what names no property.
    """
    if not text.startswith("$") or len(text) < 2:
        raise PatternError(f"{text} names no property: it begins with $.")
    steps: list[str | int] = []
    at = 2 if text.startswith("$.[") else 1
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None:
            raise PatternError(f"{text} names no property")
        place = found["place"]
        steps.append(
            int(place) if place and place != "*" else place or found["name"] or found["quoted"]
        )
        at = found.end()
    return lambda event: _found(event, steps)


def _found(value: Any, steps: list[str | int]) -> Any:
    for number, step in enumerate(steps):
        if step == "*":
            if not isinstance(value, list):
                return ABSENT
            each = [_found(item, steps[number + 1 :]) for item in value]
            return [item for item in each if item is not ABSENT]
        if isinstance(step, int):
            if not isinstance(value, list) or step >= len(value):
                return ABSENT
            value = value[step]
        else:
            if not isinstance(value, dict) or step not in value:
                return ABSENT
            value = value[step]
    # an object or an array is no value that could be compared
    return value if not isinstance(value, (dict, list)) else ABSENT_OF_MANY


ABSENT_OF_MANY: list[Any] = []
"""What a selector that points at an object or an array gives: there, and equal to nothing."""
