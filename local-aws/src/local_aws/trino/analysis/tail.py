"""What stands around a query's body: its select list before it, ORDER BY and LIMIT behind."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from local_aws.trino.analysis.analyser import ExpressionAnalyser
from local_aws.trino.analysis.scope import Column
from local_aws.trino.analysis.windows import check_orderable, direction
from local_aws.trino.emit.coercion import key
from local_aws.trino.emit.expr import Expr
from local_aws.trino.emit.quoting import quote_name
from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.tell import told


class Item(NamedTuple):
    """One item of a select list: its name, its value, and which expression it is."""

    name: str | None
    value: Expr
    identity: Hashable


class _SortKey(NamedTuple):
    """One key of ORDER BY: how it is written there, written out, its direction."""

    reference: str
    sql: str
    direction: str


@dataclass(frozen=True)
class Tail:
    """What stands behind a query's body."""

    order: tuple[n.SortItem, ...] = ()
    offset: n.Node | None = None
    limit: n.Node | None = None
    with_ties: bool = False


class _OrderAnalyser(ExpressionAnalyser):
    """Analyses ORDER BY: a bare name means a column of the select list first."""

    outputs: dict[str, list[Item]]

    def output(self, parts: tuple[str, ...], node: n.Node) -> Item | None:
        """Return the item of the select list that a name means, if it means one."""
        named = self.outputs.get(parts[0], ()) if len(parts) == 1 else ()
        hits = {item.identity: item for item in named}
        if len(hits) > 1:
            raise TrinoError("AMBIGUOUS_NAME", f"Column '{parts[0]}' is ambiguous", *node.at)
        return next(iter(hits.values()), None)

    def resolved(self, parts: tuple[str, ...], node: n.Node) -> Expr | None:
        item = self.output(parts, node)
        return super().resolved(parts, node) if item is None else item.value

    def meaning(self, parts: tuple[str, ...], node: n.Node) -> Hashable | None:
        item = self.output(parts, node)
        return super().meaning(parts, node) if item is None else item.identity

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
) -> tuple[list[_SortKey], list[Expr], set[int]]:
    """Sort keys, what they read, and which items they are."""
    ordering = _OrderAnalyser(analyser.comp, analyser.env, analyser.scope, analyser.rules)
    ordering.outputs = {}
    for one in items:
        if one.name is not None:
            ordering.outputs.setdefault(one.name.lower(), []).append(one)
    positions = {one.identity: i for i, one in reversed(list(enumerate(items)))}
    keys: list[_SortKey] = []
    parts: list[Expr] = []
    chosen: set[int] = set()
    for item in tail.order:
        if isinstance(item.key, n.Literal) and item.key.kind == "integer":
            index = int(item.key.text) - 1
            if not 0 <= index < len(items):
                message = f"ORDER BY position {index + 1} is not in select list"
                raise TrinoError("INVALID_COLUMN_REFERENCE", message, *item.key.at)
            found = items[index].value
        else:
            found = ordering.analyse(item.key)
            check_grouped(found, item.key)
            index = positions.get(ordering.identity(item.key), -1)
            if distinct and index < 0:
                message = "For SELECT DISTINCT, ORDER BY expressions must appear in select list"
                raise TrinoError("EXPRESSION_NOT_IN_DISTINCT", message, *item.key.at)
        check_orderable(found, item.key)
        if index >= 0:
            chosen.add(index)
            reference = str(index + 1) if top else f"c{index}"
            keys.append(_SortKey(reference, found.sql, direction(item)))
        elif not found.is_literal:
            parts.append(found)
            keys.append(_SortKey(key(found), key(found), direction(item)))
    return keys, parts, chosen


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
        comp.new_column(one.name, one.value.type, one.value.fields, origin)  # type: ignore[arg-type]
        for one, origin in zip(items, origins, strict=True)
    ]
    if distinct:
        comp.used |= {column.id for column in columns}
    limit = None if tail.limit is None else _row_count(tail.limit, analyser, "LIMIT")
    offset = None if tail.offset is None else _row_count(tail.offset, analyser, "OFFSET")
    keys, parts, chosen = _order_text(items, analyser, tail, distinct, top)
    if tail.with_ties and not keys:
        message = "FETCH FIRST WITH TIES clause requires ORDER BY"
        raise TrinoError("MISSING_ORDER_BY", message, *(tail.limit or n.Node((1, 1))).at)
    behind = ""
    if keys and (top or limit is not None or offset is not None):
        comp.use(*parts)
        comp.used |= {columns[i].id for i in chosen}
        if tail.with_ties:
            behind += f" QUALIFY {_ties(keys, tail, distinct, offset)} <= {limit}"
        behind += " ORDER BY " + ", ".join(one.reference + one.direction for one in keys)
    if limit is not None and not tail.with_ties:
        behind += f" LIMIT {limit}"
    if offset is not None:
        behind += f" OFFSET {offset}"
    listed = [
        (column.id, f"{one.value.sql} AS {_output_name(one.name, i) if top else f'c{i}'}")
        for i, (column, one) in enumerate(zip(columns, items, strict=True))
    ]
    selected = comp.select_lists.put_off(listed, "count(*) AS c_" if whole else "1 AS c_")
    if top:
        comp.used |= {column.id for column in columns}
    word = "SELECT DISTINCT" if distinct else "SELECT"
    return f"{word} {selected} {body}".rstrip() + behind, columns


def _ties(
    keys: Sequence[_SortKey],
    tail: Tail,
    distinct: bool,
    offset: int | None,
) -> str:
    """Rank by the sort keys: what is at most the limit stays, ties included."""
    if distinct or offset is not None:
        place = (tail.limit or n.Node((1, 1))).at
        message = "FETCH FIRST WITH TIES with DISTINCT or OFFSET is not supported"
        raise TrinoError("NOT_SUPPORTED", message, *place)
    spelled = (one.sql + one.direction for one in keys)
    return f"rank() OVER (ORDER BY {', '.join(spelled)})"


def _output_name(name: str | None, index: int) -> str:
    return quote_name(name if name is not None else f"_col{index}")


def check_grouped(found: Expr, node: n.Node) -> None:
    """Fail where an expression reads a column that no grouping key covers."""
    if found.ungrouped:
        message = f"'{told(node)}' must be an aggregate expression or appear in GROUP BY clause"
        raise TrinoError("EXPRESSION_NOT_AGGREGATE", message, *node.at)
