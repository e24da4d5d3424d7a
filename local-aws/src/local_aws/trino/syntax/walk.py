"""Walking over a tree, whatever its nodes are."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from local_aws.trino.syntax import nodes as n

_MEMBERS: dict[type, tuple[str, ...]] = {}


def children(node: object) -> Sequence[object]:
    """List what stands directly in a node or in a tuple of nodes; nothing for texts and numbers."""
    if isinstance(node, tuple):
        return node
    if not isinstance(node, n.Node):
        return ()
    kind = type(node)
    if kind not in _MEMBERS:
        names = (field.name for field in dataclasses.fields(kind))
        _MEMBERS[kind] = tuple(name for name in names if name != "at")
    return [getattr(node, name) for name in _MEMBERS[kind]]


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
        if isinstance(node, n.Query) and not queries:
            continue
        if isinstance(node, n.Node):
            yield node
        left.extend(reversed(children(node)))
