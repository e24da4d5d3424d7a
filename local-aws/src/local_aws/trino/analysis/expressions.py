"""Which visitor analyses which node of an expression."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local_aws.trino.analysis import (
    calls,
    compound,
    constants,
    json_queries,
    names,
    operations,
    subqueries,
)
from local_aws.trino.analysis.analyser import ExpressionAnalyser
from local_aws.trino.emit.expr import Expr
from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes as n


def _misplaced_lambda(analyser: ExpressionAnalyser, node: n.Lambda) -> Expr:
    message = "Lambda expression should always be used inside a function"
    raise TrinoError("TYPE_MISMATCH", message, *node.at)


VISITORS: dict[type[n.Node], Callable[[ExpressionAnalyser, Any], Expr]] = {
    n.Name: names.name,
    n.Dereference: names.dereference,
    n.Literal: constants.literal,
    n.TypedLiteral: constants.typed_literal,
    n.IntervalLiteral: constants.interval,
    n.Parameter: constants.parameter,
    n.Current: constants.current,
    n.Unary: operations.unary,
    n.Binary: operations.binary,
    n.Not: operations.negation,
    n.Between: operations.between,
    n.InList: operations.in_list,
    n.InQuery: subqueries.in_query,
    n.Like: operations.like,
    n.IsNull: operations.is_null,
    n.IsDistinct: operations.is_distinct,
    n.Quantified: subqueries.quantified,
    n.Exists: subqueries.exists,
    n.Subquery: subqueries.subquery,
    n.Case: compound.case,
    n.Cast: compound.cast,
    n.Row: compound.row_constructor,
    n.Array: compound.array_constructor,
    n.Subscript: compound.subscript,
    n.AtTimeZone: compound.at_time_zone,
    n.Extract: compound.extract,
    n.Call: calls.call,
    n.JsonQuery: json_queries.json_query,
    n.Lambda: _misplaced_lambda,
}
