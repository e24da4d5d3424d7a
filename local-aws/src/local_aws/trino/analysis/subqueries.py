"""Queries inside expressions."""

from __future__ import annotations

from dataclasses import replace

from local_aws.trino.analysis.analyser import ExpressionAnalyser
from local_aws.trino.emit.coercion import coerce, key, key_conversion
from local_aws.trino.emit.conversion import as_it_is
from local_aws.trino.emit.expr import Expr, combine
from local_aws.trino.emit.quoting import quote_name
from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes as n
from local_aws.trino.type_coercion import common_super_type
from local_aws.trino.type_storage import row_field_names
from local_aws.trino.types import BOOLEAN, TrinoType, row


def subquery(analyser: ExpressionAnalyser, node: n.Subquery) -> Expr:
    """Analyse a query as a value."""
    sql, kind = subquery_of(analyser, node.query)
    return analyser.hoist(Expr(f"({sql})", kind, has=frozenset(("subquery",))))


def exists(analyser: ExpressionAnalyser, node: n.Exists) -> Expr:
    """Analyse EXISTS."""
    sql, _ = analyser.comp.analyse_query(node.query, analyser.comp, analyser.env, analyser.scope)
    return analyser.hoist(Expr(f"EXISTS ({sql})", BOOLEAN, has=frozenset(("subquery",))))


def in_query(analyser: ExpressionAnalyser, node: n.InQuery) -> Expr:
    """Analyse IN with a query."""
    left, query = against_query(analyser, node.operand, node.query, node, "=")
    sql = f"({left.sql} IN ({query}))"
    return analyser.hoist(combine(sql, BOOLEAN, left, has=("subquery",)))


def quantified(analyser: ExpressionAnalyser, node: n.Quantified) -> Expr:
    """Analyse a comparison with ALL or ANY."""
    left, query = against_query(analyser, node.operand, node.query, node, node.op)
    sql = f"({left.sql} {node.op} {node.quantifier} ({query}))"
    return analyser.hoist(combine(sql, BOOLEAN, left, has=("subquery",)))


def subquery_of(analyser: ExpressionAnalyser, query: n.Query) -> tuple[str, TrinoType]:
    """Analyse a query whose row is a value; its text and the type of its column c0."""
    sql, columns = analyser.comp.analyse_query(query, analyser.comp, analyser.env, analyser.scope)
    analyser.comp.used |= {column.id for column in columns}
    if len(columns) == 1:
        return sql, columns[0].type
    kind = row(*((column.name, column.type) for column in columns))
    names = row_field_names(kind)
    packed = ", ".join(f"{quote_name(name)} := c{i}" for i, name in enumerate(names))
    alias = analyser.comp.alias("q")
    return f"SELECT struct_pack({packed}) AS c0 FROM ({sql}) AS {alias}", kind


def against_query(
    analyser: ExpressionAnalyser, operand: n.Node, query: n.Query, node: n.Node, op: str
) -> tuple[Expr, str]:
    """Bring an operand and a subquery's column to one type."""
    left = analyser.analyse(operand)
    sql, found = subquery_of(analyser, query)
    kind = common_super_type(left.type, found)
    if kind is None:
        mine, other = (
            str(each) if each.name == "row" else f"row({each})" for each in (left.type, found)
        )
        message = "Value expression and result of subquery must be of the same type: "
        message += f"{mine} vs {other}"
        if op != "=":
            message = f"Cannot apply operator: {left.type} {op} {found}"
        raise TrinoError("TYPE_MISMATCH", message, *node.at)
    as_key = key_conversion(found, kind)
    if as_key is not as_it_is:
        sql = f"SELECT {as_key('c0')} AS c0 FROM ({sql}) AS {analyser.comp.alias('q')}"
    return replace(left, sql=key(coerce(left, kind)), type=kind), sql
