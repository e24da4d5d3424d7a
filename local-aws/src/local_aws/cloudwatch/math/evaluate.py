"""Evaluation of an expression over what its names stand for."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from local_aws.cloudwatch.errors import invalid
from local_aws.cloudwatch.math import functions
from local_aws.cloudwatch.math.functions import NAMES, REFUSED, Span
from local_aws.cloudwatch.math.parser import (
    Array,
    Call,
    Name,
    Negated,
    Node,
    Number,
    Operation,
    Text,
)
from local_aws.cloudwatch.math.values import Value, combined, mapped
from local_aws.cloudwatch.series import Series
from local_aws.protocol.errors import not_supported

GAPS = ("REPEAT", "LINEAR")


class Scope(NamedTuple):
    """What the names of an expression stand for."""

    span: Span
    value: Callable[[str], Value]
    """Of a query, by its Id."""
    metrics: Mapping[str, int]
    """The Ids of the queries that are metrics, each with its period in seconds."""


def names(node: Node) -> set[str]:
    """Return the Ids that an expression uses, and check the functions that it calls.

    Raises
    ------
    ServiceError
        ValidationError for a function that CloudWatch does not have; by name for one that is not
        carried out here.
    """
    match node:
        case Name(name):
            return {name}
        case Call(name, arguments):
            if name in REFUSED:
                raise not_supported(f"{name} of cloudwatch's metric math")
            if name not in NAMES:
                raise invalid(f"Unknown function {name}")
            shown = arguments[:1] if name == "FILL" and _word(arguments[-1]) else arguments
            return {found for argument in shown for found in names(argument)}
        case Operation(_, left, right):
            return names(left) | names(right)
        case Negated(operand):
            return names(operand)
        case Array(items):
            return {found for item in items for found in names(item)}
        case _:
            return set()


def evaluate(node: Node, scope: Scope) -> Value:
    """Evaluate an expression.

    Raises
    ------
    CloudWatchError
        ValidationError for values that an operator or a function does not take.
    """
    match node:
        case Number(value):
            return value
        case Name(name):
            return scope.value(name)
        case Negated(operand):
            return mapped(lambda value: -value, evaluate(operand, scope))
        case Operation(sign, left, right):
            return combined(sign, evaluate(left, scope), evaluate(right, scope))
        case Array(items):
            return [_series(evaluate(item, scope)) for item in items]
        case Call(name, arguments):
            return _called(name, arguments, scope)
        case Text(value):
            raise invalid(f"The text '{value}' has no value.")


def _called(name: str, arguments: tuple[Node, ...], scope: Scope) -> Value:
    if name == "METRICS":
        part = arguments[0].value if arguments and isinstance(arguments[0], Text) else ""
        return [_series(scope.value(each)) for each in scope.metrics if part in each]
    if name == "PERIOD":
        if len(arguments) != 1 or not isinstance(arguments[0], Name):
            raise invalid("PERIOD takes the Id of a metric.")
        return float(scope.metrics.get(arguments[0].name, scope.span.period))
    if name == "FILL":
        if len(arguments) != 2:
            raise invalid("FILL takes a time series and what to fill it with.")
        value, last = evaluate(arguments[0], scope), arguments[1]
        return functions.filled(scope.span, value, _word(last) or evaluate(last, scope))
    return functions.call(name, scope.span, [evaluate(each, scope) for each in arguments])


def _word(node: Node) -> str:
    return node.name if isinstance(node, Name) and node.name in GAPS else ""


def _series(value: Value) -> Series:
    if not isinstance(value, dict):
        raise invalid("An array holds time series only.")
    return value
