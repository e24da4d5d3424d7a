"""Values put where ``${name}`` stands in SQL, so that none becomes SQL of its own."""

import decimal
import math
import numbers
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from flink_notes.tokens import SqlError, tokens
from helpers.names import nearest
from helpers.sql_text import Filled, replaced

_PLACE: Final = re.compile(r"\$\{[^}\n']*\}?")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CLIENT_SET: Final = re.compile(r"BEGIN\s+STATEMENT\s+SET\s*;", re.IGNORECASE)


def substitute(text: str, values: Mapping[str, Any]) -> str:
    """Put values where ``${name}`` stands in SQL.

    Inside a quoted literal a value becomes text, its quotes doubled. Elsewhere
    only a number, a truth value or a plain identifier is taken, so that no value
    becomes SQL of its own. Comments are left as they are; a hint
    (``/*+ OPTIONS(…) */``) is code.

    Parameters
    ----------
    text : str
        SQL.
    values : mapping of str to object
        str, int, float, Decimal or bool by name.

    Returns
    -------
    str
        The SQL with the values in it.

    Raises
    ------
    SqlError
        Where a name is unknown (the nearest known one is named), its value may
        not stand in its place, or a quote is not closed.

    Examples
    --------
    >>> substitute("SELECT * FROM ${table} WHERE brand = '${brand}'",
    ...            {"table": "events", "brand": "L'Oreal"})
    "SELECT * FROM events WHERE brand = 'L''Oreal'"
    """
    return fill(text, values).text


def fill(text: str, values: Mapping[str, Any]) -> Filled:
    """Do as `substitute`, and keep where each value went.

    ``BEGIN STATEMENT SET;``, which is the SQL client's own, becomes the
    ``EXECUTE STATEMENT SET BEGIN`` that a table environment takes.

    Parameters
    ----------
    text : str
        One statement.
    values : mapping of str to object
        As for `substitute`.

    Returns
    -------
    Filled
        The text and its edits.

    Raises
    ------
    SqlError
        As `substitute`.
    """
    edits = []
    client_set = _CLIENT_SET.match(text)
    if client_set:
        edits.append((0, client_set.end(), "EXECUTE STATEMENT SET BEGIN"))
    for place, kind in places(text):
        try:
            edits.append((place.start(), place.end(), _value(place[0], kind, values)))
        except ValueError as error:
            raise SqlError(f"`{place[0]}` {error}.", text, place.start()) from error
    return replaced(text, edits)


def places(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Find where a value goes.

    Parameters
    ----------
    text : str
        SQL.

    Yields
    ------
    tuple of re.Match and str
        ``${name}``, and where it stands: ``code``, ``literal``, ``escaped`` or ``quoted``.

    Raises
    ------
    SqlError
        Where a quote or a comment is not closed.
    """
    for token in tokens(text):
        if token.lastgroup == "place":
            yield token, "code"
        elif token.lastgroup in {"literal", "escaped", "quoted"}:
            for place in _PLACE.finditer(text, token.start(), token.end()):
                yield place, token.lastgroup


def _value(place: str, kind: str, values: Mapping[str, Any]) -> str:
    name = place[2:-1]
    if not place.endswith("}") or not _NAME.fullmatch(name):
        raise ValueError("is no ${name}: a name has letters, digits and _, and no default")
    if name not in values:
        known = [
            key
            for key, value in values.items()
            if isinstance(value, str | numbers.Number) and not key.startswith("_")
        ]
        hint = nearest(name, known) if known else "nothing is set"
        raise ValueError(f"has no value: {hint}; set it in the parameters cell")
    value = values[name]
    if kind == "escaped":
        raise ValueError("stands in a literal with escapes: write it in a plain '…'")
    if isinstance(value, str):
        if kind == "literal":
            return value.replace("'", "''")
        if _NAME.fullmatch(value):
            return value
        raise ValueError(f"= {value!r} is no plain identifier: quote it, as in '{place}'")
    text = _constant(value)
    # Behind a minus sign, a second one would begin a comment.
    return f" {text}" if kind == "code" and text.startswith("-") else text


def _constant(value: object) -> str:
    """Write a number or a truth value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, decimal.Decimal) and value.is_finite():
        return format(value, "f")
    if isinstance(value, numbers.Real) and math.isfinite(value):
        return repr(float(value))
    raise ValueError(f"= {value!r} is no text, number or truth value")
