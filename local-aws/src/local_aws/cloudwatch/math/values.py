"""The values of metric math, and operators between any two of them."""

import math
import operator
from collections.abc import Callable, Iterable
from typing import TypeAlias

from local_aws.cloudwatch.errors import invalid
from local_aws.cloudwatch.series import Series

Value: TypeAlias = float | Series | list[Series]
Operator = Callable[[float, float], float | None]


def _divided(left: float, right: float) -> float | None:
    return left / right if right else None


def _power(left: float, right: float) -> float | None:
    try:
        raised = left**right
    except (OverflowError, ZeroDivisionError):
        return None
    return raised if isinstance(raised, float) else None


OPERATORS: dict[str, Operator] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divided,
    "^": _power,
    "==": lambda left, right: float(left == right),
    "!=": lambda left, right: float(left != right),
    "<": lambda left, right: float(left < right),
    "<=": lambda left, right: float(left <= right),
    ">": lambda left, right: float(left > right),
    ">=": lambda left, right: float(left >= right),
    "&&": lambda left, right: float(bool(left) and bool(right)),
    "||": lambda left, right: float(bool(left) or bool(right)),
}


def combined(sign: str, left: Value, right: Value) -> Value:
    """Put two values together; of two series where both have a datapoint.

    Raises
    ------
    CloudWatchError
        ValidationError for two lists of series, and for numbers that give none.
    """
    compute = OPERATORS[sign]
    if isinstance(left, list):
        if isinstance(right, list):
            raise invalid(f"Two arrays of time series have no {sign}.")
        return [_over_time(compute, each, right) for each in left]
    if isinstance(right, list):
        return [_over_time(compute, left, each) for each in right]
    if isinstance(left, dict) or isinstance(right, dict):
        return _over_time(compute, left, right)
    result = compute(left, right)
    if result is None:
        raise invalid(f"{left} {sign} {right} has no value.")
    return result


def _over_time(compute: Operator, left: Series | float, right: Series | float) -> Series:
    times: set[float] = set()
    if isinstance(left, dict):
        times = set(left) & set(right) if isinstance(right, dict) else set(left)
    elif isinstance(right, dict):
        times = set(right)
    return kept((at, compute(_at(left, at), _at(right, at))) for at in sorted(times))


def _at(value: Series | float, at: float) -> float:
    return value[at] if isinstance(value, dict) else value


def mapped(compute: Callable[[float], float | None], value: Value) -> Value:
    """Apply a function of one number to every datapoint."""
    if isinstance(value, list):
        return [kept((at, compute(each)) for at, each in one.items()) for one in value]
    if isinstance(value, dict):
        return kept((at, compute(each)) for at, each in value.items())
    result = compute(value)
    if result is None:
        raise invalid(f"The function has no value for {value}.")
    return result


def kept(pairs: Iterable[tuple[float, float | None]]) -> Series:
    """Make a series of times and values, without those that have no finite value."""
    return {at: value for at, value in pairs if value is not None and math.isfinite(value)}
