"""Patterns of terms: all of them occur, one of ``?these`` does, ``-these`` do not."""

import re
from collections.abc import Callable

from local_aws.logs.patterns.conditions import ABSENT, Match, Pattern, PatternError, regular

Occurs = Callable[[str], bool]

_TERM = re.compile(
    r"\s*(?P<sign>[?\-]?)(?:\"(?P<text>(?:[^\"\\]|\\.)*)\"|%(?P<regex>[^%]*)%|(?P<word>\S+))"
)


def read(text: str) -> Pattern:
    """Read a pattern of terms; terms are told apart by case.

    Raises
    ------
    PatternError
        For a quote that is not closed.
    """
    wanted: list[Occurs] = []
    optional: list[Occurs] = []
    unwanted: list[Occurs] = []
    at = 0
    while text[at:].strip():
        found = _TERM.match(text, at)
        if found is None or '"' in (found["word"] or ""):
            raise PatternError(f"a quote is not closed in {text[at:].strip()}")
        kind = {"": wanted, "?": optional, "-": unwanted}[found["sign"]]
        kind.append(_occurs(found))
        at = found.end()
    if wanted or unwanted:
        optional = []  # the service passes over them beside other terms

    def matches(message: str) -> Match | None:
        fits = (
            all(occurs(message) for occurs in wanted)
            and (not optional or any(occurs(message) for occurs in optional))
            and not any(occurs(message) for occurs in unwanted)
        )
        return Match(lambda name: ABSENT, {}) if fits else None

    return Pattern(matches, has_fields=False)


def _occurs(found: re.Match[str]) -> Occurs:
    if found["regex"] is not None:
        expression = regular(found["regex"])
        return lambda message: bool(expression.search(message))
    term = found["word"] if found["text"] is None else re.sub(r"\\(.)", r"\1", found["text"])
    return lambda message: term in message
