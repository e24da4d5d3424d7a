"""Operators and predicates."""

from __future__ import annotations

from dataclasses import replace

from local_aws.trino.analysis import literals
from local_aws.trino.analysis.analyser import ExpressionAnalyser
from local_aws.trino.analysis.call_errors import fail_overload, no_common_type
from local_aws.trino.conditions import joined
from local_aws.trino.emit import operators
from local_aws.trino.emit.coercion import (
    coerce,
    common_type,
    comparable,
    compared,
    is_orderable,
    said,
)
from local_aws.trino.emit.expr import Expr, combine
from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes as n
from local_aws.trino.types import (
    BOOLEAN,
    VARCHAR,
)

# Trino knows these comparisons by the operator that they are made of.
_TOLD_AS = {">": "<", ">=": "<=", "<>": "="}


def unary(analyser: ExpressionAnalyser, node: n.Unary) -> Expr:
    """Analyse a sign before an operand."""
    if isinstance(node.operand, n.Literal) and node.op == "-":
        literal = node.operand
        if literal.kind == "integer" and literal.text.isdigit():
            return _bracketed(literals.integer(-int(literal.text), node))
        if literal.kind in ("decimal", "double"):
            minus = replace(literal, text=f"-{literal.text}")
            return _bracketed(literals.plain(minus))
    operand = analyser.analyse(node.operand)
    try:
        return operators.negated(operand) if node.op == "-" else operand
    except operators.OperandError:
        message = f"Cannot negate {operand.type}"
        raise TrinoError("TYPE_MISMATCH", message, *node.at) from None


def binary(analyser: ExpressionAnalyser, node: n.Binary) -> Expr:
    """Analyse arithmetic, ||, a comparison, AND or OR; a long chain takes no deep recursion."""
    chain = [node]
    while isinstance(chain[-1].left, n.Binary) and not analyser.grouping_key(chain[-1].left):
        chain.append(chain[-1].left)
    found = analyser.analyse(chain[-1].left)
    while chain:
        link = chain.pop()
        if link.op in ("AND", "OR"):
            run = [link]
            while chain and chain[-1].op == link.op:
                run.append(chain.pop())
            found = _logical(analyser, found, run)
        else:
            found = _operation(analyser, found, link)
    return found


def _logical(analyser: ExpressionAnalyser, first: Expr, run: list[n.Binary]) -> Expr:
    """Make first AND b AND c, or the same with OR."""
    what = "Logical expression term"
    parts = [analyser.as_boolean(first, run[0].left, what)]
    parts += [analyser.boolean(link.right, what) for link in run]
    text = f" {run[0].op} ".join(part.sql for part in parts)
    says = joined(run[0].op == "AND", [part.says for part in parts])
    return combine(f"({text})", BOOLEAN, *parts, says=says)


def _operation(analyser: ExpressionAnalyser, left: Expr, node: n.Binary) -> Expr:
    right = analyser.analyse(node.right)
    found: Expr | None = None
    try:
        if node.op in ("+", "-", "*", "/", "%"):
            found = operators.arithmetic(node.op, left, right)
        elif node.op == "||":
            found = operators.concatenated(left, right)
        else:
            found = compared(node.op, left, right)
    except operators.OperandError:
        found = None
    except TrinoError as error:
        if error.line is None and error.name == "AMBIGUOUS_FUNCTION_CALL":
            raise TrinoError(error.name, error.message, *node.at) from None
        raise
    if found is None:
        if node.op == "||":
            fail_overload(analyser, node, "concat", (left, right))
        op = _TOLD_AS.get(node.op, node.op)
        message = f"Cannot apply operator: {left.type} {op} {right.type}"
        raise TrinoError("TYPE_MISMATCH", message, *node.at)
    return found


def negation(analyser: ExpressionAnalyser, node: n.Not) -> Expr:
    """Analyse NOT."""
    operand = analyser.boolean(node.operand, "Value of logical NOT expression")
    return combine(f"(NOT {operand.sql})", BOOLEAN, operand)


def between(analyser: ExpressionAnalyser, node: n.Between) -> Expr:
    """Analyse BETWEEN."""
    parts = tuple(map(analyser.analyse, (node.operand, node.low, node.high)))
    sides = comparable(parts)
    kind = common_type(parts)
    if sides is None or kind is None or not is_orderable(kind):
        message = f"Cannot check if {parts[0].type} is BETWEEN {parts[1].type} and {parts[2].type}"
        raise TrinoError("TYPE_MISMATCH", message, *node.at)
    value, low, high = sides
    says = joined(True, [said(">=", value, [low]), said("<=", value, [high])])
    sql = f"({value.sql} BETWEEN {low.sql} AND {high.sql})"
    return combine(sql, BOOLEAN, *parts, says=says)


def in_list(analyser: ExpressionAnalyser, node: n.InList) -> Expr:
    """Analyse IN with a list."""
    parts = tuple(map(analyser.analyse, (node.operand, *node.items)))
    sides = comparable(parts)
    if sides is None:
        nodes = (node.operand, *node.items)
        raise no_common_type("IN value and list items", parts, nodes)
    value, *items = sides
    sql = f"({value.sql} IN ({', '.join(item.sql for item in items)}))"
    return combine(sql, BOOLEAN, *parts, says=said("=", value, items))


def like(analyser: ExpressionAnalyser, node: n.Like) -> Expr:
    """Analyse LIKE."""
    parts = [analyser.analyse(node.operand), analyser.analyse(node.pattern)]
    if node.escape is not None:
        parts.append(analyser.analyse(node.escape))
    nodes = (node.operand, node.pattern, node.escape)
    for part, written, what in zip(
        parts, nodes, ("Left side of", "Pattern for", "Escape for"), strict=False
    ):
        if part.type.name not in ("varchar", "char", "unknown"):
            message = f"{what} LIKE expression must evaluate to a varchar (actual: {part.type})"
            raise TrinoError("TYPE_MISMATCH", message, *(written or node).at)
    texts = [coerce(p, VARCHAR).sql if p.type.name == "unknown" else p.sql for p in parts]
    escape = f" ESCAPE {texts[2]}" if len(texts) > 2 else ""
    return combine(f"({texts[0]} LIKE {texts[1]}{escape})", BOOLEAN, *parts)


def is_null(analyser: ExpressionAnalyser, node: n.IsNull) -> Expr:
    """Analyse IS NULL."""
    operand = analyser.analyse(node.operand)
    return combine(f"({operand.sql} IS NULL)", BOOLEAN, operand)


def is_distinct(analyser: ExpressionAnalyser, node: n.IsDistinct) -> Expr:
    """Analyse IS DISTINCT FROM."""
    left, right = analyser.analyse(node.left), analyser.analyse(node.right)
    sides = comparable((left, right))
    if sides is None:
        message = f"Cannot check if {left.type} is distinct from {right.type}"
        raise TrinoError("TYPE_MISMATCH", message, *node.at)
    sql = f"({sides[0].sql} IS DISTINCT FROM {sides[1].sql})"
    return combine(sql, BOOLEAN, left, right)


def _bracketed(expression: Expr) -> Expr:
    return replace(expression, sql=f"({expression.sql})")
