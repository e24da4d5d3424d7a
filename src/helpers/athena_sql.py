"""Athena's SQL as text: its statements, and values put where ``:name`` stands."""

import datetime
import decimal
import math
import numbers
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from helpers.errors import InputError
from helpers.names import nearest
from helpers.sql_text import Filled, pointed, read, replaced

# ':' is also a JSON path's and a literal's: only code is looked at.
_TOKEN: Final = re.compile(
    r"""
      (?P<comment> --[^\n]* | /\*.*?(?:\*/|(?P<open_comment>\Z)) )
    | (?P<literal> '(?:[^']|'')*(?:'|(?P<open_literal>\Z)) )
    | (?P<quoted>  "(?:[^"]|"")*(?:"|(?P<open_quoted>\Z)) | `(?:[^`]|``)*(?:`|(?P<open_tick>\Z)) )
    | (?P<place>   (?<![\w:]):[A-Za-z_]\w* )
    | (?P<end>     ; )
    | (?P<space>   \s+ )
    | (?P<other>   \w+ | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_OPEN: Final = {
    "open_comment": "The comment",
    "open_literal": "The text",
    "open_quoted": "The quoted name",
    "open_tick": "The quoted name",
}


class SqlError(InputError):
    """SQL that cannot be split or filled, or that Athena refuses, with the place pointed at.

    Parameters
    ----------
    said : str
        What is wrong and what to do.
    text : str
        The SQL as it was written.
    offset : int, optional
        Where in it.
    """

    def __init__(self, said: str, text: str, offset: int | None = None) -> None:
        super().__init__(said if offset is None else pointed(said, text, offset))
        self.said = said
        self.offset = offset


def statements(text: str) -> list[tuple[int, str]]:
    """Split SQL at its semicolons, for Athena takes one statement at a time.

    Parameters
    ----------
    text : str
        The text of a cell.

    Returns
    -------
    list of (int, str)
        Where each begins, and its text without the semicolon; those that hold nothing but
        comments are left out.

    Raises
    ------
    SqlError
        Where a quote or a comment is not closed.

    Examples
    --------
    >>> statements("SELECT ';'; -- one; two")
    [(0, "SELECT ';'")]
    """
    found: list[tuple[int, str]] = []
    code: list[re.Match[str]] = []
    for token in [*_tokens(text), None]:
        if token is None or token.lastgroup == "end":
            if code:
                found.append((code[0].start(), text[code[0].start() : code[-1].end()]))
            code = []
        elif token.lastgroup not in {"comment", "space"}:
            code.append(token)
    return found


def fill(text: str, values: Mapping[str, Any]) -> Filled:
    """Put values where ``:name`` stands, as literals that Athena reads as values alone.

    In a text, a quoted name or a comment ``:name`` stays as it is. (Athena's own ``?`` is
    allowed in WHERE alone.)

    Parameters
    ----------
    text : str
        SQL.
    values : mapping of str to object
        As for `literal`, by name.

    Returns
    -------
    Filled
        The text and what was put where.

    Raises
    ------
    SqlError
        Where a name has no value (the nearest that has one is named) or its value is none for
        SQL, or a quote is not closed.

    Examples
    --------
    >>> fill("SELECT ':day' WHERE day = :day AND brand = :brand", {"day": 1, "brand": "L'Or"}).text
    "SELECT ':day' WHERE day = 1 AND brand = 'L''Or'"
    """
    edits = []
    for token in _tokens(text):
        if token.lastgroup != "place":
            continue
        name = token[0][1:]
        if name not in values:
            known = [key for key, value in values.items() if _is_value(key, value)]
            hint = nearest(name, known) if known else "none has one"
            raise SqlError(f"`:{name}` has no value: {hint}.", text, token.start())
        try:
            edits.append((token.start(), token.end(), literal(values[name])))
        except TypeError as error:
            raise SqlError(f"`:{name}` {error}.", text, token.start()) from error
    return replaced(text, edits)


def literal(value: object) -> str:
    """Write a value as Athena reads it.

    Parameters
    ----------
    value : object
        Text, number, truth value, date, time (with a zone: in UTC), None, or a list of these,
        which becomes an ARRAY.

    Returns
    -------
    str
        A literal of its type (https://trino.io/docs/current/language/types.html).

    Raises
    ------
    TypeError
        Where it is anything else.

    Examples
    --------
    >>> literal(1e-7), literal([1, None]), literal(datetime.date(2019, 10, 1))
    ('1E-07', 'ARRAY[1, NULL]', "DATE '2019-10-01'")
    """
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str | bytes):
        return f"ARRAY[{', '.join(map(literal, value))}]"
    if value is None or value is pd.NaT or value is pd.NA:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, datetime.date):
        return _timestamp(value) if isinstance(value, datetime.datetime) else f"DATE '{value}'"
    return _number(value)


def _number(value: object) -> str:
    if type(value).__name__ in {"bool", "bool_"}:  # numpy's is no bool
        return "TRUE" if value else "FALSE"
    if isinstance(value, decimal.Decimal) and value.is_finite():
        return f"DECIMAL '{value:f}'"
    if isinstance(value, numbers.Integral):
        return _apart(str(int(value)))
    if isinstance(value, numbers.Real):
        return _double(float(value))
    raise TypeError(f"is a {type(value).__name__}: give text, a number, a date or a list of them")


def _double(value: float) -> str:
    if math.isnan(value):
        return "NAN()"
    if math.isinf(value):
        return _apart("INFINITY()" if value > 0 else "-INFINITY()")
    text = repr(value).upper()
    return _apart(text if "E" in text else f"{text}E0")


def _timestamp(value: datetime.datetime) -> str:
    zone = ""
    if value.tzinfo is not None:
        value, zone = value.astimezone(datetime.UTC).replace(tzinfo=None), " UTC"
    exact = "microseconds" if value.microsecond % 1000 else "milliseconds"
    return f"TIMESTAMP '{value.isoformat(' ', exact)}{zone}'"


def _apart(number: str) -> str:
    """Keep a negative number from making a comment with a minus sign before it."""
    return f" {number}" if number.startswith("-") else number


def _is_value(name: str, value: object) -> bool:
    return not name.startswith("_") and isinstance(value, str | numbers.Number | datetime.date)


def _tokens(text: str) -> Iterator[re.Match[str]]:
    return read(_TOKEN, _OPEN, text, SqlError)
