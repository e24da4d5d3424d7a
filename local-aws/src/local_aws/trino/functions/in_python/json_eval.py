"""Evaluation of SQL/JSON paths.

Items are Python's values of JSON: int, float (a number with a point or an exponent), str, bool,
None, list, dict; a Decimal comes from a path's literal.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from local_aws.trino.functions.json_path import Node

LONG = range(-(2**63), 2**63)
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class EvaluationError(Exception):
    """A path's evaluation failed: Trino's error name and its message."""

    def __init__(self, message: str, name: str = "PATH_EVALUATION_ERROR") -> None:
        self.name = name
        super().__init__(message)


def _structural(message: str) -> EvaluationError:
    return EvaluationError(f"path evaluation failed: structural error: {message}")


def _wrong_type(expected: str, item: Any) -> EvaluationError:
    actual = type_name(item).upper()
    message = f"invalid item type. Expected: {expected}, actual: {actual}"
    return EvaluationError(f"path evaluation failed: {message}")


def type_name(item: Any) -> str:
    """Name of an item's kind, as the method type() gives it."""
    if item is None:
        return "null"
    if isinstance(item, bool):
        return "boolean"
    if isinstance(item, str):
        return "string"
    if isinstance(item, list):
        return "array"
    return "object" if isinstance(item, dict) else "number"


class Evaluator:
    """Evaluates the nodes of one path over one input."""

    def __init__(self, root: Any, lax: bool, given: Mapping[str, Any]) -> None:
        self.root, self.lax, self.given = root, lax, given
        self.sizes: list[int] = []  # of the arrays whose subscripts are being evaluated

    def items(self, node: Node, current: Any = None) -> list[Any]:
        """Sequence of items that a node gives."""
        kind = node[0]
        match kind:
            case "root":
                return [self.root]
            case "current":
                return [current]
            case "literal":
                return [node[1]]
            case "variable":
                return [self.given[node[1]]]
            case "last":
                return [self.sizes[-1] - 1]
            case "arithmetic":
                return [self.arithmetic(node, current)]
            case "sign":
                found = self.unwrapped(self.items(node[2], current))
                return [-_number(item) if node[1] == "-" else _number(item) for item in found]
            case "method":
                return self.method(node, current)
        found = self.items(node[1], current)
        step = _STEPS[kind]
        return [item for one in found for item in step(self, one, node, current)]

    def unwrapped(self, items: list[Any]) -> list[Any]:
        """Items of arrays in the place of the arrays, where the path is lax."""
        if not self.lax:
            return items
        return [each for one in items for each in (one if isinstance(one, list) else [one])]

    # Steps

    def member(self, item: Any, node: Node, current: Any) -> Iterator[Any]:
        for one in self.unwrapped([item]):
            if isinstance(one, dict) and node[2] in one:
                yield one[node[2]]
            elif not self.lax and isinstance(one, dict):
                raise _structural(f"missing member '{node[2]}' in JSON object")
            elif not self.lax:
                raise _wrong_type("OBJECT", one)

    def members(self, item: Any, node: Node, current: Any) -> Iterator[Any]:
        for one in self.unwrapped([item]):
            if isinstance(one, dict):
                yield from one.values()
            elif not self.lax:
                raise _wrong_type("OBJECT", one)

    def descendants(self, item: Any, node: Node, current: Any) -> Iterator[Any]:
        if isinstance(item, dict):
            if node[2] in item:
                yield item[node[2]]
            for value in item.values():
                yield from self.descendants(value, node, current)
        elif isinstance(item, list):
            for value in item:
                yield from self.descendants(value, node, current)

    def array(self, item: Any) -> list[Any]:
        if isinstance(item, list):
            return item
        if not self.lax:
            raise _wrong_type("ARRAY", item)
        return [item]

    def elements(self, item: Any, node: Node, current: Any) -> Iterator[Any]:
        yield from self.array(item)

    def subscripts(self, item: Any, node: Node, current: Any) -> Iterator[Any]:
        array = self.array(item)
        self.sizes.append(len(array))
        ranges = [
            (self.index(low, current), self.index(low if high is None else high, current))
            for low, high in node[2]
        ]
        self.sizes.pop()
        for low, high in ranges:
            if not self.lax and not 0 <= low <= high < len(array):
                message = f"invalid array subscript: [{low}, {high}] for array of size {len(array)}"
                raise _structural(message)
            yield from array[max(low, 0) : max(high + 1, 0)]

    def index(self, node: Node, current: Any) -> int:
        found = self.items(node, current)
        if len(found) != 1 or isinstance(found[0], bool) or type_name(found[0]) != "number":
            raise _structural("array subscript does not evaluate to a single number")
        return int(found[0])

    def filter(self, item: Any, node: Node, current: Any) -> Iterator[Any]:
        for one in self.unwrapped([item]):
            if self.holds(node[2], one) is True:
                yield one

    # Values

    def arithmetic(self, node: Node, current: Any) -> Any:
        operands = [self.unwrapped(self.items(part, current)) for part in node[2:]]
        if any(len(items) != 1 for items in operands):
            message = "arithmetic binary expression requires singleton operands"
            raise EvaluationError(f"path evaluation failed: {message}")
        left, right = (_number(items[0]) for items in operands)
        if isinstance(left, float) or isinstance(right, float):
            left, right = float(left), float(right)
        elif isinstance(left, Decimal) or isinstance(right, Decimal):
            message = "arithmetic of decimal literals in a JSON path is not supported"
            raise EvaluationError(message, "NOT_SUPPORTED")
        try:
            found = _computed(node[1], left, right)
        except ZeroDivisionError:
            raise EvaluationError("path evaluation failed: Division by zero") from None
        if isinstance(found, int) and found not in LONG:
            raise EvaluationError("path evaluation failed: bigint overflow")
        return found

    def method(self, node: Node, current: Any) -> list[Any]:
        name = node[1]
        found = self.items(node[2], current)
        if name == "type":
            return [type_name(item) for item in found]
        if name == "size":
            return [len(self.array(item)) for item in found]
        made: list[Any] = []
        for item in self.unwrapped(found):
            if name == "keyvalue":
                if not isinstance(item, dict):
                    raise _wrong_type("OBJECT", item)
                made += [{"name": k, "value": v, "id": 0} for k, v in item.items()]
            elif name == "double":
                made.append(_double(item))
            else:
                made.append(_METHODS[name](_number(item)))
        return made

    # Predicates: true, false, or None for unknown

    def holds(self, node: Node, current: Any) -> bool | None:
        match node[0]:
            case "and":
                left, right = self.holds(node[1], current), self.holds(node[2], current)
                return False if False in (left, right) else None if None in (left, right) else True
            case "or":
                left, right = self.holds(node[1], current), self.holds(node[2], current)
                return True if True in (left, right) else None if None in (left, right) else False
            case "not":
                inner = self.holds(node[1], current)
                return None if inner is None else not inner
            case "unknown":
                return self.holds(node[1], current) is None
        try:
            if node[0] == "exists":
                return bool(self.items(node[1], current))
            left_part, right_part = node[-2:]
            pairs = (
                self.unwrapped(self.items(left_part, current)),
                self.unwrapped(self.items(right_part, current)),
            )
        except EvaluationError as error:
            if error.name == "NOT_SUPPORTED":
                raise
            return None
        test = _starts if node[0] == "starts" else lambda a, b: _compared(node[1], a, b)
        found = False
        for holds in (test(a, b) for a in pairs[0] for b in pairs[1]):
            if holds is None:
                return None
            found = found or holds
            if found and self.lax:
                break
        return found


_STEPS: dict[str, Callable[[Evaluator, Any, Node, Any], Iterator[Any]]] = {
    "member": Evaluator.member,
    "members": Evaluator.members,
    "descendants": Evaluator.descendants,
    "elements": Evaluator.elements,
    "subscripts": Evaluator.subscripts,
    "filter": Evaluator.filter,
}


def _number(item: Any) -> Any:
    if isinstance(item, bool) or not isinstance(item, int | float | Decimal):
        raise _wrong_type("NUMBER", item)
    return item


def _double(item: Any) -> float:
    try:
        return float(item if isinstance(item, str) else _number(item))
    except ValueError:
        raise EvaluationError("path evaluation failed: conversion to double failed") from None


def _computed(op: str, left: Any, right: Any) -> Any:
    if op in _ARITHMETIC:
        return _ARITHMETIC[op](left, right)
    if isinstance(left, float):
        return math.fmod(left, right) if op == "%" else left / right
    quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
    return quotient if op == "/" else left - quotient * right


def _ceiling(number: Any) -> Any:
    return number if isinstance(number, int) else type(number)(math.ceil(number))


def _floor(number: Any) -> Any:
    return number if isinstance(number, int) else type(number)(math.floor(number))


_METHODS: dict[str, Callable[[Any], Any]] = {"abs": abs, "ceiling": _ceiling, "floor": _floor}


def _starts(text: Any, beginning: Any) -> bool | None:
    if not (isinstance(text, str) and isinstance(beginning, str)):
        return None
    return text.startswith(beginning)


def _compared(op: str, left: Any, right: Any) -> bool | None:
    kinds = {type_name(left), type_name(right)}
    if "null" in kinds and not kinds & {"array", "object"}:
        return op in ("==", "!=") and _COMPARE[op](left is None, right is None)
    if len(kinds) > 1 or kinds & {"array", "object"}:
        return None
    if kinds == {"string"}:
        return _COMPARE[op](left.encode(), right.encode())
    return _COMPARE[op](left, right)
