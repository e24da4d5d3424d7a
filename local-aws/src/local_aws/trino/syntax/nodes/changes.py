"""Nodes of statements that change rows."""

from __future__ import annotations

from dataclasses import dataclass

from local_aws.trino.syntax.nodes.expressions import At, Node
from local_aws.trino.syntax.nodes.queries import Table


@dataclass(frozen=True)
class Clause(Node):
    """What becomes of some rows: `action` is DELETE, UPDATE or INSERT.

    Attributes
    ----------
    matched
        Whether it is for rows of the table, or for those of the source that match none.
    condition
        What must be true besides.
    columns
        The columns that get `values`; none named means all of them, in order.
    places
        Where an UPDATE names its columns.
    """

    action: str
    matched: bool = True
    condition: Node | None = None
    columns: tuple[str, ...] = ()
    values: tuple[Node, ...] = ()
    places: tuple[At, ...] = ()


@dataclass(frozen=True)
class Change(Node):
    """DELETE, UPDATE or MERGE: of several clauses the first that fits a row is carried out.

    Attributes
    ----------
    table, name
        The table, and what its columns are qualified by.
    source, on
        What MERGE joins with the table.
    where
        Which rows DELETE and UPDATE change.
    parameters
        How many question marks there are.
    """

    table: Table
    name: str
    clauses: tuple[Clause, ...]
    source: Node | None = None
    on: Node | None = None
    where: Node | None = None
    parameters: int = 0
