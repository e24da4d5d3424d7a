"""What JSON_VALUE, JSON_QUERY and JSON_EXISTS find at a path."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from local_aws.trino.errors import error_in_python
from local_aws.trino.functions.in_python.json_eval import LONG, EvaluationError, Evaluator
from local_aws.trino.functions.in_python.model import Registered
from local_aws.trino.functions.json_path import parse_path
from local_aws.trino.java import java_number


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError):
        message = "conversion to JSON failed: "
        raise EvaluationError(message, "JSON_INPUT_CONVERSION_ERROR") from None


def _refused(name: str) -> Any:
    raise ValueError(name)


def _evaluated(text: str, path: str, names: list[str], values: list[str]) -> list[Any]:
    lax, tree = parse_path(path)
    given = {name: _loaded(value) for name, value in zip(names, values, strict=True)}
    return Evaluator(_loaded(text), lax, given).items(tree)


def answer(mode: str, text: str, path: str, names: list[str], values: list[str]) -> str:
    """Evaluate a path; a letter says what came of it, and what follows is the value.

    Parameters
    ----------
    mode
        ``value``, ``exists``, or ``query`` with the wrapper's kind and whether quotes are left out,
        such as ``query CONDITIONAL OMIT``.
    text, path
        The input, and the path.
    names, values
        Names of the variables passed, and their values as JSON texts.

    Returns
    -------
    str
        ``e`` for no item; ``x`` before the name and the message of an error; ``n`` for JSON's null,
        ``s``, ``i``, ``d``, ``c`` and ``b`` before a string, integer, double, decimal or boolean;
        ``v`` before a JSON text; ``t`` or ``f`` for whether there are items.

    Examples
    --------
    >>> answer("value", '{"a": [1, 5]}', "lax $.a[*] ? (@ > 3)", [], [])
    'i5'
    """
    try:
        found = _evaluated(text, path, names, values)
        if mode == "exists":
            return "t" if found else "f"
        if not found:
            return "e"
        if mode == "value":
            return _scalar(found)
        _, wrapper, quotes = mode.split()
        return _document(found, wrapper, quotes == "OMIT")
    except EvaluationError as error:
        if error.name == "NOT_SUPPORTED":
            raise error_in_python(str(error), "NOT_SUPPORTED") from None
        return f"x{error.name}|{error}"


def _scalar(found: list[Any]) -> str:
    name = "JSON_VALUE_RESULT_ERROR"
    message = "cannot extract SQL scalar from JSON: JSON path found "
    if len(found) > 1:
        raise EvaluationError(f"{message}multiple items", name)
    (item,) = found
    if isinstance(item, list | dict) or (
        isinstance(item, int) and not isinstance(item, bool) and item not in LONG
    ):
        raise EvaluationError(f"{message}an item that cannot be converted to an SQL value", name)
    if item is None:
        return "n"
    if isinstance(item, bool):
        return "btrue" if item else "bfalse"
    letters = {str: "s", int: "i", float: "d", Decimal: "c"}
    if isinstance(item, Decimal):
        return f"{letters[Decimal]}{item:f}"
    return letters[type(item)] + (repr(item) if isinstance(item, float) else str(item))


def _document(found: list[Any], wrapper: str, unquoted: bool) -> str:
    one = found[0]
    if wrapper == "UNCONDITIONAL" or (
        wrapper == "CONDITIONAL" and (len(found) > 1 or not isinstance(one, list | dict))
    ):
        one = found
    elif len(found) > 1:
        message = "conversion from JSON failed: JSON path found multiple items"
        raise EvaluationError(message, "JSON_OUTPUT_CONVERSION_ERROR")
    if unquoted and isinstance(one, str):
        return f"v{one}"
    return f"v{_written(one)}"


def _written(item: Any) -> str:
    if isinstance(item, dict):
        pairs = (f"{_written(key)}:{_written(value)}" for key, value in item.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(item, list):
        return "[" + ",".join(map(_written, item)) + "]"
    if isinstance(item, float):
        return java_number(repr(item))
    if isinstance(item, Decimal):
        return str(item)  # with an exponent, as Java's BigDecimal has it in JSON
    return json.dumps(item, ensure_ascii=False)


REGISTERED: list[Registered] = [
    (
        answer,
        "json_path",
        ["VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR[]", "VARCHAR[]"],
        "VARCHAR",
    ),
]
