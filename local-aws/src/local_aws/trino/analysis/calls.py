"""Function calls: special forms, scalars, aggregates and windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

from local_aws.trino.analysis import json_constructors
from local_aws.trino.analysis.analyser import ExpressionAnalyser, Rules
from local_aws.trino.analysis.windows import RANKING, over, sort_keys
from local_aws.trino.emit import operators
from local_aws.trino.emit.binding import bind_once
from local_aws.trino.emit.coercion import coerce, common_type, compared
from local_aws.trino.emit.expr import Expr, combine
from local_aws.trino.emit.quoting import quote_text
from local_aws.trino.errors import TrinoError
from local_aws.trino.functions import REGISTRY
from local_aws.trino.functions.model import Call, Function, Kind
from local_aws.trino.functions.resolve import Lambda, Resolved, read_pattern, resolve
from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.tell import told
from local_aws.trino.type_coercion import common_super_type
from local_aws.trino.types import BIGINT, INTEGER, TrinoType, varchar

MAX_ARGUMENTS = 127  # what a method of Java's takes, half of its slots


def is_aggregate(name: str) -> bool:
    """Whether a function's name is that of an aggregate."""
    return any(f.kind is Kind.AGGREGATE for f in REGISTRY.get(name, ()))


def call(analyser: ExpressionAnalyser, node: n.Call) -> Expr:
    """Analyse a call of a function."""
    special = _SPECIAL.get(node.name)
    if special is not None:
        if node.over or node.filter or node.distinct or node.star:
            raise TrinoError("SYNTAX_ERROR", f"Invalid use of '{node.name}'", *node.at)
        return special(analyser, node)
    if len(node.args) > MAX_ARGUMENTS:
        message = f"Too many arguments for function call {node.name}()"
        raise TrinoError("TOO_MANY_ARGUMENTS", message, *node.at)
    if node.name == "concat" and len(node.args) == 2:
        return _concat(analyser, node)
    overloads = REGISTRY.get(node.name)
    if overloads is None:
        message = f"Function '{node.name}' not registered"
        raise TrinoError("FUNCTION_NOT_FOUND", message, *node.at)
    kind = overloads[0].kind
    _check_clauses(analyser, node, kind)
    inner = analyser if node.over is None else analyser.with_rules(hoisted=None)
    if kind is Kind.AGGREGATE and node.over is None:
        inner = analyser.with_rules(
            aggregates=False,
            windows=False,
            groups=None,
            inside=node.name,
            at=node.at,
            clause="",
            hoisted=None,
        )
    args: list[Expr | Lambda] = [
        inner.lambda_argument(arg) if isinstance(arg, n.Lambda) else inner.analyse(arg)
        for arg in node.args
    ]
    resolved = resolve(overloads, args)
    if resolved is None:
        fail_overload(analyser, node, node.name, args)
    return _emit(analyser, inner, node, args, resolved)


def _emit(
    analyser: ExpressionAnalyser,
    inner: ExpressionAnalyser,
    node: n.Call,
    args: Sequence[Expr | Lambda],
    resolved: Resolved,
) -> Expr:
    function = resolved.function
    ready: list[Expr] = []
    for i, (arg, target) in enumerate(zip(args, resolved.targets, strict=True)):
        given = resolved.lambdas[i] if isinstance(arg, Lambda) else arg
        assert isinstance(given, Expr)  # noqa: S101
        ready.append(_coerced_argument(given, target))
    order, order_parts = sort_keys(inner, node.order)
    if node.distinct:
        _check_distinct(inner, node)
    parts = [*ready, *order_parts]
    behind = ""
    if node.filter is not None:
        condition = inner.boolean(node.filter, "Filter expression")
        parts.append(condition)
        behind = f" FILTER (WHERE {condition.sql})"
    if node.over is not None:
        window_sql, window_parts = over(inner, node.over, node)
        parts += window_parts
        behind += f" OVER ({window_sql})"
    made = Call(
        node.name,
        tuple(ready),
        resolved.type,
        *node.at,
        d="DISTINCT " if node.distinct else "",
        o=f" ORDER BY {order}" if order else "",
        n=" IGNORE NULLS" if node.nulls == "IGNORE" else "",
        w=behind,
        grouped=bool(analyser.rules.groups) and node.over is None,
    )
    if function.kind is Kind.SCALAR and not resolved.lambdas:
        texts = [arg.sql for arg in ready]
        sql = bind_once(texts, lambda parts: _text(function, made, parts))
    else:
        sql = _text(function, made, [arg.sql for arg in ready])
    has = {"volatile"} if function.volatile else set()
    if node.over is not None:
        has.add("window")
    elif function.kind is Kind.AGGREGATE:
        has.add("aggregate")
    found = combine(sql, resolved.type, *parts, has=has)
    if has & {"aggregate", "window"}:
        found = analyser.hoist(found)
    return replace(found, ungrouped=()) if has & {"aggregate"} else found


def _text(function: Function, call: Call, texts: list[str]) -> str:
    """DuckDB text of a call whose arguments have these texts."""
    if callable(function.emit):
        if all(arg.sql is text for arg, text in zip(call.args, texts, strict=True)):
            return function.emit(call)
        args = (replace(arg, sql=text) for arg, text in zip(call.args, texts, strict=True))
        return function.emit(replace(call, args=tuple(args)))
    return function.emit.format(
        *texts, args=", ".join(texts), d=call.d, o=call.o, n=call.n, w=call.w
    )


def _check_distinct(analyser: ExpressionAnalyser, node: n.Call) -> None:
    """Fail where a DISTINCT aggregate is ordered by what is not among its arguments."""
    given = {analyser.identity(arg) for arg in node.args}
    for item in node.order:
        if analyser.identity(item.key) not in given:
            message = "For aggregate function with DISTINCT, ORDER BY expressions must appear in"
            raise TrinoError("EXPRESSION_NOT_IN_DISTINCT", f"{message} arguments", *item.key.at)


def _coerced_argument(given: Expr, target: TrinoType | None) -> Expr:
    if target is None or given.type == target:
        return given
    if not given.params:
        return coerce(given, target)
    body = coerce(replace(given, sql=given.body), target)
    sql = f"lambda {', '.join(given.params)}: {body.sql}"
    return replace(body, sql=sql, body=body.sql, params=given.params)


def _check_clauses(analyser: ExpressionAnalyser, node: n.Call, kind: Kind) -> None:
    """Check that the function may be called in this way at this place."""
    rules = analyser.rules
    if node.nulls and (kind is not Kind.WINDOW or node.name in RANKING):
        message = f"Cannot specify null treatment clause for {node.name} function"
        raise TrinoError("NULL_TREATMENT_NOT_ALLOWED", message, *node.at)
    if kind is Kind.SCALAR:
        _check_scalar(node)
    if kind is Kind.WINDOW and node.over is None:
        message = f"Window function system.builtin.{node.name} requires an OVER clause"
        raise TrinoError("MISSING_OVER", message, *node.at)
    if node.over is not None:
        if not rules.windows:
            raise _misplaced_window(rules, node)
        if node.filter is not None:
            message = "FILTER is not yet supported for window functions"
            raise TrinoError("NOT_SUPPORTED", message, *node.at)
        if node.distinct and kind is not Kind.AGGREGATE:
            message = "DISTINCT in window function parameters not yet supported"
            raise TrinoError("NOT_SUPPORTED", message, *node.at)
    elif kind is Kind.AGGREGATE and not rules.aggregates:
        if rules.inside:
            message = (
                f"Cannot nest aggregations inside aggregation '{rules.inside}': [{told(node)}]"
            )
            raise TrinoError("NESTED_AGGREGATION", message, *rules.at)
        raise _not_scalar(rules, node)


def _check_scalar(node: n.Call) -> None:
    """Check that a scalar function's call has no clause of an aggregate's or a window's."""
    name = "FUNCTION_NOT_AGGREGATE"
    if node.over is not None:
        raise TrinoError("FUNCTION_NOT_WINDOW", f"Not a window function: {node.name}", *node.at)
    if node.distinct:
        message = "DISTINCT is not supported for non-aggregation functions"
        raise TrinoError(name, message, *node.at)
    if node.filter is not None:
        raise TrinoError(name, "Filter is only valid for aggregation functions", *node.at)
    if node.order:
        raise TrinoError(name, "ORDER BY is only valid for aggregation functions", *node.at)


def _not_scalar(rules: Rules, node: n.Call) -> TrinoError:
    message = f"{rules.clause} cannot contain aggregations, window functions or grouping"
    message += f" operations: [{told(node)}]"
    return TrinoError("EXPRESSION_NOT_SCALAR", message, *rules.at)


def _misplaced_window(rules: Rules, node: n.Call) -> TrinoError:
    """Make the error of a window function where none may stand."""
    what = "window functions or row pattern measures"
    if rules.inside == "window specification":
        message = f"Cannot nest {what} inside window specification"
        return TrinoError("NESTED_WINDOW", message, *node.at)
    if rules.inside:
        message = f"Cannot nest {what} inside aggregation '{rules.inside}': [{told(node)}]"
        return TrinoError("NESTED_WINDOW", message, *rules.at)
    if rules.aggregates:
        message = f"{rules.clause} cannot contain {what}"
        return TrinoError("NESTED_WINDOW", message, *node.at)
    return _not_scalar(rules, node)


def fail_overload(
    analyser: ExpressionAnalyser, node: n.Node, name: str, args: Sequence[Expr | Lambda]
) -> NoReturn:
    """Fail because no signature of a function takes the arguments."""
    if isinstance(node, n.Call):
        _check_arity(node, args)
    first = args[0].type if args and isinstance(args[0], Expr) else None
    if name == "listagg" and first is not None and isinstance(node, n.Call):
        message = f"Expected expression of varchar, but '{told(node.args[0])}' has {first} type"
        raise TrinoError("TYPE_MISMATCH", message, *node.at)
    if name == "concat" and len(args) == 1 and str(first).startswith("var"):
        message = "There must be two or more concatenation arguments"
        raise TrinoError("INVALID_FUNCTION_ARGUMENT", message)
    given = ", ".join("<function>" if isinstance(arg, Lambda) else str(arg.type) for arg in args)
    expected = ", ".join(str(function) for function in REGISTRY.get(name, ()))
    message = f"Unexpected parameters ({given}) for function {name}. Expected: {expected}"
    raise TrinoError("FUNCTION_NOT_FOUND", message, *node.at)


def _check_arity(node: n.Call, args: Sequence[Expr | Lambda]) -> None:
    """Fail where a lambda has the wrong number of parameters for every signature."""
    for i, arg in enumerate(args):
        if not isinstance(arg, Lambda):
            continue
        wanted = {
            len(read_pattern(function.args[i]).parts) - 1
            for function in REGISTRY.get(node.name, ())
            if len(function.args) == len(args) and function.args[i].startswith("function(")
        }
        if wanted and arg.arity not in wanted:
            message = f"Expected a lambda that takes {min(wanted)} argument(s) but got {arg.arity}"
            raise TrinoError("INVALID_PARAMETER_USAGE", message, *node.args[i].at)


# Special forms: calls that are no functions


def _arguments(analyser: ExpressionAnalyser, node: n.Call, least: int, most: int) -> list[Expr]:
    if not least <= len(node.args) <= most:
        message = f"Invalid number of arguments for '{node.name}' function"
        if node.name == "coalesce":
            message = "The 'coalesce' function must have at least two arguments"
        raise TrinoError("SYNTAX_ERROR", message, *node.at)
    return [analyser.analyse(arg) for arg in node.args]


def no_common_type(what: str, items: Sequence[Expr], nodes: Sequence[n.Node]) -> TrinoError:
    """Make the error of expressions that have no common type, at the first that does not fit."""
    so_far = wrong = items[0].type
    at = nodes[0].at
    for item, node in zip(items, nodes, strict=True):
        merged = common_super_type(so_far, item.type)
        if merged is None:
            wrong, at = item.type, node.at
            break
        so_far = merged
    types = ", ".join(dict.fromkeys(str(item.type) for item in items))
    message = (
        f"{what} must be the same type or coercible to a common type. Cannot find common type "
        f"between {so_far} and {wrong}, all types (without duplicates): [{types}]"
    )
    return TrinoError("TYPE_MISMATCH", message, *at)


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


def _concat(analyser: ExpressionAnalyser, node: n.Call) -> Expr:
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


_SPECIAL = {
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
