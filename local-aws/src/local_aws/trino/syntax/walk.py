"""Walking over a tree, whatever its nodes are."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from local_aws.trino.syntax import nodes as n

_MEMBERS: dict[type, tuple[str, ...]] = {}
_LEAVES = (str, int, bool, type(None))


def _members(kind: type[n.Node]) -> tuple[str, ...]:
    """Names of what stands in a node, the last first."""
    if kind not in _MEMBERS:
        names = (field.name for field in dataclasses.fields(kind))
        _MEMBERS[kind] = tuple(name for name in names if name != "at")[::-1]
    return _MEMBERS[kind]


def nodes_of(root: object, *, queries: bool = True) -> Iterator[n.Node]:
    """Give every node of a tree, the outer before the inner, in the order of the text.

    Parameters
    ----------
    root
        A node or a tuple of them.
    queries
        Whether to go into queries that stand inside.
    """
    left = [root]
    while left:
        node = left.pop()
        if isinstance(node, tuple):
            left.extend(reversed(node))
        elif isinstance(node, n.Node) and (queries or not isinstance(node, n.Query)):
            yield node
            inside = (getattr(node, name) for name in _members(type(node)))
            left.extend(child for child in inside if type(child) not in _LEAVES)
