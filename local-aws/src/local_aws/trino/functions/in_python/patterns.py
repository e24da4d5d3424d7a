"""Java's regular expressions, in Python's words."""

from __future__ import annotations

import re
from functools import cache

import regex

from local_aws.trino.errors import error_in_python
from local_aws.trino.functions.in_python.model import Registered

REGEX_SECONDS = 10


_SETS = re.compile(r"&&|(?<!\\)\[[^\]\\]*\[(?!:)")


def java_sets(pattern: str) -> int:
    """Return the flag by which `regex` reads a pattern's sets as Java does: inside one another.

    Examples
    --------
    >>> java_sets(r"[a-z&&[^aeiou]]") == regex.VERSION1, java_sets(r"[a-z]") == regex.VERSION0
    (True, True)
    """
    return int(regex.VERSION1 if _SETS.search(pattern) else regex.VERSION0)


@cache
def _pattern(text: str) -> regex.Pattern[str]:
    try:
        return regex.compile(text, regex.ASCII | java_sets(text))
    except regex.error as error:
        text = "end pattern with unmatched parenthesis" if "missing )" in str(error) else str(error)
        raise error_in_python(text) from None


def _finditer(text: str, pattern: str) -> list[regex.Match[str]]:
    try:
        found = _pattern(pattern).finditer(text, concurrent=True, timeout=REGEX_SECONDS)
        return list(found)
    except TimeoutError:
        raise error_in_python(
            "Regular expression matching took too long", "EXCEEDED_TIME_LIMIT"
        ) from None


def _search(text: str, pattern: str) -> regex.Match[str] | None:
    try:
        return _pattern(pattern).search(text, concurrent=True, timeout=REGEX_SECONDS)
    except TimeoutError:
        raise error_in_python(
            "Regular expression matching took too long", "EXCEEDED_TIME_LIMIT"
        ) from None


def _check_group(pattern: str, group: int) -> None:
    count = _pattern(pattern).groups
    if group < 0:
        raise error_in_python("Group cannot be negative")
    if group > count:
        raise error_in_python(f"Pattern has {count} groups. Cannot access group {group}")


def _like(text: str, pattern: str) -> bool:
    return _search(text, pattern) is not None


def _extract(text: str, pattern: str, group: int) -> str | None:
    _check_group(pattern, group)
    found = _search(text, pattern)
    return None if found is None else found.group(group)


def _extract_all(text: str, pattern: str, group: int) -> list[str | None]:
    _check_group(pattern, group)
    return [found.group(group) for found in _finditer(text, pattern)]


def _expand(template: str, found: regex.Match[str]) -> str:
    """Fill a Java replacement: ``$1``, ``${name}``, or a backslash before any character."""
    made, at = [], 0
    while at < len(template):
        char = template[at]
        at += 1
        if char == "\\":
            if at == len(template):
                raise error_in_python("Illegal replacement sequence: " + template)
            made.append(template[at])
            at += 1
        elif char == "$":
            group, at = _reference(template, at, found)
            made.append(found.group(group) or "")
        else:
            made.append(char)
    return "".join(made)


def _reference(template: str, at: int, found: regex.Match[str]) -> tuple[int | str, int]:
    named = regex.compile(r"\{(\w+)\}").match(template, at)
    if named:
        if named[1] not in found.re.groupindex:
            raise error_in_python(f"Illegal replacement sequence: unknown group {{ {named[1]} }}")
        return named[1], named.end()
    digits = regex.compile(r"\d").match(template, at)
    if digits is None:
        raise error_in_python("Illegal replacement sequence: " + template)
    number, at = int(digits[0]), at + 1
    if number > found.re.groups:
        raise error_in_python(f"Illegal replacement sequence: unknown group {number}")
    while at < len(template) and template[at].isdigit():
        longer = number * 10 + int(template[at])
        if longer > found.re.groups:
            break
        number, at = longer, at + 1
    return number, at


def _replace(text: str, pattern: str, template: str) -> str:
    made, last = [], 0
    for found in _finditer(text, pattern):
        made += [text[last : found.start()], _expand(template, found)]
        last = found.end()
    return "".join([*made, text[last:]])


def _between(text: str, pattern: str) -> list[str]:
    """Texts before each match, and the rest."""
    made, last = [], 0
    for found in _finditer(text, pattern):
        made.append(text[last : found.start()])
        last = found.end()
    return [*made, text[last:]]


def _group_lists(text: str, pattern: str) -> list[list[str | None]]:
    return [list(found.groups()) for found in _finditer(text, pattern)]


def _count(text: str, pattern: str) -> int:
    return len(_finditer(text, pattern))


def _position(text: str, pattern: str, start: int, occurrence: int) -> int:
    if start < 1:
        raise error_in_python("start position cannot be smaller than 1")
    if occurrence < 1:
        raise error_in_python("occurrence cannot be smaller than 1")
    places = [m.start() for m in _finditer(text, pattern) if m.start() >= start - 1]
    return places[occurrence - 1] + 1 if len(places) >= occurrence else -1


REGISTERED: list[Registered] = [
    (_like, "regexp_like", ["VARCHAR", "VARCHAR"], "BOOLEAN"),
    (_extract, "regexp_extract", ["VARCHAR", "VARCHAR", "BIGINT"], "VARCHAR"),
    (_extract_all, "regexp_extract_all", ["VARCHAR", "VARCHAR", "BIGINT"], "VARCHAR[]"),
    (_replace, "regexp_replace", ["VARCHAR", "VARCHAR", "VARCHAR"], "VARCHAR"),
    (_between, "regexp_between", ["VARCHAR", "VARCHAR"], "VARCHAR[]"),
    (_between, "regexp_split", ["VARCHAR", "VARCHAR"], "VARCHAR[]"),
    (_group_lists, "regexp_groups", ["VARCHAR", "VARCHAR"], "VARCHAR[][]"),
    (_count, "regexp_count", ["VARCHAR", "VARCHAR"], "BIGINT"),
    (_position, "regexp_position", ["VARCHAR", "VARCHAR", "BIGINT", "BIGINT"], "INTEGER"),
]
