"""GROUP BY: keys, grouping sets, and what makes a SELECT aggregate."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from local_aws.trino.analysis.analyser import ExpressionAnalyser
from local_aws.trino.analysis.calls import is_aggregate
from local_aws.trino.analysis.identity import of_field
from local_aws.trino.analysis.scope import Field, as_expression
from local_aws.trino.emit.expr import Expr
from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.tell import told
from local_aws.trino.syntax.walk import nodes_of
from local_aws.trino.type_storage import to_duckdb


@dataclass(frozen=True)
class Grouping:
    """GROUP BY: its text, its keys by their identity, and whether it has one grouping set."""

    sql: str = ""
    keys: dict[Hashable, Expr] = field(default_factory=dict)
    simple: bool = True


def aggregates(node: n.Select, order: Sequence[n.SortItem]) -> bool:
    """Whether a SELECT without GROUP BY aggregates all the same."""
    parts = (node.items, node.having, tuple(order))
    return any(
        isinstance(one, n.Call) and one.over is None and is_aggregate(one.name)
        for one in nodes_of(parts, queries=False)
    )


def group_by(
    node: n.Select,
    selected: Sequence[tuple[str | None, n.Node | Field]],
    analyser: ExpressionAnalyser,
) -> Grouping:
    """Analyse GROUP BY; grouping sets are multiplied out."""
    plain = analyser.with_rules(clause="GROUP BY clause", aggregates=False, windows=False)
    keys: dict[Hashable, Expr] = {}

    def analysed(item: n.Node) -> str:
        value: n.Node | Field = item
        if isinstance(item, n.Literal) and item.kind == "integer":
            index = int(item.text)
            if not 1 <= index <= len(selected):
                message = f"GROUP BY position {index} is not in select list"
                raise TrinoError("INVALID_COLUMN_REFERENCE", message, *item.at)
            value = selected[index - 1][1]
        if isinstance(value, Field):
            found = as_expression(value)
            number = of_field(value.id)
        else:
            found = plain.with_rules(at=item.at).analyse(value)
            number = plain.identity(value)
        found = keys.setdefault(number, replace(found, ungrouped=()))
        return f"CAST({found.sql} AS {to_duckdb(found.type)})" if found.is_literal else found.sql

    elements = []
    for element in node.group:
        if element.kind != "SIMPLE":
            _check_columns(element)
        sets = [tuple(analysed(item) for item in one) for one in element.sets]
        elements.append(_sets_of(element.kind, sets))
    simple = all(len(sets) == 1 for sets in elements)
    combined = [
        tuple(dict.fromkeys(k for part in parts for k in part)) for parts in product(*elements)
    ]
    if node.group_distinct:
        combined = list({frozenset(one): one for one in combined}.values())
    if not node.group:
        text = ""
    elif simple:
        text = f" GROUP BY {', '.join(combined[0])}" if combined[0] else " GROUP BY ()"
    else:
        sets_text = ", ".join(f"({', '.join(one)})" for one in combined)
        text = f" GROUP BY GROUPING SETS ({sets_text})"
    return Grouping(text, keys, simple)


def _check_columns(element: n.GroupingElement) -> None:
    """Fail where a grouping set holds anything but columns."""
    for item in (item for one in element.sets for item in one):
        if not n.name_parts(item):
            message = f"GROUP BY expression must be a column reference: {told(item)}"
            raise TrinoError("INVALID_COLUMN_REFERENCE", message, *item.at)


def _sets_of(kind: str, sets: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """List the grouping sets that one element of GROUP BY stands for."""
    if kind == "ROLLUP":
        return [sum(sets[:count], ()) for count in range(len(sets), -1, -1)]
    if kind == "CUBE":
        return [
            sum((one for i, one in enumerate(sets) if not mask >> (len(sets) - 1 - i) & 1), ())
            for mask in range(2 ** len(sets))
        ]
    return sets
