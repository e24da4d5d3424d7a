"""Calls that are no functions: IF, COALESCE, TRY and the like."""

from __future__ import annotations

from collections.abc import Sequence

from local_aws.trino.analysis import json_constructors
from local_aws.trino.analysis.analyser import ExpressionAnalyser
from local_aws.trino.analysis.call_errors import fail_overload, no_common_type
from local_aws.trino.emit import operators
from local_aws.trino.emit.coercion import coerce, common_type, compared
from local_aws.trino.emit.expr import Expr, combine
from local_aws.trino.emit.quoting import quote_text
from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.tell import told
from local_aws.trino.types import BIGINT, INTEGER, varchar


def _arguments(analyser: ExpressionAnalyser, node: n.Call, least: int, most: int) -> list[Expr]:
    if not least <= len(node.args) <= most:
        message = f"Invalid number of arguments for '{node.name}' function"
        if node.name == "coalesce":
            message = "The 'coalesce' function must have at least two arguments"
        raise TrinoError("SYNTAX_ERROR", message, *node.at)
    return [analyser.analyse(arg) for arg in node.args]


def _unified(items: Sequence[Expr], nodes: Sequence[n.Node], what: str) -> list[Expr]:
    kind = common_type(items)
    if kind is None:
        raise no_common_type(what, items, nodes)
    return [coerce(item, kind) for item in items]


def _if(analyser: ExpressionAnalyser, node: n.Call) -> Expr:
    items = _arguments(analyser, node, 2, 3)
    condition = analyser.boolean(node.args[0], "IF condition")
    if common_type(items[1:]) is None:
        types = f"{items[1].type} vs {items[2].type}"
        message = f"Result types for IF must be the same: {types}"
        raise TrinoError("TYPE_MISMATCH", message, *node.at)
    results = _unified(items[1:], node.args[1:], "Result types for IF")
    otherwise = f" ELSE {results[1].sql}" if len(results) > 1 else ""
    sql = f"CASE WHEN {condition.sql} THEN {results[0].sql}{otherwise} END"
    return combine(sql, results[0].type, condition, *results)


def _coalesce(analyser: ExpressionAnalyser, node: n.Call) -> Expr:
    items = _unified(_arguments(analyser, node, 2, 999), node.args, "All COALESCE operands")
    return combine(f"COALESCE({', '.join(i.sql for i in items)})", items[0].type, *items)


def _nullif(analyser: ExpressionAnalyser, node: n.Call) -> Expr:
    first, second = _arguments(analyser, node, 2, 2)
    same = compared("=", first, second)
    if same is None:
        message = f"Types are not comparable with NULLIF: {first.type} vs {second.type}"
        raise TrinoError("TYPE_MISMATCH", message, *node.at)
    return combine(
        f"CASE WHEN {same.sql} THEN NULL ELSE {first.sql} END", first.type, first, second
    )


def _try(analyser: ExpressionAnalyser, node: n.Call) -> Expr:
    if len(node.args) != 1:
        raise TrinoError(
            "SYNTAX_ERROR", "The 'try' function must have exactly one argument", *node.at
        )
    return analyser.tried(node.args[0])


def _typeof(analyser: ExpressionAnalyser, node: n.Call) -> Expr:
    if len(node.args) != 1:
        given = ", ".join(str(analyser.analyse(arg).type) for arg in node.args)
        message = f"Unexpected parameters ({given}) for function typeof. Expected: typeof(t) T"
        raise TrinoError("FUNCTION_NOT_FOUND", message, *node.at)
    (item,) = _arguments(analyser, node, 1, 1)
    text = str(item.type)
    return combine(quote_text(text), varchar(), item, value=text)


def _grouping(analyser: ExpressionAnalyser, node: n.Call) -> Expr:
    if not analyser.rules.groups:
        message = "A GROUPING() operation can only be used with a corresponding GROUPING SET/CUBE/"
        raise TrinoError("MISSING_GROUP_BY", f"{message}ROLLUP/GROUP BY clause", *node.at)
    items = _arguments(analyser, node, 1, 63)
    for named in node.args:
        if analyser.grouping_key(named) is None:
            message = "The arguments to GROUPING() must be expressions referenced by the GROUP BY"
            message += f" at the associated query level. Mismatch due to {told(named)}."
            raise TrinoError("INVALID_ARGUMENTS", message, *node.at)
    kind = INTEGER if len(items) < 32 else BIGINT
    duck = "INTEGER" if kind is INTEGER else "BIGINT"
    sql = f"CAST(GROUPING({', '.join(i.sql for i in items)}) AS {duck})"
    return analyser.hoist(combine(sql, kind, *items, has=("aggregate",)))


def concat(analyser: ExpressionAnalyser, node: n.Call) -> Expr:
    """Make || of two arguments, one of which may be an array's element."""
    items = _arguments(analyser, node, 2, 2)
    try:
        return operators.concatenated(*items)
    except operators.OperandError:
        fail_overload(analyser, node, "concat", items)


def _now(analyser: ExpressionAnalyser, node: n.Call) -> Expr:
    if node.args:
        given = ", ".join(str(analyser.analyse(arg).type) for arg in node.args)
        message = f"Unexpected parameters ({given}) for function now. Expected: now()"
        raise TrinoError("FUNCTION_NOT_FOUND", message, *node.at)
    return analyser.analyse(n.Current(node.at, "current_timestamp"))


SPECIAL_FORMS = {
    "now": _now,
    "if": _if,
    "coalesce": _coalesce,
    "nullif": _nullif,
    "try": _try,
    "typeof": _typeof,
    "grouping": _grouping,
    "json_object": json_constructors.json_object,
    "json_array": json_constructors.json_array,
}
