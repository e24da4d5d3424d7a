"""Flink SQL as tokens, and places in it."""

import re
from collections.abc import Iterator
from typing import Final

from helpers.errors import InputError
from helpers.sql_text import position, read

# Calcite knows three comments; a hint (/*+ … */) looks like one and is code.
_TOKEN: Final = re.compile(
    r"""
      (?P<comment> --[^\n]* | //[^\n]* | /\*(?!\+).*?(?:\*/|(?P<open_comment>\Z)) )
    | (?P<escaped> (?: [eE]'(?:[^'\\]|\\.|'')* | [uU]&'(?:[^']|'')* ) (?:'|(?P<open_escaped>\Z)) )
    | (?P<literal> '(?:[^']|'')*(?:'|(?P<open_literal>\Z)) )
    | (?P<quoted>  `(?:[^`]|``)*(?:`|(?P<open_quoted>\Z)) )
    | (?P<place>   \$\{[^}\n]*\}? )
    | (?P<end>     ; )
    | (?P<word>    [^\W\d]\w* )
    | (?P<space>   \s+ )
    | (?P<other>   \d\w* | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_OPEN: Final = {
    "open_comment": "The comment",
    "open_escaped": "The literal",
    "open_literal": "The literal",
    "open_quoted": "The quoted name",
}


class SqlError(InputError):
    """SQL that cannot be split or filled.

    Parameters
    ----------
    said : str
        What is wrong and what to do.
    text : str
        The SQL.
    offset : int
        Where in it.
    """

    def __init__(self, said: str, text: str, offset: int) -> None:
        line, column = position(text, offset)
        super().__init__(f"Line {line}, column {column}: {said}")
        self.said = said
        self.offset = offset


def tokens(text: str) -> Iterator[re.Match[str]]:
    """Read SQL token by token.

    Parameters
    ----------
    text : str

    Returns
    -------
    iterator of re.Match
        One a token; its ``lastgroup`` says what it is: ``comment``, ``escaped``, ``literal``,
        ``quoted``, ``place``, ``end``, ``word``, ``space`` or ``other``.

    Raises
    ------
    SqlError
        Where a quote or a comment is not closed.
    """
    return read(_TOKEN, _OPEN, text, SqlError)
