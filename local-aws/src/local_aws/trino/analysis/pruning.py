"""Which conditions choose partitions or row groups: each scan is told of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from local_aws.trino.analysis.analyser import ExpressionAnalyser
from local_aws.trino.analysis.scope import Field, Scope
from local_aws.trino.conditions import named
from local_aws.trino.emit.quoting import quote_name
from local_aws.trino.syntax import nodes as n


def conjuncts(node: n.Node | None) -> list[n.Node]:
    """Conditions that must all hold for a condition to hold."""
    if node is None:
        return []
    if isinstance(node, n.Binary) and node.op == "AND":
        return [*conjuncts(node.left), *conjuncts(node.right)]
    return [node]


def push_down(
    conditions: Sequence[n.Node], fields: Sequence[Field], analyser: ExpressionAnalyser
) -> None:
    """Add conditions that read columns of one scan alone to that scan.

    Those over partition columns only become its partition filter.

    Parameters
    ----------
    conditions
        Conjuncts, already found to be right.
    fields
        The fields that may lead to scans here.
    analyser
        The analyser of the clause.
    """
    by_id = {field.id: field for field in fields if field.pruned is not None}
    if not by_id:
        return
    for condition in conditions:
        found = analyser.analyse(condition)
        if not found.fields or not found.fields <= by_id.keys() or found.has:
            continue
        origins = {number: by_id[number].pruned for number in found.fields}
        names = {number: origin[1] for number, origin in origins.items() if origin is not None}
        scan, *others = {id(origin[0]): origin[0] for origin in origins.values() if origin}.values()
        if others:
            continue
        says = [] if found.says is None else [named(found.says, names)]
        if not set(names.values()) <= set(scan.table.partition_columns):
            scan.conditions += says
            continue
        scan.partition_conditions += says
        text = _over_columns(condition, analyser, by_id)
        before = scan.partition_filter
        scan.partition_filter = text if before is None else f"{before} AND {text}"


def _over_columns(condition: n.Node, analyser: ExpressionAnalyser, by_id: dict[int, Field]) -> str:
    """Text of a condition over the columns' bare names."""
    fields = tuple(
        replace(field, sql=quote_name(by_id[field.id].pruned[1]))  # type: ignore[index]
        if field.id in by_id
        else field
        for field in analyser.scope.fields
    )
    scope = Scope(fields, analyser.scope.parent)
    return type(analyser)(analyser.comp, analyser.env, scope, analyser.rules).analyse(condition).sql
