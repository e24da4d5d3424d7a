"""Which expressions are the same one: asked of the tree, as Trino's analysis does.

Two expressions are one where their trees are equal, places and spelling aside, and their names mean
the same fields. Equal DuckDB text is no measure: ``date(x)`` and ``CAST(x AS date)`` share theirs,
while two lambdas of the same words have different ones.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable
from typing import Any

from local_aws.trino.syntax import nodes as n

Meaning = Callable[[tuple[str, ...], n.Node], Hashable | None]


def of_field(number: int) -> Hashable:
    """Identity of a field's bare name."""
    return "field", number


def of_node(node: n.Node, meaning: Meaning) -> Hashable:
    """Identity of an expression.

    Parameters
    ----------
    node
        The expression.
    meaning
        Identity of what a name, perhaps qualified, means at its place; None where it is no column.
    """
    return _shape(node, meaning, frozenset())


_MEMBERS: dict[type, tuple[str, ...]] = {}


def _members(kind: type[n.Node]) -> tuple[str, ...]:
    """Fields of a node that say what it is; places and the spelling of a name do not."""
    if kind not in _MEMBERS:
        names = (field.name for field in dataclasses.fields(kind) if field.compare)
        _MEMBERS[kind] = tuple(name for name in names if not f"_{name}".endswith("_at"))
    return _MEMBERS[kind]


def _shape(node: Any, meaning: Meaning, bound: frozenset[str]) -> Hashable:
    if isinstance(node, tuple):
        return tuple(_shape(one, meaning, bound) for one in node)
    if not isinstance(node, n.Node):
        return node if isinstance(node, Hashable) else str(node)
    if isinstance(node, n.Name | n.Dereference):
        parts = n.name_parts(node)
        found = meaning(parts, node) if parts and parts[0] not in bound else None
        if found is not None:
            return found
    if isinstance(node, n.Lambda):
        bound |= frozenset(node.params)
    if isinstance(node, n.Query):  # its names have their own scope: taken by their words
        meaning = _no_meaning
    kind = type(node)
    return kind, *(_shape(getattr(node, name), meaning, bound) for name in _members(kind))


def _no_meaning(parts: tuple[str, ...], node: n.Node) -> None:
    """Know no name."""
