"""Nodes of queries, and of the expressions that hold one."""

from __future__ import annotations

from dataclasses import dataclass, field

from local_aws.trino.syntax.nodes.expressions import At, Name, Node, SortItem, Star, Window


@dataclass(frozen=True)
class InQuery(Node):
    """IN (query)."""

    operand: Node
    query: Query


@dataclass(frozen=True)
class Quantified(Node):
    """operand op ALL or ANY (query)."""

    op: str
    quantifier: str
    operand: Node
    query: Query


@dataclass(frozen=True)
class Exists(Node):
    """EXISTS (query)."""

    query: Query


@dataclass(frozen=True)
class Subquery(Node):
    """A query as a value."""

    query: Query


# Relations and queries


@dataclass(frozen=True)
class Table(Node):
    """A table, view or common table expression by its name's parts.

    `version` is what stands behind FOR TIMESTAMP or FOR VERSION AS OF, `kind` which of the two,
    `version_at` where the FOR stands.
    """

    parts: tuple[str, ...]
    kind: str = ""
    version: Node | None = None
    version_at: At = (1, 1)


@dataclass(frozen=True)
class DerivedTable(Node):
    """(query), LATERAL or not."""

    query: Query
    lateral: bool = False


@dataclass(frozen=True)
class Unnest(Node):
    """UNNEST(…) WITH ORDINALITY."""

    items: tuple[Node, ...]
    ordinality: bool


@dataclass(frozen=True)
class Sampled(Node):
    """relation TABLESAMPLE method (percentage)."""

    relation: Node
    method: str
    percentage: Node


@dataclass(frozen=True)
class Aliased(Node):
    """relation AS name (columns)."""

    relation: Node
    name: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Join(Node):
    """A join: kind is CROSS, INNER, LEFT, RIGHT or FULL."""

    kind: str
    left: Node
    right: Node
    on: Node | None = None
    using: tuple[Name, ...] = ()


@dataclass(frozen=True)
class SelectItem(Node):
    """An expression of a select list and its alias."""

    value: Node
    alias: str | None = None


@dataclass(frozen=True)
class GroupingElement(Node):
    """One element of GROUP BY: kind is SIMPLE, ROLLUP, CUBE or SETS; sets are lists of keys."""

    kind: str
    sets: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True)
class Select(Node):
    """SELECT … FROM … WHERE … GROUP BY … HAVING … WINDOW."""

    items: tuple[SelectItem | Star, ...]
    distinct: bool = False
    relation: Node | None = None
    where: Node | None = None
    group: tuple[GroupingElement, ...] = ()
    group_distinct: bool = False
    having: Node | None = None
    windows: tuple[tuple[str, Window], ...] = ()


@dataclass(frozen=True)
class Values(Node):
    """VALUES rows."""

    rows: tuple[Node, ...]


@dataclass(frozen=True)
class SetOperation(Node):
    """UNION, INTERSECT or EXCEPT, ALL or DISTINCT."""

    op: str
    all: bool
    left: Node
    right: Node


@dataclass(frozen=True)
class CommonTable(Node):
    """name (columns) AS (query) of a WITH."""

    name: str
    columns: tuple[str, ...]
    query: Query
    columns_at: At = (1, 1)


@dataclass(frozen=True)
class Query(Node):
    """A whole query: WITH, body, ORDER BY, OFFSET, LIMIT or FETCH FIRST."""

    body: Node
    ctes: tuple[CommonTable, ...] = ()
    recursive: bool = False
    order: tuple[SortItem, ...] = ()
    offset: Node | None = None
    limit: Node | None = None
    with_ties: bool = False
    parameters: int = field(default=0, compare=False)
