"""The filter of GetPartitions: an SQL condition over the partition keys.

Source: the Glue API reference, GetPartitions, parameter ``Expression``: the operators =, <>, <, <=,
>, >=, LIKE, IN, BETWEEN, IS NULL, AND, OR, NOT over keys of the types string, date, timestamp, int,
bigint, long, tinyint, smallint and decimal (char and varchar count as string). Whatever is not read
here is an "Unsupported expression".
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from local_aws.glue.conditions import Key, Test, both, either, known, negated_if, null
from local_aws.glue.errors import invalid
from local_aws.glue.key_types import family, literal_value

Keeps = Callable[[Sequence[str]], bool]

_WORD = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^']|'')*')
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
  | (?P<quoted>"[^"]+"|`[^`]+`)
  | (?P<name>[^\W\d]\w*)
  | (?P<symbol><\s*>|>\s*=|<\s*=|!=|[=<>(),-])
    )""",
    re.VERBOSE,
)
_KEYWORDS = ("AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "IS", "NULL")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_SWAPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def compile_expression(text: str, keys: Sequence[dict[str, Any]]) -> Keeps:
    """Return the test that a filter expression makes of a partition's values.

    Parameters
    ----------
    text
        The expression; an empty one keeps everything.
    keys
        The table's partition keys, each with ``Name`` and ``Type``.

    Raises
    ------
    GlueError
        InvalidInputException for an expression that is no such condition, a column that is no
        partition key, a key of a type that cannot be filtered, or a literal that is not of its
        key's type. The test raises InvalidStateException for a value that is not of its key's
        type.

    Examples
    --------
    >>> keeps = compile_expression("year = 2019 AND day NOT IN (3, 4)", [
    ...     {"Name": "year", "Type": "int"}, {"Name": "day", "Type": "int"}])
    >>> keeps(["2019", "02"]), keeps(["2019", "4"])
    (True, False)
    """
    if not text.strip():
        return lambda _values: True
    parser = _Parser(text, keys)
    try:
        test = parser.condition(parser.alternatives())
    except RecursionError:  # hundreds of brackets in one another
        parser.fail()
    if parser.at < len(parser.words):
        parser.fail()
    return lambda values: test(values) is True


@dataclass(frozen=True)
class _Literal:
    """A constant: its text, and whether it was quoted."""

    text: str
    quoted: bool


_Node = Key | _Literal | Test


class _Parser:
    """Reads one expression from its words, the loosest operator first.

    Every method returns a test or an operand, because a bracket may hold either.
    """

    def __init__(self, text: str, keys: Sequence[dict[str, Any]]) -> None:
        self.text = text
        self.keys = {
            str(key["Name"]).lower(): Key(index, str(key.get("Type") or "string").lower())
            for index, key in enumerate(keys)
        }
        self.words = list(self._split())
        self.at = 0

    def _split(self) -> Iterator[tuple[str, str]]:
        at, end = 0, len(self.text.rstrip())
        while at < end:
            match = _WORD.match(self.text, at)
            if match is None:
                self.fail()
            kind = str(match.lastgroup)
            word = match[kind]
            if kind == "symbol":
                word = "".join(word.split())
            elif kind == "name" and word.upper() in _KEYWORDS:
                kind, word = "symbol", word.upper()
            yield kind, word
            at = match.end()

    def fail(self) -> NoReturn:
        raise invalid(f"Unsupported expression '{self.text}'")

    def sees(self, *words: str) -> bool:
        wanted = [("symbol", word) for word in words]
        return self.words[self.at : self.at + len(words)] == wanted

    def take(self, *words: str) -> bool:
        found = self.sees(*words)
        self.at += len(words) if found else 0
        return found

    def need(self, word: str) -> None:
        if not self.take(word):
            self.fail()

    def condition(self, node: _Node) -> Test:
        if isinstance(node, Key | _Literal):
            self.fail()
        return node

    def key(self, node: _Node) -> Key:
        if not isinstance(node, Key):
            self.fail()
        return node

    def connective(self, word: str) -> bool:
        # Glue takes brackets round the word too
        return self.take(word) or self.take("(", word, ")")

    def alternatives(self) -> _Node:
        node = self.conjunction()
        while self.connective("OR"):
            node = either(self.condition(node), self.condition(self.conjunction()))
        return node

    def conjunction(self) -> _Node:
        node = self.negated()
        while self.connective("AND"):
            node = both(self.condition(node), self.condition(self.negated()))
        return node

    def negated(self) -> _Node:
        if self.take("NOT"):
            return negated_if(self.condition(self.negated()), True)
        return self.predicate()

    def predicate(self) -> _Node:
        left = self.operand()
        for symbol in _COMPARE:
            if self.take(symbol):
                return self.comparison(left, symbol, self.operand())
        if self.take("IS"):
            negated = self.take("NOT")
            self.need("NULL")
            return negated_if(null(self.key(left)), negated)
        negated = self.take("NOT")
        if self.take("LIKE"):
            return negated_if(self.like(self.key(left)), negated)
        if self.take("IN"):
            return negated_if(self.within(self.key(left)), negated)
        if self.take("BETWEEN"):
            return negated_if(self.between(self.key(left)), negated)
        if negated:
            self.fail()
        return left

    def operand(self) -> _Node:
        if self.take("("):
            node = self.alternatives()
            self.need(")")
            return node
        sign = "-" if self.take("-") else ""
        kind, word = self.words[self.at] if self.at < len(self.words) else ("", "")
        self.at += 1
        if kind == "number":
            return _Literal(sign + word, quoted=False)
        if sign or kind not in ("text", "quoted", "name"):
            self.fail()
        if kind == "text":
            return _Literal(word[1:-1].replace("''", "'"), quoted=True)
        after = self.words[self.at] if self.at < len(self.words) else ("", "")
        if kind == "name" and word.upper() in ("DATE", "TIMESTAMP") and after[0] == "text":
            return self.operand()
        name = (word[1:-1] if kind == "quoted" else word).lower()
        if name not in self.keys:
            raise invalid(f"Unknown column '{name}'")
        return self.keys[name]

    def comparison(self, left: _Node, symbol: str, right: _Node) -> Test:
        if isinstance(left, _Literal):
            left, right, symbol = right, left, _SWAPPED.get(symbol, symbol)
        key, bound = self.key(left), self.bound(self.key(left), right)
        compare = _COMPARE[symbol]
        if bound is None:  # Trino asks for NULL by its folder's name; NULL has no order
            return lambda values: symbol in ("=", "<>", "!=") and compare(key.value(values), None)
        return known(key, lambda value: compare(value, bound))

    def bound(self, key: Key, node: _Node) -> Any:
        if not isinstance(node, _Literal):
            self.fail()
        return literal_value(node.text, key.type)

    def like(self, key: Key) -> Test:
        pattern = self.operand()
        if not isinstance(pattern, _Literal) or not pattern.quoted:
            self.fail()
        if family(key.type) != "String":
            raise invalid(f"{family(key.type)} data type doesn't support operation 'LIKE'")
        wildcards = {"%": ".*", "_": "."}
        regex = re.compile(
            "".join(wildcards.get(char, re.escape(char)) for char in pattern.text), re.DOTALL
        )
        return known(key, lambda value: regex.fullmatch(value) is not None)

    def within(self, key: Key) -> Test:
        self.need("(")
        bounds = [self.bound(key, self.operand())]
        while self.take(","):
            bounds.append(self.bound(key, self.operand()))
        self.need(")")
        return known(key, lambda value: value in bounds)

    def between(self, key: Key) -> Test:
        low = self.bound(key, self.operand())
        if not self.connective("AND"):
            self.fail()
        high = self.bound(key, self.operand())
        if low is None or high is None:  # NULL has no order
            return lambda _values: None
        return known(key, lambda value: low <= value <= high)
