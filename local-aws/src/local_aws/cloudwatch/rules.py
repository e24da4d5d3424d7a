"""The rules of composite alarms: ``ALARM("a") AND NOT (OK(b) OR FALSE)``."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from local_aws.cloudwatch.errors import CloudWatchError, invalid
from local_aws.protocol.errors import not_supported

STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
DEEPEST = 100
_TOKEN = re.compile(r'[(),]|"(?:[^"\\]|\\.)*"|[^\s(),"]+|\S')
_OPERANDS = "'(', 'NOT', TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA"


class Rule(NamedTuple):
    """A rule, read."""

    children: tuple[str, ...]
    """The alarms that it names, by name or ARN as written, each once."""
    holds: Callable[[Callable[[str], str | None]], bool]
    """Whether it is true, given the state of an alarm by the name in the rule."""


class _Token(NamedTuple):
    text: str
    at: int


def read(text: str) -> Rule:
    """Read a rule.

    Raises
    ------
    ServiceError
        ValidationError, with the place, for what is no rule; by name for AT_LEAST.
    """
    tokens = [_Token(found.group(), found.start()) for found in _TOKEN.finditer(text)]
    reader = _Reader([*tokens, _Token("<EOF>", len(text))])
    holds = reader.either(0)
    reader.end()
    return Rule(tuple(dict.fromkeys(reader.children)), holds)


def name_of(reference: str) -> str:
    """Return the name of an alarm that a rule names by name or by ARN."""
    return reference.split(":alarm:", 1)[1] if reference.startswith("arn:") else reference


Holds = Callable[[Callable[[str], str | None]], bool]


class _Reader:
    """Goes through the tokens of one rule: NOT binds before AND, AND before OR."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = iter(tokens)
        self._now = next(self._tokens)
        self.children: list[str] = []

    def either(self, depth: int) -> Holds:
        parts = list(self._joined("OR", lambda: self._both(depth)))
        return lambda state: any(part(state) for part in parts)

    def end(self) -> None:
        if self._now.text != "<EOF>":
            raise self._unsupported("<EOF>, 'AND', 'OR'")

    def _both(self, depth: int) -> Holds:
        parts = list(self._joined("AND", lambda: self._operand(depth)))
        return lambda state: all(part(state) for part in parts)

    def _joined(self, word: str, read_one: Callable[[], Holds]) -> Iterator[Holds]:
        yield read_one()
        while self._now.text == word:
            self._advance()
            yield read_one()

    def _operand(self, depth: int) -> Holds:
        word = self._now.text
        if depth > DEEPEST:
            raise self._unsupported(None)
        if word == "AT_LEAST":
            raise not_supported("AT_LEAST in the rule of a composite alarm")
        if word not in (*STATES, "NOT", "(", "TRUE", "FALSE"):
            raise self._unsupported(_OPERANDS)
        self._advance()
        if word == "NOT":
            inner = self._operand(depth + 1)
            return lambda state: not inner(state)
        if word == "(":
            inside = self.either(depth + 1)
            self._take(")")
            return inside
        if word in ("TRUE", "FALSE"):
            return lambda state: word == "TRUE"
        self._take("(")
        name = self._reference()
        self._take(")")
        return lambda state: state(name) == word

    def _reference(self) -> str:
        text = self._now.text
        if text in ("(", ")", ",", '"', "<EOF>"):
            raise self._unsupported(None)
        self._advance()
        name = re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text
        self.children.append(name)
        return name

    def _take(self, text: str) -> None:
        if self._now.text != text:
            raise self._unsupported(None)
        self._advance()

    def _advance(self) -> None:
        self._now = next(self._tokens)

    def _unsupported(self, expected: str | None) -> CloudWatchError:
        must = f", must be: {expected}" if expected else ""
        text, at = self._now
        return invalid(f"Error in AlarmRule [Unsupported token '{text}' at char {at}{must}]")
