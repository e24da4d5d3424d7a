"""DELETE, UPDATE and MERGE as one query: which rows go, by their places, and which come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.walk import nodes_of


@dataclass(frozen=True)
class Planned:
    """A clause, the place of its first value among the query's columns, and what they set."""

    clause: n.Clause
    columns: tuple[str, ...]
    first: int


@dataclass(frozen=True)
class ChangeQuery:
    """The query and what its columns are.

    Its columns are: the path of a row's file and its position there, both NULL for a row of the
    source alone; the number of the clause that applies, NULL for none; each clause's values; and
    those of the table's own columns that an update leaves as they are, at the places in `old`.
    """

    query: n.Query
    clauses: tuple[Planned, ...]
    old: Mapping[str, int]


def change_query(change: n.Change, columns: Sequence[str]) -> ChangeQuery:
    """Return the query of a statement over a table of these columns.

    Raises
    ------
    TrinoError
        For columns that the table lacks or that are named twice, too few values, or windows.
    """
    at = change.at
    own = n.Name(at, change.name, change.name)

    def column(name: str) -> n.Node:
        return n.Dereference(at, own, name, name)

    items: list[n.Node] = [column("$path"), column("$pos"), _number(change, column("$pos"))]
    planned = []
    for clause in change.clauses:
        named = clause.columns or (tuple(columns) if clause.action == "INSERT" else ())
        _check(change, clause, named, columns)
        planned.append(Planned(clause, named, len(items)))
        test = _applies(clause, column("$pos"))
        items += [n.Case(value.at, None, ((test, value),), None) for value in clause.values]
    updates = [set(each.columns) for each in planned if each.clause.action == "UPDATE"]
    kept = [name for name in columns if any(name not in listed for listed in updates)]
    old = {name: len(items) + place for place, name in enumerate(kept)}
    items += [column(name) for name in kept]
    target: n.Node = n.Aliased(change.table.at, change.table, change.name)
    where = change.where
    if change.source is not None:
        target = n.Join(at, "LEFT", change.source, target, on=change.on)
        if all(clause.matched for clause in change.clauses):
            where = n.Not(at, n.IsNull(at, column("$pos")))
    select = n.Select(
        at, tuple(n.SelectItem(item.at, item) for item in items), False, target, where
    )
    return ChangeQuery(n.Query(at, select, parameters=change.parameters), tuple(planned), old)


def _applies(clause: n.Clause, position: n.Node) -> n.Node:
    is_null = n.IsNull(clause.at, position)
    found: n.Node = n.Not(clause.at, is_null) if clause.matched else is_null
    if clause.condition is not None:
        found = n.Binary(clause.at, "AND", found, clause.condition)
    return found


def _number(change: n.Change, position: n.Node) -> n.Node:
    whens = tuple(
        (_applies(clause, position), n.Literal(clause.at, "integer", str(number)))
        for number, clause in enumerate(change.clauses)
    )
    return n.Case(change.at, None, whens, None)


def _check(
    change: n.Change, clause: n.Clause, named: Sequence[str], columns: Sequence[str]
) -> None:
    merging = change.source is not None
    for node in nodes_of((clause.condition, clause.values), queries=False):
        if isinstance(node, n.Call) and node.over is not None:
            message = f"{clause.action} clause cannot contain window functions: {node.name}"
            raise TrinoError("EXPRESSION_NOT_SCALAR", message, *node.at)
    for place, name in enumerate(named):
        if name not in columns:
            message = f"The UPDATE SET target column {name} doesn't exist"
            at = clause.places[place] if clause.places else clause.at
            if merging:
                message = f"Merge column name does not exist in target table: {name}"
                at = change.at
            raise TrinoError("COLUMN_NOT_FOUND", message, *at)
        if list(named).count(name) > 1:
            message = f"Multiple assignments for column: {name}"
            if merging:
                message = f"Merge column name is specified more than once: {name}"
            raise TrinoError("DUPLICATE_COLUMN_NAME", message, *change.at)
    if clause.action == "INSERT" and len(named) != len(clause.values):
        message = (
            f"Number of merge columns ({len(named)}) isn't equal to number of expressions "
            f"({len(clause.values)})"
        )
        raise TrinoError("TYPE_MISMATCH", message, *clause.at)
