"""SQL of any dialect as text: tokens whose quotes are closed, places, and values put in."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from helpers.errors import InputError

Edit = tuple[int, int, str]


@dataclass(frozen=True)
class Filled:
    """SQL with values in it, and the way back.

    Attributes
    ----------
    text : str
        What the engine gets.
    edits : tuple of (int, int, str)
        What was replaced: begin and end in the source, and by what.
    """

    text: str
    edits: tuple[Edit, ...]

    def origin(self, offset: int) -> int:
        """Find where in the source a character of the text comes from."""
        shift = 0
        for begin, end, new in self.edits:
            if offset < begin + shift:
                break
            if offset < begin + shift + len(new):
                return begin
            shift += len(new) - (end - begin)
        return offset - shift


def replaced(text: str, edits: Sequence[Edit]) -> Filled:
    """Carry out edits, given in the order of their places."""
    parts, last = [], 0
    for begin, end, new in edits:
        parts += [text[last:begin], new]
        last = end
    return Filled("".join([*parts, text[last:]]), tuple(edits))


def read(
    pattern: re.Pattern[str],
    unclosed: Mapping[str, str],
    text: str,
    error: Callable[[str, str, int], InputError],
) -> Iterator[re.Match[str]]:
    """Read SQL token by token.

    Parameters
    ----------
    pattern : re.Pattern
        Matches any one token.
    unclosed : mapping of str to str
        Groups of the pattern that match where a token has no end, and what such a token is.
    text : str
        SQL.
    error : callable
        Makes the error of what is said, the text and the place in it.

    Yields
    ------
    re.Match
        One a token; its ``lastgroup`` says what it is.

    Raises
    ------
    InputError
        Where a quote or a comment is not closed: what `error` makes.
    """
    for token in pattern.finditer(text):
        for group, what in unclosed.items():
            if token[group] is not None:
                raise error(f"{what} that begins here has no end.", text, token.start())
        yield token


def position(text: str, offset: int) -> tuple[int, int]:
    r"""Turn an offset, from 0 to the text's length, into a line and a column, from 1.

    Examples
    --------
    >>> position("SELECT\n  1", 9)
    (2, 3)
    """
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def offset(text: str, line: int, column: int) -> int:
    r"""Turn a line and a column, from 1, into an offset.

    Examples
    --------
    >>> offset("SELECT\n  1", 2, 3)
    9
    """
    return sum(len(before) + 1 for before in text.split("\n")[: line - 1]) + column - 1


def pointed(said: str, text: str, offset: int) -> str:
    r"""Put a message above the line that it is about, and a caret under the place.

    Parameters
    ----------
    said : str
        The message.
    text : str
        What was written: a cell, or a statement.
    offset : int
        Where in it.

    Returns
    -------
    str
        Four lines.

    Examples
    --------
    >>> print(pointed("no column 'b'", "%%athena\nSELECT b", 16))
    no column 'b'
    line 2, column 8:
      SELECT b
             ^
    """
    line, column = position(text, offset)
    shown = text.split("\n")[line - 1].replace("\t", " ")
    return f"{said}\nline {line}, column {column}:\n  {shown}\n  {' ' * (column - 1)}^"
