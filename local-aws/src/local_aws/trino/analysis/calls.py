"""Function calls: special forms, scalars, aggregates and windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from local_aws.trino.analysis.analyser import ExpressionAnalyser
from local_aws.trino.analysis.call_errors import check_clauses, fail_overload
from local_aws.trino.analysis.special_forms import SPECIAL_FORMS, concat
from local_aws.trino.analysis.windows import over, sort_keys
from local_aws.trino.emit.binding import bind_once
from local_aws.trino.emit.coercion import coerce
from local_aws.trino.emit.expr import Expr, combine
from local_aws.trino.errors import TrinoError
from local_aws.trino.functions import REGISTRY
from local_aws.trino.functions.model import Call, Function, Kind
from local_aws.trino.functions.resolve import Lambda, Resolved, resolve
from local_aws.trino.syntax import nodes as n
from local_aws.trino.types import TrinoType

MAX_ARGUMENTS = 127  # what a method of Java's takes, half of its slots


def is_aggregate(name: str) -> bool:
    """Whether a function's name is that of an aggregate."""
    return any(f.kind is Kind.AGGREGATE for f in REGISTRY.get(name, ()))


def call(analyser: ExpressionAnalyser, node: n.Call) -> Expr:
    """Analyse a call of a function."""
    special = SPECIAL_FORMS.get(node.name)
    if special is not None:
        if node.over or node.filter or node.distinct or node.star:
            raise TrinoError("SYNTAX_ERROR", f"Invalid use of '{node.name}'", *node.at)
        return special(analyser, node)
    if len(node.args) > MAX_ARGUMENTS:
        message = f"Too many arguments for function call {node.name}()"
        raise TrinoError("TOO_MANY_ARGUMENTS", message, *node.at)
    if node.name == "concat" and len(node.args) == 2:
        return concat(analyser, node)
    overloads = REGISTRY.get(node.name)
    if overloads is None:
        message = f"Function '{node.name}' not registered"
        raise TrinoError("FUNCTION_NOT_FOUND", message, *node.at)
    kind = overloads[0].kind
    check_clauses(analyser, node, kind)
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
        windowed=node.over is not None,
    )
    if function.kind is Kind.SCALAR and not resolved.lambdas:
        texts = [arg.sql for arg in ready]
        sql = bind_once(
            texts,
            lambda bound: _text(function, made if bound is texts else made.with_texts(bound)),
        )
    else:
        sql = _text(function, made)
    has = {"volatile"} if function.volatile else set()
    if node.over is not None:
        has.add("window")
    elif function.kind is Kind.AGGREGATE:
        has.add("aggregate")
    found = combine(sql, resolved.type, *parts, has=has)
    if has & {"aggregate", "window"}:
        found = analyser.hoist(found)
    return replace(found, ungrouped=()) if has & {"aggregate"} else found


def _text(function: Function, call: Call) -> str:
    if callable(function.emit):
        return function.emit(call)
    texts = [arg.sql for arg in call.args]
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
