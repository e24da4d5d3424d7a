"""What names mean: fields of relations, scopes, common tables, and what one compilation shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from local_aws.trino.analysis.select_lists import SelectLists
from local_aws.trino.emit.expr import Expr
from local_aws.trino.errors import TrinoError
from local_aws.trino.schema import Catalog, Scan
from local_aws.trino.syntax.nodes import At, Node, Query
from local_aws.trino.types import TrinoType

CATALOG = "awsdatacatalog"


@dataclass(frozen=True)
class Field:
    """A column that a scope offers.

    Attributes
    ----------
    id
        Number of the field in this compilation, for the record of what is used.
    name
        What it is called; None where it has no name.
    type
        Its type.
    sql
        Its DuckDB text.
    prefix
        Parts of the relation's name by which it may be qualified; any tail of them will do.
    pruned
        The base-table column that it is, unchanged, where a filter on it may be pushed down to the
        scan; otherwise None.
    hidden
        Whether ``*`` leaves it out.
    """

    id: int
    name: str | None
    type: TrinoType
    sql: str
    prefix: tuple[str, ...] = ()
    pruned: tuple[Scan, str] | None = None
    hidden: bool = False


def as_expression(field: Field) -> Expr:
    """Make the expression that a field's name alone is."""
    return Expr(field.sql, field.type, fields=frozenset((field.id,)), column=field.id)


@dataclass(frozen=True)
class Column:
    """An output column of a query: its name (None where it has none), type and field id."""

    name: str | None
    type: TrinoType
    id: int
    pruned: tuple[Scan, str] | None = None


@dataclass(frozen=True)
class Relation:
    """DuckDB text that yields columns: a query, or an element of FROM with the fields it offers.

    `before` is what must be joined to the left of `sql`: the arrays of UNNEST, row by row.
    """

    sql: str
    fields: tuple[Field, ...]
    before: str = ""

    @property
    def visible(self) -> tuple[Field, ...]:
        """The fields that ``*`` stands for."""
        return tuple(field for field in self.fields if not field.hidden)


@dataclass(frozen=True)
class Scope:
    """Fields in reach, and the scope around (of the query that a subquery stands in).

    From `closed` ones and those inside, what is around cannot be named.
    """

    fields: tuple[Field, ...] = ()
    parent: Scope | None = None
    lambda_params: bool = False
    closed: bool = False

    def find(self, parts: tuple[str, ...], at: At) -> tuple[Field, bool] | None:
        """Find the field of a name, perhaps qualified.

        Returns
        -------
        tuple of Field and bool, or None
            The field, and whether it belongs to this query (not to an enclosing one, and not to a
            lambda).

        Raises
        ------
        TrinoError
            AMBIGUOUS_NAME; NOT_SUPPORTED for a field around where that is closed.
        """
        scope: Scope | None = self
        local = True
        closed = self._is_closed()
        while scope is not None:
            found = [f for f in scope.fields if _matches(f, parts)]
            if len(found) > 1:
                name = ".".join(parts)
                raise TrinoError("AMBIGUOUS_NAME", f"Column '{name}' is ambiguous", *at)
            if found and closed and not local:
                name = ".".join(parts)
                message = (
                    f"Reference to column '{name}' from outer scope not allowed in this context"
                )
                raise TrinoError("NOT_SUPPORTED", message, *at)
            if found:
                return found[0], local and not scope.lambda_params
            local = local and scope.lambda_params
            scope = scope.parent
        return None

    def _is_closed(self) -> bool:
        scope: Scope | None = self
        while scope is not None and not scope.closed:
            scope = scope.parent
        return scope is not None


def _matches(candidate: Field, parts: tuple[str, ...]) -> bool:
    *qualifier, name = parts
    if candidate.name is None or candidate.name.lower() != name:
        return False
    count = len(qualifier)
    return not count or (candidate.prefix[-count:] == tuple(qualifier))


@dataclass
class CommonRelation:
    """A common table expression: its DuckDB name, its columns, and how often it is read."""

    sql_name: str
    columns: list[Column]
    references: int = 0


@dataclass(frozen=True)
class Env:
    """Where the names of tables are read: the database, and the common tables in reach."""

    database: str
    common: dict[str, CommonRelation] = field(default_factory=dict)
    views: tuple[tuple[str, str], ...] = ()

    def with_common(self, name: str, relation: CommonRelation) -> Env:
        """Make the environment in which one more common table is known."""
        return replace(self, common={**self.common, name: relation})


class QueryAnalyser(Protocol):
    """`queries.analyse_query`, which expressions and relations with queries inside call."""

    def __call__(
        self, query: Query, comp: Compilation, env: Env, outer: Scope | None
    ) -> tuple[str, list[Column]]:
        """Analyse a query."""


@dataclass
class Compilation:
    """What the parts of one compilation share."""

    catalog: Catalog
    now: datetime
    analyse_query: QueryAnalyser
    visitors: Mapping[type[Node], Callable[[Any, Any], Expr]]
    parameters: tuple[Expr, ...] = ()
    scans: list[Scan] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    reads: dict[int, frozenset[int]] = field(default_factory=dict)
    base_columns: dict[int, tuple[Scan, str]] = field(default_factory=dict)
    select_lists: SelectLists = field(default_factory=SelectLists)
    _count: int = 0
    _scans: int = 0

    def number(self) -> int:
        """Return a fresh number."""
        self._count += 1
        return self._count

    def scan_number(self) -> int:
        """Return the number of the next scan, from 0."""
        self._scans += 1
        return self._scans - 1

    def alias(self, letter: str = "t") -> str:
        """Return a fresh DuckDB name."""
        return f"{letter}{self.number()}"

    def use(self, *expressions: Expr | None) -> None:
        """Note that these expressions are needed whatever the outer query selects."""
        for expression in expressions:
            if expression is not None:
                self.used |= expression.fields

    def new_column(
        self,
        name: str | None,
        kind: TrinoType,
        reads: Iterable[int],
        pruned: tuple[Scan, str] | None = None,
    ) -> Column:
        """Make an output column that is computed from other fields."""
        column = Column(name, kind, self.number(), pruned)
        self.reads[column.id] = frozenset(reads)
        return column

    def everything_used(self) -> set[int]:
        """Ids of all fields that the result depends on."""
        reached: set[int] = set()
        waiting = list(self.used)
        while waiting:
            found = waiting.pop()
            if found not in reached:
                reached.add(found)
                waiting.extend(self.reads.get(found, ()))
        return reached


@dataclass(frozen=True)
class Place:
    """What something is analysed in: the compilation, the names of tables, the scope around."""

    comp: Compilation
    env: Env
    outer: Scope | None
