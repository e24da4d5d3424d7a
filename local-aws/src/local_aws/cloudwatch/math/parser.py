"""Expressions of metric math as a tree."""

import re
from typing import NamedTuple, TypeAlias

from local_aws.cloudwatch.errors import CloudWatchError, invalid

DEEPEST = 50
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<text>\"[^\"]*\"|'[^']*')|(?P<sign>&&|\|\||[<>=!]=|[-+*/^()\[\],<>]))"
)
# what binds least first; each word stands for its sign
LEVELS = (("||",), ("&&",), ("==", "!=", "<", "<=", ">", ">="), ("+", "-"), ("*", "/"), ("^",))
WORDS = {"OR": "||", "AND": "&&"}


class Number(NamedTuple):
    """A number."""

    value: float


class Text(NamedTuple):
    """A text in quotes, as METRICS takes one."""

    value: str


class Name(NamedTuple):
    """The Id of a query, or a word such as REPEAT."""

    name: str


class Call(NamedTuple):
    """A function with its arguments."""

    name: str
    arguments: tuple["Node", ...]


class Operation(NamedTuple):
    """Two operands and the sign between them."""

    sign: str
    left: "Node"
    right: "Node"


class Negated(NamedTuple):
    """An operand with a minus before it."""

    operand: "Node"


class Array(NamedTuple):
    """Several operands in brackets."""

    items: tuple["Node", ...]


Node: TypeAlias = "Number | Text | Name | Call | Operation | Negated | Array"


def parse(expression: str) -> Node:
    """Read an expression.

    Raises
    ------
    CloudWatchError
        ValidationError, with the place, for what is no expression.
    """
    reader = _Reader(expression)
    node = reader.level(0)
    reader.take("")
    return node


class _Reader:
    """Goes through one expression."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._at = 0
        self._kind, self._text = "", ""
        self._depth = 0
        self._advance()

    def level(self, number: int) -> Node:
        if number == len(LEVELS):
            return self._operand()
        left = self.level(number + 1)
        while (sign := self._sign()) in LEVELS[number]:
            self._advance()
            # a power of a power is read from the right
            right = self.level(number if sign == "^" else number + 1)
            left = Operation(sign, left, right)
        return left

    def _sign(self) -> str:
        if self._kind == "name":
            return WORDS.get(self._text.upper(), "")
        return self._text if self._kind == "sign" else ""

    def take(self, text: str) -> None:
        if self._text != text or (self._kind == "text"):
            raise self._unexpected()
        if text:
            self._advance()

    def _operand(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise invalid(f"The expression {self._expression} is nested too deeply.")
        node = self._read_operand()
        self._depth -= 1
        return node

    def _read_operand(self) -> Node:
        kind, text = self._kind, self._text
        if kind == "sign":
            return self._signed(text)
        if not kind or self._sign():
            raise self._unexpected()
        self._advance()
        if kind == "number":
            return Number(float(text))
        if kind == "text":
            return Text(text[1:-1])
        if self._text == "(" and self._kind == "sign":
            self._advance()
            return Call(text.upper(), self._list(")"))
        return Name(text)

    def _signed(self, text: str) -> Node:
        if text not in ("-", "+", "(", "["):
            raise self._unexpected()
        self._advance()
        if text == "(":
            node = self.level(0)
            self.take(")")
            return node
        if text == "[":
            return Array(self._list("]"))
        operand = self._operand()
        return Negated(operand) if text == "-" else operand

    def _list(self, end: str) -> tuple[Node, ...]:
        items: list[Node] = []
        while self._text != end or self._kind != "sign":
            if items:
                self.take(",")
            items.append(self.level(0))
        self._advance()
        return tuple(items)

    def _advance(self) -> None:
        rest = self._expression[self._at :]
        found = _TOKEN.match(rest)
        if found is None:
            if rest.strip():
                raise invalid(f"Unexpected character at {self._at} of {self._expression}")
            self._kind, self._text = "", ""
            return
        self._at += found.end()
        self._kind = found.lastgroup or ""
        self._text = found[self._kind]

    def _unexpected(self) -> CloudWatchError:
        what = f"token '{self._text}'" if self._kind else "end"
        return invalid(f"Unexpected {what} at {self._at} of {self._expression}")
