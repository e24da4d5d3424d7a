"""Calls that may not stand as they do: at their place, with their clauses, with their arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from local_aws.trino.analysis.analyser import ExpressionAnalyser, Rules
from local_aws.trino.analysis.windows import RANKING
from local_aws.trino.emit.expr import Expr
from local_aws.trino.errors import TrinoError
from local_aws.trino.functions import REGISTRY
from local_aws.trino.functions.model import Kind
from local_aws.trino.functions.resolve import Lambda, read_pattern
from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.tell import told
from local_aws.trino.type_coercion import common_super_type

_CONCATENATED = ("varchar", "varbinary")


def check_clauses(analyser: ExpressionAnalyser, node: n.Call, kind: Kind) -> None:
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
    if name == "concat" and first is not None and len(args) == 1 and first.name in _CONCATENATED:
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
            len(pattern.parts) - 1
            for function in REGISTRY.get(node.name, ())
            if len(function.args) == len(args)
            and (pattern := read_pattern(function.args[i])).name == "function"
        }
        if wanted and arg.arity not in wanted:
            message = f"Expected a lambda that takes {min(wanted)} argument(s) but got {arg.arity}"
            raise TrinoError("INVALID_PARAMETER_USAGE", message, *node.args[i].at)


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
