"""Whole queries: WITH, set operations, VALUES, ORDER BY and LIMIT."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence

from local_aws.trino.analysis.analyser import ExpressionAnalyser, Rules
from local_aws.trino.analysis.common_tables import (
    bare_reads,
    check_step,
    first_read,
    renamed,
    unrolled,
)
from local_aws.trino.analysis.identity import of_field
from local_aws.trino.analysis.scope import (
    Column,
    CommonRelation,
    Compilation,
    Env,
    Field,
    Scope,
    as_expression,
)
from local_aws.trino.analysis.select import analyse_select
from local_aws.trino.analysis.tail import Item, Tail, finish
from local_aws.trino.emit.casts import conversion
from local_aws.trino.emit.coercion import coerce, common_type
from local_aws.trino.emit.conversion import as_it_is
from local_aws.trino.emit.expr import Expr
from local_aws.trino.errors import TrinoError
from local_aws.trino.schema import Scan
from local_aws.trino.syntax import nodes as n
from local_aws.trino.types import TrinoType

Analysed = tuple[str, list[Column]]


def analyse_query(
    query: n.Query, comp: Compilation, env: Env, outer: Scope | None, top: bool = False
) -> Analysed:
    """Analyse a query.

    Parameters
    ----------
    query
        The syntax tree.
    comp, env, outer
        The compilation, the names of tables, and the scope around a subquery.
    top
        Whether it is the statement itself: its columns then get their real names.

    Returns
    -------
    tuple of str and list of Column
        DuckDB text whose columns are ``c0``, ``c1``, … (or the real names), its select lists put
        off; and the columns.
    """
    common: list[tuple[CommonRelation, str, list[Scan]]] = []
    reads = bare_reads(query) if query.ctes else Counter()
    for table in query.ctes:
        repeated = [one for one in query.ctes if one.name == table.name]
        if len(repeated) > 1 and repeated[0] is not table:
            message = f"WITH query name '{table.name}' specified more than once"
            raise TrinoError("DUPLICATE_NAMED_QUERY", message, *table.at)
        before = len(comp.scans)
        if query.recursive and table.name in bare_reads(table.query):
            relation, text = _recursive_table(table, comp, env)
        else:
            relation, text = _common_table(table, comp, env, once=reads[table.name] < 2)
        common.append((relation, text, comp.scans[before:]))
        env = env.with_common(table.name, relation)
    sql, columns = _body(query, comp, env, outer, top)
    needed = [(relation, text) for relation, text, _ in common if relation.references]
    unread = [scan for relation, _, scans in common if not relation.references for scan in scans]
    if unread:
        comp.scans[:] = [scan for scan in comp.scans if scan not in unread]
    if needed:
        word = "WITH RECURSIVE " if query.recursive else "WITH "
        sql = word + ", ".join(f"{r.sql_name} AS ({text})" for r, text in needed) + f" {sql}"
    return sql, columns


def _body(query: n.Query, comp: Compilation, env: Env, outer: Scope | None, top: bool) -> Analysed:
    """Analyse what stands behind WITH."""
    tail = Tail(query.order, query.offset, query.limit, query.with_ties)
    if isinstance(query.body, n.Select):
        return analyse_select(query.body, comp, env, outer, tail, top)
    plain = not (tail.order or tail.offset or tail.limit)
    if plain and isinstance(query.body, n.Query):
        return analyse_query(query.body, comp, env, outer, top)
    sql, columns = term(query.body, comp, env, outer)
    if plain and not top:
        return sql, columns
    alias = comp.alias()
    fields = tuple(
        Field(comp.new_column(c.name, c.type, (c.id,)).id, c.name, c.type, f"{alias}.c{i}")
        for i, c in enumerate(columns)
    )
    items = [Item(field.name, as_expression(field), of_field(field.id)) for field in fields]
    analyser = ExpressionAnalyser(comp, env, Scope(fields, outer), Rules("ORDER BY clause"))
    return finish(f"FROM ({sql}) AS {alias}", items, [None] * len(items), analyser, tail, top)


def term(node: n.Node, comp: Compilation, env: Env, outer: Scope | None) -> Analysed:
    """Analyse a query's body: SELECT, VALUES, a set operation, or a query in brackets."""
    match node:
        case n.Query():
            return analyse_query(node, comp, env, outer)
        case n.Select():
            return analyse_select(node, comp, env, outer, Tail(), False)
        case n.Values():
            return _values(node, comp, env, outer)
        case n.SetOperation():
            return _set_operation(node, comp, env, outer)
    kind = type(node).__name__
    raise TrinoError("NOT_SUPPORTED", f"{kind} is not supported as a query", *node.at)


def _values(node: n.Values, comp: Compilation, env: Env, outer: Scope | None) -> Analysed:
    analyser = ExpressionAnalyser(comp, env, Scope((), outer), Rules("VALUES"))
    rows = [
        [analyser.analyse(item) for item in (row.items if isinstance(row, n.Row) else (row,))]
        for row in node.rows
    ]
    width = len(rows[0])
    if any(len(row) != width for row in rows):
        message = "Values rows have mismatched sizes: "
        counts = " vs ".join(str(count) for count in dict.fromkeys(len(row) for row in rows))
        raise TrinoError("TYPE_MISMATCH", message + counts, *node.at)
    kinds: list[TrinoType] = []
    for i in range(width):
        kind = common_type([row[i] for row in rows])
        if kind is None:
            message = "Values rows have mismatched types: "
            shown = (f"row({', '.join(str(item.type) for item in row)})" for row in rows)
            types = " vs ".join(dict.fromkeys(shown))
            raise TrinoError("TYPE_MISMATCH", message + types, *node.at)
        kinds.append(kind)
    comp.use(*(item for row in rows for item in row))
    texts = (
        "(" + ", ".join(coerce(item, kind).sql for item, kind in zip(row, kinds, strict=True)) + ")"
        for row in rows
    )
    columns = [comp.new_column(None, kind, ()) for kind in kinds]
    alias = comp.alias("v")
    items = [(c.id, f"{alias}.c{i} AS c{i}") for i, c in enumerate(columns)]
    selected = comp.select_lists.put_off(items)
    names = ", ".join(f"c{i}" for i in range(width))
    return f"SELECT {selected} FROM (VALUES {', '.join(texts)}) AS {alias}({names})", columns


def _set_operation(
    node: n.SetOperation, comp: Compilation, env: Env, outer: Scope | None
) -> Analysed:
    left = term(node.left, comp, env, outer)
    right = term(node.right, comp, env, outer)
    if len(left[1]) != len(right[1]):
        message = f"{node.op} query has different number of fields: {len(left[1])}, {len(right[1])}"
        raise TrinoError("TYPE_MISMATCH", message, *node.at)
    kinds = []
    for i, (a, b) in enumerate(zip(left[1], right[1], strict=True), 1):
        kind = common_type([Expr("", a.type), Expr("", b.type)])
        if kind is None:
            message = f"column {i} in {node.op} query has incompatible types: {a.type}, {b.type}"
            raise TrinoError("TYPE_MISMATCH", message, *node.at)
        kinds.append(kind)
    left, right = converted(left, kinds, comp), converted(right, kinds, comp)
    if not (node.op == "UNION" and node.all):
        comp.used |= {column.id for column in (*left[1], *right[1])}
    columns = [
        comp.new_column(a.name, kind, (a.id, b.id))
        for a, b, kind in zip(left[1], right[1], kinds, strict=True)
    ]
    word = f"{node.op} ALL" if node.all else node.op
    return f"({left[0]}) {word} ({right[0]})", columns


def converted(query: Analysed, kinds: Sequence[TrinoType], comp: Compilation) -> Analysed:
    """Bring a query's columns to the given types."""
    sql, columns = query
    alias = comp.alias()
    found = [conversion(c.type, kind) for c, kind in zip(columns, kinds, strict=True)]
    if all(each is as_it_is for each in found):
        return query
    made = [
        comp.new_column(column.name, kind, (column.id,))
        for column, kind in zip(columns, kinds, strict=True)
    ]
    items = [
        (c.id, f"{convert(f'{alias}.c{i}')} AS c{i}")
        for i, (c, convert) in enumerate(zip(made, found, strict=True))
    ]
    return f"SELECT {comp.select_lists.put_off(items)} FROM ({sql}) AS {alias}", made


def _common_table(
    table: n.CommonTable, comp: Compilation, env: Env, *, once: bool
) -> tuple[CommonRelation, str]:
    sql, columns = analyse_query(table.query, comp, env, None)
    columns = renamed(table, columns)
    if not once:
        columns = [dataclasses.replace(column, pruned=None) for column in columns]
    return CommonRelation(comp.alias("w"), columns), sql


def _recursive_table(
    table: n.CommonTable, comp: Compilation, env: Env
) -> tuple[CommonRelation, str]:
    body = table.query.body
    while isinstance(body, n.Query):
        body = body.body
    if not table.columns:
        message = "missing column aliases in recursive WITH query"
        raise TrinoError("MISSING_COLUMN_ALIASES", message, *table.at)
    if not isinstance(body, n.SetOperation) or body.op != "UNION":
        message = "recursive query must be a UNION of an anchor and a step, with column aliases"
        raise TrinoError("INVALID_RECURSIVE_REFERENCE", message, *table.at)
    early = first_read(body.left, table.name)
    if early is not None:
        message = "WITH table name is referenced in the base relation of recursion"
        raise TrinoError("INVALID_RECURSIVE_REFERENCE", message, *early.at)
    sql, columns = term(body.left, comp, env, None)
    columns = renamed(table, columns)
    relation = CommonRelation(comp.alias("w"), columns)
    before = CommonRelation(comp.alias("w"), columns)
    step_sql, step = term(body.right, comp, env.with_common(table.name, before), None)
    check_step(columns, step, body.right.at)
    step_sql, step = converted((step_sql, step), [c.type for c in columns], comp)
    comp.used |= {column.id for column in (*columns, *step)}
    names = ", ".join(f"c{i}" for i in range(len(columns)))
    text = unrolled(relation.sql_name, names, sql, (before.sql_name, step_sql))
    return relation, text if body.all else f"SELECT DISTINCT {names} FROM ({text})"
