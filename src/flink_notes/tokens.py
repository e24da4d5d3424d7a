"""Flink SQL as tokens, and places in it."""

import re
from collections.abc import Iterator
from typing import Final

from helpers.errors import InputError

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


def position(text: str, offset: int) -> tuple[int, int]:
    r"""Turn an offset into a line and a column.

    Parameters
    ----------
    text : str
    offset : int
        From 0 to the text's length.

    Returns
    -------
    tuple of int
        Line and column, from 1.

    Examples
    --------
    >>> position("SELECT\n  1", 9)
    (2, 3)
    """
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def tokens(text: str) -> Iterator[re.Match[str]]:
    """Read SQL token by token.

    Parameters
    ----------
    text : str

    Yields
    ------
    re.Match
        One a token; its ``lastgroup`` says what it is: ``comment``, ``escaped``, ``literal``,
        ``quoted``, ``place``, ``end``, ``word``, ``space`` or ``other``.

    Raises
    ------
    SqlError
        Where a quote or a comment is not closed.
    """
    for token in _TOKEN.finditer(text):
        for group, what in _OPEN.items():
            if token[group] is not None:
                raise SqlError(f"{what} that begins here has no end.", text, token.start())
        yield token
