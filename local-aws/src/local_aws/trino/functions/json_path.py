"""The path language of SQL/JSON (JSON_VALUE, JSON_QUERY, JSON_EXISTS) as trees.

A node is a tuple: its kind, then its parts. Kinds of steps have the node that they step from as
their first part.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

Node = tuple[Any, ...]

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
    |"(?P<string>(?:[^"]|"")*)"
    |\$(?P<variable>[A-Za-z_][A-Za-z_0-9]*)
    |(?P<word>[A-Za-z_][A-Za-z_0-9]*)
    |(?P<symbol>\.\.|&&|\|\||==|<>|!=|<=|>=|[-+*/%.$@?()\[\],<>!]))""",
    re.VERBOSE,
)
_METHODS = ("abs", "ceiling", "floor", "double", "keyvalue", "size", "type")
_COMPARISONS = {"==": "==", "=": "==", "<>": "!=", "!=": "!=", "<": "<", "<=": "<=", ">": ">"}
_COMPARISONS[">="] = ">="


class PathError(Exception):
    """A path that cannot be read: Trino's error name, what is wrong, and where in the path."""

    def __init__(self, message: str, name: str = "SYNTAX_ERROR") -> None:
        self.name, self.offset = name, 0
        super().__init__(message)


@lru_cache(maxsize=256)
def parse_path(text: str) -> tuple[bool, Node]:
    """Read a path: whether it is lax, and its tree.

    Raises
    ------
    PathError
        The text is no path, or one that Trino does not support.

    Examples
    --------
    >>> parse_path("lax $.a[0]")
    (True, ('subscripts', ('member', ('root',), 'a'), ((('literal', 0), None),)))
    """
    reader = _PathReader(text)
    try:
        mode = reader.advance()
        if mode not in (("word", "lax"), ("word", "strict")):
            raise PathError(f"missing {{'lax', 'strict'}} at '{mode[1]}'")
        tree = reader.additive()
        reader.expect("end", "")
    except PathError as error:
        error.offset = reader.offsets[min(reader.at, len(reader.offsets)) - 1]
        raise
    return mode[1] == "lax", tree


class _PathReader:
    """Recursive descent over the tokens of one path."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.offsets: list[int] = []
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if found is None:
                raise PathError(f"token recognition error at: '{text[at:]}'")
            kind = str(found.lastgroup)
            self.tokens.append((kind, found[kind]))
            self.offsets.append(found.start(kind) - (kind in ("string", "variable")))
            at = found.end()
        self.tokens.append(("end", "<EOF>"))
        self.offsets.append(len(text))
        self.at = 0

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def advance(self) -> tuple[str, str]:
        self.at += 1
        return self.tokens[min(self.at, len(self.tokens)) - 1]

    def take(self, kind: str, text: str) -> bool:
        if self.peek() != (kind, text):
            return False
        self.at += 1
        return True

    def expect(self, kind: str, text: str) -> str:
        token = self.advance()
        if token[0] != kind or (text and token[1] != text):
            raise PathError(f"mismatched input '{token[1]}' in JSON path")
        return token[1]

    def additive(self) -> Node:
        left = self.multiplicative()
        while self.peek() in (("symbol", "+"), ("symbol", "-")):
            left = ("arithmetic", self.advance()[1], left, self.multiplicative())
        return left

    def multiplicative(self) -> Node:
        left = self.unary()
        while self.peek() in (("symbol", "*"), ("symbol", "/"), ("symbol", "%")):
            left = ("arithmetic", self.advance()[1], left, self.unary())
        return left

    def unary(self) -> Node:
        if self.peek() in (("symbol", "+"), ("symbol", "-")):
            return ("sign", self.advance()[1], self.unary())
        return self.accessor()

    def accessor(self) -> Node:
        node = self.primary()
        while True:
            if self.take("symbol", "["):
                node = self.subscripts(node)
            elif self.take("symbol", ".."):
                kind, text = self.advance()
                if kind not in ("word", "string"):
                    raise PathError(f"mismatched input '{text}' in JSON path")
                node = ("descendants", node, _member_name(kind, text))
            elif self.take("symbol", "."):
                node = self.member(node)
            elif self.take("symbol", "?"):
                self.expect("symbol", "(")
                node = ("filter", node, self.disjunction())
                self.expect("symbol", ")")
            else:
                return node

    def subscripts(self, node: Node) -> Node:
        if self.take("symbol", "*"):
            self.expect("symbol", "]")
            return ("elements", node)
        ranges = [self.subscript()]
        while self.take("symbol", ","):
            ranges.append(self.subscript())
        self.expect("symbol", "]")
        return ("subscripts", node, tuple(ranges))

    def subscript(self) -> tuple[Node, Node | None]:
        first = self.additive()
        return first, self.additive() if self.take("word", "to") else None

    def member(self, node: Node) -> Node:
        if self.take("symbol", "*"):
            return ("members", node)
        kind, text = self.advance()
        if kind == "word" and self.peek() == ("symbol", "("):
            if text not in _METHODS:
                name = "NOT_SUPPORTED" if text == "datetime" else "SYNTAX_ERROR"
                raise PathError(f"{text}() in JSON path is not supported", name)
            self.advance()
            self.expect("symbol", ")")
            return ("method", text, node)
        if kind == "variable":
            return ("member", node, f"${text}")
        if kind not in ("word", "string"):
            raise PathError(f"no viable alternative at input '{text}'")
        return ("member", node, _member_name(kind, text))

    def primary(self) -> Node:
        kind, text = self.advance()
        if kind == "number":
            return ("literal", _number(text))
        if kind == "string":
            return ("literal", text.replace('""', '"'))
        if kind == "variable":
            return ("variable", text)
        if kind == "word" and text in ("true", "false", "null"):
            return ("literal", {"true": True, "false": False, "null": None}[text])
        if (kind, text) == ("word", "last"):
            return ("last",)
        if (kind, text) == ("symbol", "$"):
            return ("root",)
        if (kind, text) == ("symbol", "@"):
            return ("current",)
        if (kind, text) == ("symbol", "("):
            inner = self.additive()
            self.expect("symbol", ")")
            return inner
        raise PathError(f"mismatched input '{text}' in JSON path")

    def disjunction(self) -> Node:
        left = self.conjunction()
        while self.take("symbol", "||"):
            left = ("or", left, self.conjunction())
        return left

    def conjunction(self) -> Node:
        left = self.predicate()
        while self.take("symbol", "&&"):
            left = ("and", left, self.predicate())
        return left

    def predicate(self) -> Node:
        if self.take("symbol", "!"):
            return ("not", self.bracketed())
        if self.peek() == ("word", "exists"):
            self.advance()
            self.expect("symbol", "(")
            path = self.additive()
            self.expect("symbol", ")")
            return ("exists", path)
        if self.peek() == ("symbol", "("):
            saved = self.at
            try:
                found = self.bracketed()
            except PathError:
                self.at = saved  # brackets of an expression, not of a predicate
            else:
                if self.take("word", "is"):
                    self.expect("word", "unknown")
                    return ("unknown", found)
                if self.peek()[0] == "end" or self.peek()[1] in (")", "&&", "||"):
                    return found
                self.at = saved
        return self.comparison()

    def bracketed(self) -> Node:
        self.expect("symbol", "(")
        found = self.disjunction()
        self.expect("symbol", ")")
        return found

    def comparison(self) -> Node:
        left = self.additive()
        kind, text = self.advance()
        if kind == "symbol" and text in _COMPARISONS:
            return ("compare", _COMPARISONS[text], left, self.additive())
        if (kind, text) == ("word", "starts"):
            self.expect("word", "with")
            return ("starts", left, self.additive())
        if (kind, text) == ("word", "like_regex"):
            message = "like_regex predicate in JSON path is not yet supported"
            raise PathError(message, "NOT_SUPPORTED")
        raise PathError(f"mismatched input '{text}' in JSON path")


def _member_name(kind: str, text: str) -> str:
    return text.replace('""', '"') if kind == "string" else text


def _number(text: str) -> int | float | Decimal:
    if text.isdigit():
        return int(text)
    return float(text) if "e" in text.lower() else Decimal(text)


def variables(node: Any) -> set[str]:
    """Names of the variables that a path's tree reads."""
    if not isinstance(node, tuple):
        return set()
    if node[:1] == ("variable",):
        return {node[1]}
    return set().union(*(variables(part) for part in node)) if node else set()
