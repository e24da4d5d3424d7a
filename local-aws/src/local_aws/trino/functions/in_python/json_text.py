"""JSON texts as Trino writes them: keys in order, numbers as Java prints them."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from local_aws.trino.errors import error_in_python
from local_aws.trino.functions.in_python.model import Registered
from local_aws.trino.java import java_number

_STEP = re.compile(r"\.([A-Za-z_$][\w$]*|\d+)|\[(\d+)\]|\[\"((?:[^\"\\]|\\.)*)\"\]")


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


def path_steps(path: str) -> tuple[str | int, ...] | None:
    """Cut a JSON path of Trino into names and indices; None where it is no such path.

    Examples
    --------
    >>> path_steps('$.a[0]["b c"]')
    ('a', 0, 'b c')
    """
    if path[:1] != "$":
        return None
    steps: list[str | int] = []
    at = 1
    while at < len(path):
        found = _STEP.match(path, at)
        if found is None:
            return None
        if found[2] is not None:
            steps.append(int(found[2]))
        else:
            steps.append(found[1] if found[1] is not None else found[3].replace('\\"', '"'))
        at = found.end()
    return tuple(steps)


@lru_cache(maxsize=256)
def _steps(path: str) -> tuple[str | int, ...]:
    steps = path_steps(path)
    if steps is None:
        raise error_in_python(f"Invalid JSON path: '{path}'")
    return steps


def _load(text: str) -> Any:
    return json.loads(text, parse_float=_Number, parse_int=_Number, parse_constant=_refuse)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _write(value: Any, ordered: bool) -> str:
    if isinstance(value, _Number):
        return java_number(value)
    if isinstance(value, dict):
        items = sorted(value.items()) if ordered else value.items()
        return "{" + ",".join(f"{_write(k, ordered)}:{_write(v, ordered)}" for k, v in items) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_write(item, ordered) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def parsed(text: str) -> str:
    """Return the canonical text of json_parse."""
    try:
        return _write(_load(text), ordered=True)
    except (ValueError, RecursionError):
        raise error_in_python(f"Cannot convert value to JSON: '{text}'") from None


_MISSING = object()


def _found(text: str, path: str) -> Any:
    steps = _steps(path)
    try:
        value = _load(text)
    except (ValueError, RecursionError):
        return _MISSING
    for step in steps:
        if isinstance(value, dict) and str(step) in value:
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return _MISSING
    return value


def extracted(text: str, path: str) -> str | None:
    """Return json_extract's text, None where there is nothing at the path."""
    value = _found(text, path)
    return None if value is _MISSING else _write(value, ordered=False)


def array_item(text: str, index: int) -> str | None:
    """Return json_array_get's text: an item of an array, from the end where the index is negative.

    A string is given without its quotes, as Trino gives it.
    """
    try:
        value = _load(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, list) or not -len(value) <= index < len(value):
        return None
    item = value[index]
    if item is None:
        return None
    if isinstance(item, dict | list | bool):
        return _write(item, ordered=False)
    return str(item)


def scalar(text: str, path: str) -> str | None:
    """Return json_extract_scalar's text: a scalar as it was written."""
    value = _found(text, path)
    if value is _MISSING or value is None or isinstance(value, dict | list):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


REGISTERED: list[Registered] = [
    (parsed, "json_parse", ["VARCHAR"], "VARCHAR"),
    (array_item, "json_array_get", ["VARCHAR", "BIGINT"], "VARCHAR"),
    (extracted, "json_extract", ["VARCHAR", "VARCHAR"], "VARCHAR"),
    (scalar, "json_extract_scalar", ["VARCHAR", "VARCHAR"], "VARCHAR"),
]
