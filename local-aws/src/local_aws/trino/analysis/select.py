"""SELECT: its list, WHERE, GROUP BY and HAVING."""

from __future__ import annotations

from collections.abc import Sequence

from local_aws.trino.analysis.analyser import ExpressionAnalyser, Rules
from local_aws.trino.analysis.grouping import Grouping, aggregates, group_by
from local_aws.trino.analysis.identity import of_field
from local_aws.trino.analysis.pruning import conjuncts, push_down
from local_aws.trino.analysis.relations import From
from local_aws.trino.analysis.scope import (
    Column,
    Compilation,
    Env,
    Field,
    Relation,
    Scope,
    as_expression,
)
from local_aws.trino.analysis.tail import Item, Tail, check_grouped, finish
from local_aws.trino.emit.expr import Expr
from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes as n


def analyse_select(
    node: n.Select, comp: Compilation, env: Env, outer: Scope | None, tail: Tail, top: bool
) -> tuple[str, list[Column]]:
    """Analyse a SELECT with the ORDER BY and LIMIT behind it; see `queries.analyse_query`."""
    relation = Relation("", ())
    if node.relation is not None:
        relation = From(comp, env, outer).analyse(node.relation)
    scope = Scope(relation.fields, outer)
    body = f"FROM {relation.sql}" if relation.sql else ""
    if node.where is not None:
        where = ExpressionAnalyser(comp, env, scope, Rules("WHERE clause", node.where.at))
        condition = where.boolean(node.where, "WHERE clause")
        comp.use(condition)
        push_down(conjuncts(node.where), relation.fields, where)
        body += f" WHERE {condition.sql}"
    grouped = bool(node.group) or node.having is not None or aggregates(node, tail.order)
    rules = Rules(
        clause="SELECT clause", aggregates=True, windows=True, named_windows=dict(node.windows)
    )
    analyser = ExpressionAnalyser(comp, env, scope, rules)
    selected = expand(node.items, relation.visible, analyser)
    grouping = Grouping()
    if grouped:
        grouping = group_by(node, selected, analyser)
        comp.use(*grouping.keys.values())
        analyser = analyser.with_rules(groups=grouping.keys)
        body += grouping.sql
    whole = grouped and not grouping.keys
    if whole and not node.group and node.having is None:
        body += " HAVING count(*) >= 0"
    items = [(name, _grouped(analyser, value)) for name, value in selected]
    if node.having is not None:
        having = analyser.with_rules(clause="HAVING clause", windows=False)
        found = having.boolean(node.having, "HAVING clause")
        check_grouped(found, node.having)
        comp.use(found)
        body += f" HAVING {found.sql}"
    origins = _origins(relation.fields, items, grouping, tail)
    return finish(
        body.strip(),
        items,
        origins,
        analyser,
        tail,
        top,
        distinct=node.distinct,
        whole=whole,
    )


def _grouped(analyser: ExpressionAnalyser, value: n.Node | Field) -> Expr:
    if isinstance(value, Field):
        groups = analyser.rules.groups
        name = value.name or ""
        if groups is not None and of_field(value.id) not in groups:
            shown = f"{value.prefix[-1]}.{name}" if value.prefix else name
            message = f"Column '{shown}' not in GROUP BY clause"
            raise TrinoError("EXPRESSION_NOT_AGGREGATE", message)
        return as_expression(value)
    found = analyser.analyse(value)
    check_grouped(found, value)
    return found


def _origins(
    fields: Sequence[Field], items: Sequence[Item], grouping: Grouping, tail: Tail
) -> list[object]:
    """For each item the partition column that it is, where filters may pass through the query."""
    windows = any("window" in value.has for _, value in items)
    if windows or tail.limit is not None or tail.offset is not None or not grouping.simple:
        return [None] * len(items)
    known = {field.id: field.pruned for field in fields if field.pruned is not None}
    if grouping.sql:
        keys = {one.column for one in grouping.keys.values()}
        known = {number: origin for number, origin in known.items() if number in keys}
    return [None if one.column is None else known.get(one.column) for _, one in items]


def expand(
    items: Sequence[n.SelectItem | n.Star], fields: Sequence[Field], analyser: ExpressionAnalyser
) -> list[tuple[str | None, n.Node | Field]]:
    """Spell out stars, and name what has a name of its own."""
    found: list[tuple[str | None, n.Node | Field]] = []
    for item in items:
        if isinstance(item, n.SelectItem):
            found.append((item.alias or own_name(item.value), item.value))
        elif item.base is None:
            if not fields:
                message = "SELECT * not allowed in queries without FROM clause"
                raise TrinoError("COLUMN_NOT_FOUND", message, *item.at)
            found += [(field.name, field) for field in fields]
        else:
            found += _qualified_star(item, fields, analyser)
    return found


def _qualified_star(
    item: n.Star, fields: Sequence[Field], analyser: ExpressionAnalyser
) -> list[tuple[str | None, n.Node | Field]]:
    parts = n.name_parts(item.base) if item.base is not None else ()
    count = len(parts)
    hits = [field for field in fields if count and field.prefix[-count:] == parts]
    if not hits:
        if len(parts) == 1 or item.base is None:
            message = f"Unable to resolve reference {'.'.join(parts)}"
            raise TrinoError("TABLE_NOT_FOUND", message, *item.at)
        return _row_star(item, item.base, analyser)
    names: list[str | None] = [field.name for field in hits]
    pieces: list[n.Node | Field] = list(hits)
    if item.aliases:
        if len(item.aliases) != len(names):
            message = "Column alias list has wrong number of entries"
            raise TrinoError("MISMATCHED_COLUMN_ALIASES", message, *item.at)
        names = list(item.aliases)
    return list(zip(names, pieces, strict=True))


def _row_star(
    item: n.Star, base: n.Node, analyser: ExpressionAnalyser
) -> list[tuple[str | None, n.Node | Field]]:
    """Spell out the fields of a row that is not a column."""
    kind = analyser.analyse(base).type
    if kind.name != "row":
        raise TrinoError("TYPE_MISMATCH", "Expression is not of type ROW", *item.at)
    names = item.aliases or tuple(name for name, _ in kind.args)
    if len(names) != len(kind.args):
        message = "Column alias list has wrong number of entries"
        raise TrinoError("MISMATCHED_COLUMN_ALIASES", message, *item.at)
    index = (n.Literal(item.at, "integer", str(i + 1)) for i in range(len(names)))
    return [(name, n.Subscript(item.at, base, one)) for name, one in zip(names, index, strict=True)]


def own_name(node: n.Node) -> str | None:
    """Name that an expression gives its column: a column's or a row field's, as it was written."""
    if isinstance(node, n.Name | n.Dereference) and n.name_parts(node):
        return node.written
    return None
