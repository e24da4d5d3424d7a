"""The words of a statement with their places, and a cursor over them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NoReturn

from local_aws.engine.hive import identifiers

Kind = Literal["word", "name", "string", "number", "symbol", "end"]

_PATTERN = r"""
    (?P<space>\s+|--[^\n]*|/\*.*?\*/)
  | (?P<name>%(name)s)
  | (?P<string>%(string)s)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w]))
  | (?P<word>[\w$]+)
  | (?P<symbol><=|>=|<>|!=|==|->|\|\||.)
    """
# in Hive double quotes hold a string, as single ones do, and a backslash escapes in both; in Trino
# they hold a name, and no string has escapes
_HIVE = re.compile(
    _PATTERN
    % {"name": "`(?:[^`]|``)*`", "string": r"""'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|""|\\.)*\""""},
    re.VERBOSE | re.DOTALL,
)
_TRINO = re.compile(
    _PATTERN % {"name": r"""`(?:[^`]|``)*`|"(?:[^"]|"")*\"""", "string": "'(?:[^']|'')*'"},
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a"}


class ParseError(Exception):
    """A text that is no statement.

    Parameters
    ----------
    line, column
        Where, the line from 1 and the column from 0, as Hive counts.
    message
        What was wrong.
    """

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(f"line {line}:{column} {message}")
        self.line, self.column, self.message = line, column, message


@dataclass(frozen=True)
class Token:
    """One word: its kind, its text as written, its value without quotes, and its place."""

    kind: Kind
    text: str
    value: str
    start: int
    stop: int
    line: int
    column: int

    @property
    def key(self) -> str:
        """The word in upper case where it may be a keyword, else its text."""
        return self.text.upper() if self.kind == "word" else self.text


def tokenize(sql: str, *, escapes: bool = True) -> Iterator[Token]:
    """Yield the words of a text, the last one of kind ``end``.

    Parameters
    ----------
    sql
        One statement.
    escapes
        Whether a backslash escapes in a string, as in Hive's DDL and not in Trino's SQL.

    Raises
    ------
    ParseError
        For a quote that nothing closes.

    Examples
    --------
    >>> [token.value for token in tokenize("DROP TABLE `a b` -- gone")]
    ['DROP', 'TABLE', 'a b', '']
    """
    pattern = _HIVE if escapes else _TRINO
    at, line, line_start = 0, 1, 0
    while at < len(sql):
        match = pattern.match(sql, at)
        text = match.group() if match else sql[at]
        kind = str(match.lastgroup) if match else "symbol"
        if kind == "symbol" and text in "'\"`":
            raise ParseError(line, at - line_start, f"character '{text}' is not closed")
        if kind != "space":
            stop = at + len(text)
            value = _value(kind, text, escapes)
            yield Token(kind, text, value, at, stop, line, at - line_start)  # type: ignore[arg-type]
        if "\n" in text:
            line += text.count("\n")
            line_start = at + text.rindex("\n") + 1
        at += len(text)
    yield Token("end", "<EOF>", "", at, at, line, at - line_start)


def _value(kind: str, text: str, escapes: bool) -> str:
    if kind == "name":
        return text[1:-1].replace(text[0] * 2, text[0])
    if kind != "string":
        return text
    inner = text[1:-1].replace(text[0] * 2, text[0])
    if not escapes:
        return inner
    inner = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m.group(1), 16)), inner)
    octal = re.sub(r"\\([0-3][0-7]{2})", lambda m: chr(int(m.group(1), 8)), inner)
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m.group(1), m.group(1)), octal, flags=re.DOTALL)


class Cursor:
    """A place in a statement that moves forward as its words are read."""

    def __init__(self, sql: str, *, escapes: bool = True) -> None:
        self.sql = sql
        self.tokens = list(tokenize(sql, escapes=escapes))
        self.hive = escapes
        self.at = 0
        if len(self.tokens) > 1 and self.tokens[-2].text == ";":
            del self.tokens[-2]

    @property
    def token(self) -> Token:
        """The next word."""
        return self.tokens[self.at]

    def ahead(self, steps: int) -> Token:
        """Return the word some steps after the next one, at most the end."""
        return self.tokens[min(self.at + steps, len(self.tokens) - 1)]

    def next(self) -> Token:
        """Read one word of any kind."""
        token = self.token
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def sees(self, *keys: str) -> bool:
        """Return whether these words come next."""
        return all(self.ahead(i).key == key for i, key in enumerate(keys))

    def take(self, *keys: str) -> bool:
        """Read these words if they come next."""
        if not self.sees(*keys):
            return False
        self.at += len(keys)
        return True

    def need(self, *keys: str) -> None:
        """Read these words, which must come next."""
        for key in keys:
            if not self.take(key):
                self.fail(key)

    def fail(self, expected: str = "") -> NoReturn:
        """Raise the error for the next word, with what should have stood there."""
        token = self.token
        if token.kind == "end" and not expected:
            raise ParseError(token.line, token.column, "unexpected end of statement")
        near = self.ahead(-1).text if self.at else token.text
        expecting = f" expecting {expected}" if expected else ""
        message = f"mismatched input '{token.text}'{expecting} near '{near}'"
        raise ParseError(token.line, token.column, message)

    def end(self) -> None:
        """Require that nothing is left."""
        token = self.token
        if token.kind != "end":
            near = self.ahead(-1).text
            message = f"missing EOF at '{token.text}' near '{near}'"
            raise ParseError(token.line, token.column, message)

    def name(self, *, of_view: bool = False) -> str:
        """Read an identifier, folded to lower case.

        Parameters
        ----------
        of_view
            Whether it names a view, whose statements take double quotes in Hive's dialect too.
        """
        token = self.token
        if token.kind == "word":
            reason = identifiers.refusal(token.text, hive=self.hive)
        elif token.kind == "name" or (of_view and token.text.startswith('"')):
            reason = identifiers.quoted_refusal(token.text, token.value, hive=self.hive)
        else:
            self.fail("Identifier")
        if reason is not None:
            raise ParseError(token.line, token.column, f"mismatched input '{token.text}': {reason}")
        return self.next().value.lower()

    def string(self) -> str:
        """Read a string literal."""
        if self.token.kind != "string":
            self.fail("StringLiteral")
        return self.next().value

    def integer(self) -> int:
        """Read a whole number."""
        if self.token.kind != "number" or not self.token.text.isdigit():
            self.fail("Number")
        return int(self.next().text)

    def rest(self) -> str:
        """Read everything that is left; words before it become blanks, so that places stay true."""
        start = self.token.start
        self.at = len(self.tokens) - 1
        stop = self.tokens[-2].stop if len(self.tokens) > 1 else start
        return padded(self.sql, start, max(start, stop))


def padded(sql: str, start: int, stop: int) -> str:
    """Return a part of a text with what stood before it blanked, lines kept."""
    return "".join(c if c == "\n" else " " for c in sql[:start]) + sql[start:stop]
