"""Joda's patterns of dates and times, which printing and reading share."""

from __future__ import annotations

import re


def joda_tokens(text: str) -> list[str]:
    """Cut a Joda pattern into runs of one letter and literal texts (marked by a leading quote).

    Examples
    --------
    >>> joda_tokens("yyyy-MM'T'")
    ['yyyy', "'-", 'MM', "'T"]
    """
    found: list[str] = []
    at = 0
    while at < len(text):
        run = re.compile(r"([A-Za-z])\1*").match(text, at)
        if run:
            found.append(run[0])
            at = run.end()
            continue
        literal = re.compile(r"'((?:[^']|'')*)'|([^A-Za-z']+)|'").match(text, at)
        assert literal is not None  # noqa: S101 (one of the three always matches)
        quoted = literal[1]
        plain = literal[2] or ""
        found.append("'" + (plain if quoted is None else quoted.replace("''", "'") or "'"))
        at = literal.end()
    return found
