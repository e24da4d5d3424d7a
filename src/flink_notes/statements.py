"""The statements of a paragraph."""

import re
from dataclasses import dataclass

from flink_notes.tokens import SqlError, tokens


@dataclass(frozen=True)
class Statement:
    """One SQL statement of a paragraph.

    Attributes
    ----------
    text : str
        From its first character of code to its last, without the semicolon.
    offset : int
        Where it begins in the paragraph's text.
    """

    text: str
    offset: int


def statements(text: str) -> list[Statement]:
    r"""Split SQL at its semicolons.

    Comments, literals, quoted names and hints may hold semicolons. A statement
    set (``EXECUTE STATEMENT SET BEGIN …; …; END``, ``BEGIN STATEMENT SET; …; END``)
    is one statement.

    Parameters
    ----------
    text : str
        A paragraph's text.

    Returns
    -------
    list of Statement
        In order, without those that hold nothing but comments.

    Raises
    ------
    SqlError
        Where a quote, a comment or a statement set is not closed.

    Examples
    --------
    >>> [statement.text for statement in statements("SET 'a' = ';'; -- one; two\nSELECT 1;")]
    ["SET 'a' = ';'", 'SELECT 1']
    """
    found = []
    code: list[re.Match[str]] = []
    block: re.Match[str] | None = None
    for token in tokens(text):
        if token.lastgroup in {"comment", "space"}:
            continue
        if block is None and _begins_set([part[0].upper() for part in (*code, token)]):
            block = token
        elif block and token[0].upper() == "END" and code[-1][0] in {";", block[0]}:
            block = None
        elif token.lastgroup == "end" and block is None:
            found += _statement(text, code)
            code = []
            continue
        code.append(token)
    if block is not None:
        raise SqlError("The statement set has no `END;`: add it.", text, block.start())
    return found + _statement(text, code)


def _begins_set(words: list[str]) -> bool:
    """Say whether the last of these words opens a statement set."""
    if words[-1] == "BEGIN":
        return words[-3:-1] == ["STATEMENT", "SET"]
    return words == ["BEGIN", "STATEMENT", "SET", ";"]


def _statement(text: str, code: list[re.Match[str]]) -> list[Statement]:
    if not code:
        return []
    begin, end = code[0].start(), code[-1].end()
    return [Statement(text[begin:end], begin)]
