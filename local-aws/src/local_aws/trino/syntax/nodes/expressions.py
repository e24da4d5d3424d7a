"""Nodes of expressions; each knows where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field

At = tuple[int, int]


@dataclass(frozen=True)
class Node:
    """Any node; `at` is its line and column, both from 1, where Trino's errors point."""

    at: At


@dataclass(frozen=True)
class Literal(Node):
    """Number, string, boolean, null or binary: `kind` says which, `text` is what was written."""

    kind: str
    text: str


@dataclass(frozen=True)
class TypedLiteral(Node):
    """A type's name before a string, such as DATE '2019-10-01'."""

    type: str
    text: str


@dataclass(frozen=True)
class IntervalLiteral(Node):
    """INTERVAL '1' DAY, INTERVAL - '1-2' YEAR TO MONTH."""

    negative: bool
    text: str
    unit: str
    to: str


@dataclass(frozen=True)
class Name(Node):
    """An identifier in lower case, and as it was written: a column's heading keeps its casing."""

    name: str
    written: str = field(default="", compare=False)


@dataclass(frozen=True)
class Dereference(Node):
    """base.name: a column of a relation, or a field of a row; the name as in `Name`."""

    base: Node
    name: str
    written: str = field(default="", compare=False)


@dataclass(frozen=True)
class Star(Node):
    """* or base.* in a select list."""

    base: Node | None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class SortItem(Node):
    """One item of ORDER BY."""

    key: Node
    descending: bool = False
    nulls_first: bool = False


@dataclass(frozen=True)
class FrameBound(Node):
    """One end of a window's frame: `kind` is such as UNBOUNDED PRECEDING or PRECEDING."""

    kind: str
    value: Node | None = None


@dataclass(frozen=True)
class Window(Node):
    """A window specification, perhaps built on a named one."""

    base: str | None
    partition: tuple[Node, ...] = ()
    order: tuple[SortItem, ...] = ()
    unit: str = ""
    start: FrameBound | None = None
    end: FrameBound | None = None
    frame_at: At = (1, 1)
    order_at: At = (1, 1)


@dataclass(frozen=True)
class Call(Node):
    """A function call with all its clauses; `over` may be the name of a window."""

    name: str
    args: tuple[Node, ...]
    star: bool = False
    distinct: bool = False
    order: tuple[SortItem, ...] = ()
    filter: Node | None = None
    nulls: str = ""
    over: Window | None = None


@dataclass(frozen=True)
class Lambda(Node):
    """(a, b) -> body."""

    params: tuple[str, ...]
    body: Node


@dataclass(frozen=True)
class Unary(Node):
    """- or + before an operand."""

    op: str
    operand: Node


@dataclass(frozen=True)
class Binary(Node):
    """Arithmetic, comparison, || , AND, OR."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Not(Node):
    """NOT operand."""

    operand: Node


@dataclass(frozen=True)
class Between(Node):
    """BETWEEN."""

    operand: Node
    low: Node
    high: Node


@dataclass(frozen=True)
class InList(Node):
    """IN (values)."""

    operand: Node
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Like(Node):
    """LIKE pattern ESCAPE escape."""

    operand: Node
    pattern: Node
    escape: Node | None


@dataclass(frozen=True)
class IsNull(Node):
    """IS NULL."""

    operand: Node


@dataclass(frozen=True)
class IsDistinct(Node):
    """IS DISTINCT FROM."""

    left: Node
    right: Node


@dataclass(frozen=True)
class Case(Node):
    """CASE, with an operand or searched."""

    operand: Node | None
    whens: tuple[tuple[Node, Node], ...]
    default: Node | None


@dataclass(frozen=True)
class Cast(Node):
    """CAST or TRY_CAST (safe)."""

    operand: Node
    type: str
    safe: bool


@dataclass(frozen=True)
class Row(Node):
    """ROW(a, b) or (a, b)."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Array(Node):
    """ARRAY[a, b]."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Subscript(Node):
    """base[index]."""

    base: Node
    index: Node


@dataclass(frozen=True)
class AtTimeZone(Node):
    """operand AT TIME ZONE zone."""

    operand: Node
    zone: Node


@dataclass(frozen=True)
class Extract(Node):
    """EXTRACT(field FROM operand)."""

    field: str
    operand: Node


@dataclass(frozen=True)
class Current(Node):
    """CURRENT_DATE, CURRENT_TIMESTAMP(p), LOCALTIME, CURRENT_USER."""

    name: str
    precision: int | None = None


@dataclass(frozen=True)
class Parameter(Node):
    """?, counted from 0."""

    index: int


def name_parts(node: Node) -> tuple[str, ...]:
    """Parts of a dotted name; empty where the node is something else."""
    if isinstance(node, Name):
        return (node.name,)
    if isinstance(node, Dereference):
        before = name_parts(node.base)
        return (*before, node.name) if before else ()
    return ()
