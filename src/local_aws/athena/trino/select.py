"""SELECT: its list, WHERE, GROUP BY, HAVING, and the ORDER BY and LIMIT behind it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from local_aws.athena.trino import nodes as n
from local_aws.athena.trino.calls import is_aggregate
from local_aws.athena.trino.coercion import key
from local_aws.athena.trino.errors import TrinoError
from local_aws.athena.trino.expressions import ExpressionAnalyser, Rules
from local_aws.athena.trino.functions.model import Expr
from local_aws.athena.trino.pruning import conjuncts, push_down
from local_aws.athena.trino.relations import From
from local_aws.athena.trino.scope import (
    Column,
    Compilation,
    Env,
    Field,
    Relation,
    Scope,
    SelectList,
    quote_name,
)
from local_aws.athena.trino.tell import told
from local_aws.athena.trino.types import to_duckdb
from local_aws.athena.trino.windows import check_orderable, direction

Item = tuple[str | None, Expr]


@dataclass(frozen=True)
class Tail:
    """What stands behind a query's body."""

    order: tuple[n.SortItem, ...] = ()
    offset: n.Node | None = None
    limit: n.Node | None = None
    with_ties: bool = False


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
        where = ExpressionAnalyser(comp, env, scope, Rules("WHERE clause"))
        condition = where.boolean(node.where, "WHERE clause")
        comp.use(condition)
        push_down(conjuncts(node.where), relation.fields, where)
        body += f" WHERE {condition.sql}"
    grouped = bool(node.group) or node.having is not None or _aggregates(node, tail)
    rules = Rules(
        clause="SELECT clause", aggregates=True, windows=True, named_windows=dict(node.windows)
    )
    analyser = ExpressionAnalyser(comp, env, scope, rules)
    selected = expand(node.items, relation.fields, analyser)
    grouping = Grouping()
    if grouped:
        grouping = group_by(node, selected, analyser)
        comp.use(*grouping.keys)
        analyser = analyser.with_rules(groups=frozenset(one.sql for one in grouping.keys))
        body += grouping.sql
    whole = grouped and not grouping.keys
    if whole and not node.group and node.having is None:
        body += " HAVING count(*) >= 0"
    items = [(name, _grouped(analyser, value)) for name, value in selected]
    if node.having is not None:
        having = analyser.with_rules(clause="HAVING clause", windows=False)
        found = having.boolean(node.having, "HAVING clause")
        _check_grouped(found, node.having)
        comp.use(found)
        body += f" HAVING {found.sql}"
    origins = _origins(relation.fields, items, grouping, tail)
    if node.distinct:
        comp.use(*(value for _, value in items))
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
        loose = groups is not None and value.sql not in groups
        found = Expr(
            value.sql,
            value.type,
            fields=frozenset((value.id,)),
        )
        if loose:
            shown = f"{value.prefix[-1]}.{name}" if value.prefix else name
            message = f"Column '{shown}' not in GROUP BY clause"
            raise TrinoError("EXPRESSION_NOT_AGGREGATE", message)
        return found
    found = analyser.analyse(value)
    _check_grouped(found, value)
    return found


def _check_grouped(found: Expr, node: n.Node) -> None:
    if found.ungrouped:
        message = f"'{told(node)}' must be an aggregate expression or appear in GROUP BY clause"
        raise TrinoError("EXPRESSION_NOT_AGGREGATE", message, *node.at)


def _origins(
    fields: Sequence[Field], items: Sequence[Item], grouping: Grouping, tail: Tail
) -> list[object]:
    """For each item the partition column that it is, where filters may pass through the query."""
    windows = any("window" in value.has for _, value in items)
    if windows or tail.limit is not None or tail.offset is not None or not grouping.simple:
        return [None] * len(items)
    known = {field.sql: field.pruned for field in fields if field.pruned is not None}
    if grouping.sql:
        keys = {one.sql for one in grouping.keys}
        known = {sql: origin for sql, origin in known.items() if sql in keys}
    return [known.get(value.sql) for _, value in items]


# The select list


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
    """Name that an expression gives its column: a column's or a row field's."""
    parts = n.name_parts(node)
    return parts[-1] if parts else None


# GROUP BY


@dataclass(frozen=True)
class Grouping:
    """GROUP BY: its text, its keys, and whether it has one grouping set."""

    sql: str = ""
    keys: tuple[Expr, ...] = ()
    simple: bool = True


def _aggregates(node: n.Select, tail: Tail) -> bool:
    """Whether a SELECT without GROUP BY aggregates all the same."""
    return any(_has_aggregate(part) for part in (node.items, node.having, tail.order))


def _has_aggregate(node: object) -> bool:
    if isinstance(node, n.Query):
        return False
    if isinstance(node, n.Call) and node.over is None and is_aggregate(node.name):
        return True
    if dataclasses.is_dataclass(node):
        return any(_has_aggregate(getattr(node, one.name)) for one in dataclasses.fields(node))
    return isinstance(node, tuple) and any(_has_aggregate(one) for one in node)


def group_by(
    node: n.Select,
    selected: Sequence[tuple[str | None, n.Node | Field]],
    analyser: ExpressionAnalyser,
) -> Grouping:
    """Analyse GROUP BY; grouping sets are multiplied out."""
    plain = analyser.with_rules(clause="GROUP BY clause", aggregates=False, windows=False)
    keys: dict[str, Expr] = {}

    def analysed(item: n.Node) -> str:
        value: n.Node | Field = item
        if isinstance(item, n.Literal) and item.kind == "integer":
            index = int(item.text)
            if not 1 <= index <= len(selected):
                message = f"GROUP BY position {index} is not in select list"
                raise TrinoError("INVALID_COLUMN_REFERENCE", message, *item.at)
            value = selected[index - 1][1]
        if isinstance(value, Field):
            found = Expr(value.sql, value.type, fields=frozenset((value.id,)))
        else:
            found = plain.analyse(value)
        keys.setdefault(found.sql, found)
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
    return Grouping(text, tuple(keys.values()), simple)


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


# ORDER BY, OFFSET, LIMIT


class _OrderAnalyser(ExpressionAnalyser):
    """Analyses ORDER BY: a bare name means a column of the select list first."""

    outputs: dict[str, list[Expr]]

    def resolved(self, parts: tuple[str, ...], node: n.Node) -> Expr | None:
        hits = {one.sql: one for one in self.outputs.get(parts[0], ())} if len(parts) == 1 else {}
        if len(hits) > 1:
            raise TrinoError("AMBIGUOUS_NAME", f"Column '{parts[0]}' is ambiguous", *node.at)
        return next(iter(hits.values())) if hits else super().resolved(parts, node)

    def with_rules(self, **changes: object) -> ExpressionAnalyser:
        made = _OrderAnalyser(self.comp, self.env, self.scope, super().with_rules(**changes).rules)
        made.outputs = self.outputs
        return made


def _order_text(
    items: Sequence[Item],
    analyser: ExpressionAnalyser,
    tail: Tail,
    distinct: bool,
    top: bool,
) -> tuple[list[str], list[Expr], set[int]]:
    """Sort keys, what they read, and which items they are."""
    ordering = _OrderAnalyser(analyser.comp, analyser.env, analyser.scope, analyser.rules)
    ordering.outputs = {}
    for name, value in items:
        if name is not None:
            ordering.outputs.setdefault(name.lower(), []).append(value)
    positions = {value.sql: i for i, (_, value) in reversed(list(enumerate(items)))}
    texts: list[str] = []
    parts: list[Expr] = []
    chosen: set[int] = set()
    for item in tail.order:
        if isinstance(item.key, n.Literal) and item.key.kind == "integer":
            index = int(item.key.text) - 1
            if not 0 <= index < len(items):
                message = f"ORDER BY position {index + 1} is not in select list"
                raise TrinoError("INVALID_COLUMN_REFERENCE", message, *item.key.at)
            found = items[index][1]
        else:
            found = ordering.analyse(item.key)
            _check_grouped(found, item.key)
            index = positions.get(found.sql, -1)
            if distinct and index < 0:
                message = "For SELECT DISTINCT, ORDER BY expressions must appear in select list"
                raise TrinoError("EXPRESSION_NOT_IN_DISTINCT", message, *item.key.at)
        check_orderable(found, item.key)
        if index >= 0:
            chosen.add(index)
            texts.append((str(index + 1) if top else f"c{index}") + direction(item))
        elif not found.is_literal:
            parts.append(found)
            texts.append(key(found) + direction(item))
    return texts, parts, chosen


def _row_count(node: n.Node, analyser: ExpressionAnalyser, what: str) -> int:
    found = analyser.analyse(node)
    if isinstance(found.value, bool) or not isinstance(found.value, int) or found.value < 0:
        message = f"{what} row count must be a non-negative integer"
        raise TrinoError("INVALID_LIMIT_CLAUSE", message, *node.at)
    return found.value


def finish(
    body: str,
    items: Sequence[Item],
    origins: Sequence[object],
    analyser: ExpressionAnalyser,
    tail: Tail,
    top: bool,
    *,
    distinct: bool = False,
    whole: bool = False,
) -> tuple[str, list[Column]]:
    """Put a select list before a body, and ORDER BY and LIMIT behind it.

    Parameters
    ----------
    body
        Text from FROM to HAVING.
    items, origins
        The select list, and for each item the partition column that it is, or None.
    analyser
        For the expressions of ORDER BY.
    tail, top
        ORDER BY and LIMIT; whether this is the statement itself.
    distinct
        SELECT DISTINCT.
    whole
        Whether all rows make one group, so that one row remains when no item is used.
    """
    comp = analyser.comp
    columns = [
        comp.new_column(name, value.type, value.fields, origin)  # type: ignore[arg-type]
        for (name, value), origin in zip(items, origins, strict=True)
    ]
    limit = None if tail.limit is None else _row_count(tail.limit, analyser, "LIMIT")
    offset = None if tail.offset is None else _row_count(tail.offset, analyser, "OFFSET")
    texts, parts, chosen = _order_text(items, analyser, tail, distinct, top)
    if tail.with_ties and not texts:
        message = "FETCH FIRST WITH TIES clause requires ORDER BY"
        raise TrinoError("MISSING_ORDER_BY", message, *(tail.limit or n.Node((1, 1))).at)
    behind = ""
    if texts and (top or limit is not None or offset is not None):
        comp.use(*parts)
        comp.used |= {columns[i].id for i in chosen}
        if tail.with_ties:
            behind += f" QUALIFY {_ties(items, texts, tail, distinct, offset, top)} <= {limit}"
        behind += f" ORDER BY {', '.join(texts)}"
    if limit is not None and not tail.with_ties:
        behind += f" LIMIT {limit}"
    if offset is not None:
        behind += f" OFFSET {offset}"
    listed = [
        (column.id, f"{value.sql} AS {_output_name(name, i) if top else f'c{i}'}")
        for i, (column, (name, value)) in enumerate(zip(columns, items, strict=True))
    ]
    mark = f"\x00{comp.number()}\x00"
    comp.select_lists[mark] = SelectList(tuple(listed), "count(*) AS c_" if whole else "1 AS c_")
    if top:
        comp.used |= {column.id for column in columns}
    word = "SELECT DISTINCT" if distinct else "SELECT"
    return f"{word} {mark} {body}".rstrip() + behind, columns


def _ties(
    items: Sequence[Item],
    texts: list[str],
    tail: Tail,
    distinct: bool,
    offset: int | None,
    top: bool,
) -> str:
    """Rank by the sort keys: what is at most the limit stays, ties included."""
    if distinct or offset is not None:
        place = (tail.limit or n.Node((1, 1))).at
        message = "FETCH FIRST WITH TIES with DISTINCT or OFFSET is not supported"
        raise TrinoError("NOT_SUPPORTED", message, *place)
    spelled = []
    for text in texts:
        word, rest = text.split(" ", 1)
        if top and word.isdigit():
            word = items[int(word) - 1][1].sql
        elif not top and word.startswith("c") and word[1:].isdigit():
            word = items[int(word[1:])][1].sql
        spelled.append(f"{word} {rest}")
    return f"rank() OVER (ORDER BY {', '.join(spelled)})"


def _output_name(name: str | None, index: int) -> str:
    return quote_name(name if name is not None else f"_col{index}")
