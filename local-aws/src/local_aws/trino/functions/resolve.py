"""Which overload a call means, and what its type variables stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from local_aws.trino.emit.expr import Expr
from local_aws.trino.functions.model import Function
from local_aws.trino.type_coercion import can_coerce, common_super_type
from local_aws.trino.type_syntax import parse_type
from local_aws.trino.types import TrinoType, array, as_decimal, is_integer, map_of

Bindings = dict[str, TrinoType]
_ORDER = ["tinyint", "smallint", "integer", "bigint", "decimal", "real", "double"]
_ANY_SIZE = {"varchar", "char", "decimal", "timestamp", "timestamp with time zone", "time", "row"}


@dataclass(frozen=True)
class Pattern:
    """A parameter's type: a variable, a structure of patterns, or a plain type."""

    variable: str = ""
    name: str = ""
    parts: tuple[Pattern, ...] = ()
    plain: TrinoType | None = None


@dataclass(frozen=True)
class Lambda:
    """An argument that is a lambda: how many parameters it has, and how to analyse its body."""

    arity: int
    analyse: Callable[[Sequence[TrinoType]], Expr]


@dataclass(frozen=True)
class Resolved:
    """The chosen function, what to coerce each argument to, its lambdas and its return type."""

    function: Function
    targets: tuple[TrinoType | None, ...]
    lambdas: dict[int, Expr]
    type: TrinoType


def _split(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [part.strip() for part in [*parts, text[start:]]]


@cache
def read_pattern(text: str) -> Pattern:
    """Read a parameter's type, such as ``array(T)``, ``function(K,V,boolean)``, ``decimal``."""
    if re.fullmatch(r"[A-Z]\d?", text):
        return Pattern(variable=text)
    structure = re.fullmatch(r"(array|map|function)\((.*)\)", text)
    if structure:
        parts = tuple(read_pattern(part) for part in _split(structure.group(2)))
        return Pattern(name=structure.group(1), parts=parts)
    if text in _ANY_SIZE:
        return Pattern(name=text)
    kind = parse_type(text)
    return Pattern(name=kind.name, plain=kind)


def _distance(source: TrinoType, target: str) -> int:
    if source.name in _ORDER and target in _ORDER:
        return _ORDER.index(target) - _ORDER.index(source.name)
    return 8 if source.name == "char" else 4


def _unify(pattern: Pattern, kind: TrinoType, bindings: Bindings) -> int | None:
    """Bind the pattern's variables; the cost of the coercions, or None where it cannot match."""
    if pattern.variable:
        bound = bindings.get(pattern.variable)
        merged = kind if bound is None else common_super_type(bound, kind)
        if merged is None:
            return None
        bindings[pattern.variable] = merged
        return 0 if bound in (None, merged) and merged == kind else 1
    if kind.name == "unknown":
        return 1
    if pattern.parts:
        if pattern.name != kind.name:
            return None
        costs = [_unify(p, k, bindings) for p, k in zip(pattern.parts, kind.args, strict=True)]
        return None if None in costs else sum(cost for cost in costs if cost)
    if pattern.plain is not None:
        if kind == pattern.plain:
            return 0
        return _distance(kind, pattern.name) if can_coerce(kind, pattern.plain) else None
    if kind.name == pattern.name:
        return 0
    return None if _any_size(pattern.name, kind) is None else _distance(kind, pattern.name)


def _any_size(name: str, kind: TrinoType) -> TrinoType | None:
    """Return what a type becomes for a parameter of any size, or None where it cannot."""
    if kind.name == name:
        return kind
    if name == "decimal":
        return as_decimal(kind) if is_integer(kind) else None
    if name == "varchar":
        return TrinoType("varchar", kind.args) if kind.name == "char" else None
    if name == "char":
        return TrinoType("char", kind.args) if kind.name == "varchar" and kind.args else None
    if name == "timestamp" and kind.name == "date":
        return TrinoType(name, (0,))
    if name == "timestamp with time zone" and kind.name in ("date", "timestamp"):
        return TrinoType(name, kind.args or (0,))
    return None


_UNKNOWN_BECOMES = {
    "varchar": TrinoType("varchar", (0,)),
    "decimal": TrinoType("decimal", (38, 0)),
    "char": TrinoType("char", (1,)),
    "timestamp": TrinoType("timestamp", (3,)),
    "timestamp with time zone": TrinoType("timestamp with time zone", (3,)),
    "time": TrinoType("time", (3,)),
}


def _target(pattern: Pattern, kind: TrinoType | None, bindings: Bindings) -> TrinoType:
    if pattern.variable:
        return bindings.get(pattern.variable, TrinoType("unknown"))
    if pattern.parts:
        parts = [
            _target(part, kind.args[i] if kind and len(kind.args) > i else None, bindings)
            for i, part in enumerate(pattern.parts)
        ]
        return array(parts[0]) if pattern.name == "array" else map_of(parts[0], parts[1])
    if pattern.plain is not None:
        return pattern.plain
    if kind is None:  # of a result or of a lambda's
        return TrinoType(pattern.name)
    if kind.name == "unknown":
        return _UNKNOWN_BECOMES.get(pattern.name, TrinoType(pattern.name))
    return _any_size(pattern.name, kind) or TrinoType(pattern.name)


def _patterns(function: Function, count: int) -> list[Pattern] | None:
    """One pattern an argument, varargs repeated; None where the count cannot fit."""
    texts = list(function.args)
    if texts and texts[-1].endswith("..."):
        repeated = texts.pop().removesuffix("...")
        texts += [repeated] * (count - len(texts))
    return [read_pattern(text) for text in texts] if len(texts) == count else None


def _match(
    function: Function, args: Sequence[Expr | Lambda]
) -> tuple[int, Bindings, list[Pattern]] | None:
    patterns = _patterns(function, len(args))
    if patterns is None:
        return None
    bindings: Bindings = {}
    total = 0
    for pattern, arg in zip(patterns, args, strict=True):
        if isinstance(arg, Lambda):
            if pattern.name != "function" or len(pattern.parts) != arg.arity + 1:
                return None
            continue
        cost = None if pattern.name == "function" else _unify(pattern, arg.type, bindings)
        if cost is None:
            return None
        total += cost
    return total, bindings, patterns


def resolve(overloads: Sequence[Function], args: Sequence[Expr | Lambda]) -> Resolved | None:
    """Choose the overload that needs the least coercion; None where none matches.

    Raises
    ------
    TrinoError
        A lambda's body is wrong.
    """
    matches = [(found, f) for f in overloads if (found := _match(f, args)) is not None]
    if not matches:
        return None
    (_, bindings, patterns), function = min(matches, key=lambda match: match[0][0])
    lambdas: dict[int, Expr] = {}
    # What a lambda returns can widen a type that it, or another one, takes (the state of reduce),
    # and then it is read again with that type. The first round finds types, the second reads with
    # them, the third sees a state that widened once more.
    for _ in range(3):
        before = dict(bindings)
        for i, (pattern, arg) in enumerate(zip(patterns, args, strict=True)):
            if isinstance(arg, Lambda):
                lambdas[i] = arg.analyse([_target(p, None, bindings) for p in pattern.parts[:-1]])
                if _unify(pattern.parts[-1], lambdas[i].type, bindings) is None:
                    return None
        if bindings == before:
            break
    targets: list[TrinoType | None] = []
    for pattern, arg in zip(patterns, args, strict=True):
        if isinstance(arg, Lambda):
            targets.append(_target(pattern.parts[-1], None, bindings))
        else:
            targets.append(_target(pattern, arg.type, bindings))
    returns = function.returns
    if callable(returns):
        kind = returns([target for target in targets if target is not None])
    else:
        pattern = read_pattern(returns)
        sized = pattern.name in _ANY_SIZE
        kind = parse_type(returns) if sized else _target(pattern, None, bindings)
    return Resolved(function, tuple(targets), lambdas, kind)
