"""Conditions that JSON and space-delimited patterns share: comparisons put together."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Event = Any
"""What a pattern sees of a log event: its JSON, or its fields by name."""
Selector = Callable[[Event], Any]
"""Finds a value in an event; `ABSENT` where there is none, a `list` where one of many may do."""
Condition = Callable[[Event], bool]

ABSENT = object()
DEEPEST = 20
_TOKEN = re.compile(
    r"\s*(?:(?P<text>\"(?:[^\"\\]|\\.)*\")|(?P<regex>%[^%]*%)|(?P<sign>&&|\|\||!=|<=|>=|[=<>()])"
    r"|(?P<word>(?:[^\s\"%&|!=<>()]|&(?!&)|\|(?!\|)|!(?!=))+))"
)
_NO_REGEX = re.compile(r"(?<!\\)[()]|\\(?![dDsSwWx.^$?\[\]{}|*+\\#=@/;,\-_])")


class PatternError(ValueError):
    """A text that is no filter pattern; says why."""


class Match(NamedTuple):
    """An event that matches, and what its fields are."""

    value: Callable[[str], Any]
    """Of a field as metric filters name it, ``$.latency`` or ``$bytes``; `ABSENT` for none."""
    named: Mapping[str, Any]
    """The fields that the pattern itself names, by those names."""


class Pattern(NamedTuple):
    """A pattern, read."""

    match: Callable[[str], Match | None]
    """Of the message of a log event; None where it does not match."""
    has_fields: bool
    """Whether metric filters may take values and dimensions from the events."""


class Token(NamedTuple):
    """A part of a condition: its kind, and its text without quotes."""

    kind: str
    text: str


def tokens(text: str) -> list[Token]:
    """Cut a condition into its parts.

    Raises
    ------
    PatternError
        For a character that begins none.
    """
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise PatternError(f"unexpected {text[at:].strip()[0]} in {text}")
        kind = str(match.lastgroup)
        part = match[kind]
        if kind == "text":
            part = re.sub(r"\\(.)", r"\1", part[1:-1])
        found.append(Token(kind, part[1:-1] if kind == "regex" else part))
        at = match.end()
    return found


class Reader:
    """Reads conditions: ``a = 1 && (b != 2 || c IS NULL)``.

    Parameters
    ----------
    parts : list of Token
        The condition.
    select : callable
        Makes the selector of a word.
    """

    def __init__(self, parts: list[Token], select: Callable[[str], Selector]) -> None:
        self._parts = [*parts, Token("end", "")]
        self._at = 0
        self._select = select

    def whole(self) -> Condition:
        """Read one condition to the end."""
        condition = self._either(0)
        if self._now.kind != "end":
            raise self._unexpected()
        return condition

    @property
    def _now(self) -> Token:
        return self._parts[self._at]

    def _take(self) -> Token:
        token = self._now
        self._at += 1
        return token

    def _either(self, depth: int) -> Condition:
        parts = [self._both(depth)]
        while self._now == ("sign", "||"):
            self._take()
            parts.append(self._both(depth))
        return lambda event: any(part(event) for part in parts)

    def _both(self, depth: int) -> Condition:
        parts = [self._one(depth)]
        while self._now == ("sign", "&&"):
            self._take()
            parts.append(self._one(depth))
        return lambda event: all(part(event) for part in parts)

    def _one(self, depth: int) -> Condition:
        if self._now != ("sign", "("):
            return self._comparison()
        if depth == DEEPEST:
            raise PatternError("it is nested too deeply")
        self._take()
        condition = self._either(depth + 1)
        if self._take() != ("sign", ")"):
            raise PatternError("a parenthesis is not closed")
        return condition

    def _comparison(self) -> Condition:
        if self._now.kind != "word":
            raise self._unexpected()
        select = self._select(self._take().text)
        sign = self._take()
        if sign.kind == "word":
            return self._of_words(select, sign.text.upper())
        if sign.kind != "sign" or sign.text not in COMPARISONS:
            raise PatternError(f"unexpected {sign.text or 'end'} after a name")
        operand = self._take()
        if operand.kind not in ("text", "regex", "word"):
            raise PatternError(f"{sign.text} has nothing behind it")
        holds = comparison(sign.text, operand)
        return lambda event: _any(select(event), holds)

    def _of_words(self, select: Selector, first: str) -> Condition:
        second = self._take().text.upper()
        if (first, second) == ("NOT", "EXISTS"):
            return lambda event: select(event) is ABSENT
        wanted = {"NULL": None, "TRUE": True, "FALSE": False}
        if first != "IS" or second not in wanted:
            raise PatternError(f"unexpected {first} {second}")
        return lambda event: select(event) is wanted[second]

    def _unexpected(self) -> PatternError:
        return PatternError(f"unexpected {self._now.text or 'end'}")


def _any(value: Any, holds: Callable[[Any], bool]) -> bool:
    if isinstance(value, list):
        return any(holds(each) for each in value)
    return value is not ABSENT and holds(value)


def number(value: Any) -> float | None:
    """Return the number that a value is or that a text spells, None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value)
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None


COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def comparison(sign: str, operand: Token) -> Callable[[Any], bool]:
    """Make a comparison with a number, a text with ``*``, or a regular expression.

    Raises
    ------
    PatternError
        For an order of what is no number, and for an expression that the service does not take.
    """
    if sign in ("=", "!="):
        equal = _equal(operand)
        return equal if sign == "=" else lambda value: _is_scalar(value) and not equal(value)
    wanted = number(operand.text) if operand.kind == "word" else None
    if wanted is None:
        raise PatternError(f"{sign} takes a number, not {operand.text}")
    right, compare = wanted, COMPARISONS[sign]

    def holds(value: Any) -> bool:
        left = number(value)
        return left is not None and compare(left, right)

    return holds


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def _equal(operand: Token) -> Callable[[Any], bool]:
    if operand.kind == "regex":
        expression = regular(operand.text)
        return lambda value: isinstance(value, str) and bool(expression.search(value))
    parts = map(re.escape, operand.text.split("*"))
    pattern = re.compile(".*".join(parts), re.DOTALL)
    wanted = number(operand.text) if operand.kind == "word" else None

    # the guide's way to take a number's value: { $.latency = * }
    anything = operand.text == "*" and operand.kind == "word"

    def equal(value: Any) -> bool:
        if anything and _is_scalar(value):
            return True
        if isinstance(value, str):
            return bool(pattern.fullmatch(value)) or (
                wanted is not None and number(value) == wanted
            )
        return wanted is not None and number(value) == wanted

    return equal


def regular(text: str) -> re.Pattern[str]:
    """Compile a regular expression of a pattern, which knows no groups.

    Raises
    ------
    PatternError
        For what the service's expressions do not have.
    """
    if not text or _NO_REGEX.search(text):
        raise PatternError(f"%{text}% has what the service's regular expressions do not")
    try:
        return re.compile(text)
    except re.error as error:
        raise PatternError(f"%{text}%: {error}") from None
