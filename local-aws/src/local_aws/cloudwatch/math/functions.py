"""The functions of metric math."""

import math
import statistics
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from local_aws.cloudwatch.errors import invalid
from local_aws.cloudwatch.math.values import Value, combined, kept, mapped
from local_aws.cloudwatch.series import Series


class Span(NamedTuple):
    """The time that an expression is evaluated for: where its datapoints may be."""

    start: float
    end: float
    period: int

    def times(self) -> list[float]:
        """Return the beginning of each period."""
        count = math.ceil((self.end - self.start) / self.period)
        return [self.start + number * self.period for number in range(count)]


Function = Callable[[Span, Sequence[Value]], Value]

REFUSED = (
    "ANOMALY_DETECTION_BAND",
    "DATE",
    "DAY",
    "DB_PERF_INSIGHTS",
    "EPOCH",
    "HOUR",
    "INSIGHT_RULE_METRIC",
    "LAMBDA",
    "MINUTE",
    "MONTH",
    "SEARCH",
    "SERVICE_QUOTA",
    "SLICE",
    "SORT",
    "YEAR",
)
"""What CloudWatch has and nothing here carries out."""


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


AGGREGATES: dict[str, Callable[[Sequence[float]], float]] = {
    "AVG": _mean,
    "MAX": max,
    "MIN": min,
    "STDDEV": statistics.pstdev,
    "SUM": math.fsum,
}


def _logarithm(compute: Callable[[float], float]) -> Callable[[float], float | None]:
    return lambda value: compute(value) if value > 0 else None


MAPPED: dict[str, Callable[[float], float | None]] = {
    "ABS": abs,
    "CEIL": lambda value: float(math.ceil(value)),
    "FLOOR": lambda value: float(math.floor(value)),
    "LOG": _logarithm(math.log),
    "LOG10": _logarithm(math.log10),
}


def aggregate(compute: Callable[[Sequence[float]], float], values: Sequence[Value]) -> Value:
    """Make one number of a series, or one series of a list of them, time by time."""
    value: Value = list(_each_series(values)) if len(values) > 1 else values[0]
    if isinstance(value, list):
        times = sorted({at for one in value for at in one})
        return kept((at, compute([one[at] for one in value if at in one])) for at in times)
    if isinstance(value, dict):
        if not value:
            raise invalid("A time series without datapoints has no single value.")
        return compute(list(value.values()))
    return value


def _each_series(values: Sequence[Value]) -> list[Series]:
    found: list[Series] = []
    for value in values:
        if isinstance(value, list):
            found += value
        elif isinstance(value, dict):
            found.append(value)
        else:
            raise invalid("A number is no time series.")
    return found


def _per_series(
    compute: Callable[[Span, Series], Series],
) -> Function:
    def of(span: Span, values: Sequence[Value]) -> Value:
        value = values[0]
        if isinstance(value, list):
            return [compute(span, one) for one in value]
        if isinstance(value, dict):
            return compute(span, value)
        raise invalid("A number is no time series.")

    return of


def _steps(one: Series) -> list[tuple[float, float, float]]:
    """Return time, seconds and change since the datapoint before, from the second one on."""
    points = sorted(one.items())
    pairs = pairwise(points)
    return [(at, at - before, value - old) for (before, old), (at, value) in pairs]


def _diff(_span: Span, one: Series) -> Series:
    return {at: change for at, _, change in _steps(one)}


def _diff_time(_span: Span, one: Series) -> Series:
    return {at: seconds for at, seconds, _ in _steps(one)}


def _rate(_span: Span, one: Series) -> Series:
    return {at: change / seconds for at, seconds, change in _steps(one)}


def _running_sum(_span: Span, one: Series) -> Series:
    total, sums = 0.0, {}
    for at, value in sorted(one.items()):
        total += value
        sums[at] = total
    return sums


def _count(_span: Span, values: Sequence[Value]) -> Value:
    value = values[0]
    if isinstance(value, list):
        return [dict.fromkeys(one, float(len(one))) for one in value]
    return float(len(value)) if isinstance(value, dict) else 1.0


def _conditional(_span: Span, values: Sequence[Value]) -> Value:
    if len(values) < 2:
        raise invalid("IF takes a condition and one or two values.")
    condition, then = values[0], values[1]
    other = values[2] if len(values) > 2 else None
    if isinstance(condition, list):
        raise invalid("The condition of IF is an array of time series.")
    if not isinstance(condition, dict):
        chosen = then if condition else other
        return {} if chosen is None else chosen
    yes = kept((at, 1.0 if value else None) for at, value in condition.items())
    no = kept((at, None if value else 1.0) for at, value in condition.items())
    found = combined("*", yes, then)
    rest: Value = {} if other is None else combined("*", no, other)
    if not isinstance(found, dict) or not isinstance(rest, dict):
        raise invalid("The values of IF are arrays of time series.")
    return dict(sorted((found | rest).items()))


def _first(_span: Span, values: Sequence[Value]) -> Value:
    return _each_series(values)[0]


def _last(_span: Span, values: Sequence[Value]) -> Value:
    return _each_series(values)[-1]


def _time_series(span: Span, values: Sequence[Value]) -> Value:
    value = values[0]
    return value if isinstance(value, (dict, list)) else dict.fromkeys(span.times(), value)


def filled(span: Span, value: Value, how: Value | str) -> Value:
    """Give a series datapoints where it has none.

    Parameters
    ----------
    span : Span
        Where datapoints may be.
    value : value
        One series, or a list.
    how : value or str
        A number, another series, or ``REPEAT`` or ``LINEAR``.
    """
    if isinstance(value, list):
        return [_filled(span, one, how) for one in value]
    if not isinstance(value, dict):
        raise invalid("A number is no time series.")
    return _filled(span, value, how)


def _filled(span: Span, one: Series, how: Value | str) -> Series:
    if isinstance(how, list):
        raise invalid("FILL takes no array of time series.")
    if isinstance(how, str):
        points = sorted(one.items())
        found = ((at, _between(points, at, how)) for at in span.times())
    elif isinstance(how, dict):
        found = ((at, how.get(at)) for at in span.times())
    else:
        found = ((at, how) for at in span.times())
    return dict(sorted((kept(found) | one).items()))


def _between(points: list[tuple[float, float]], at: float, how: str) -> float | None:
    before = next(((when, value) for when, value in reversed(points) if when <= at), None)
    after = next(((when, value) for when, value in points if when >= at), None)
    if before is None or (how == "LINEAR" and after is None):
        return None
    if how == "REPEAT" or after is None or after[0] == before[0]:
        return before[1]
    part = (at - before[0]) / (after[0] - before[0])
    return before[1] + part * (after[1] - before[1])


FUNCTIONS: dict[str, Function] = {
    "DATAPOINT_COUNT": _count,
    "DIFF": _per_series(_diff),
    "DIFF_TIME": _per_series(_diff_time),
    "FIRST": _first,
    "IF": _conditional,
    "LAST": _last,
    "METRIC_COUNT": lambda span, values: float(len(_each_series(values))),
    "RATE": _per_series(_rate),
    "REMOVE_EMPTY": lambda span, values: [one for one in _each_series(values) if one],
    "RUNNING_SUM": _per_series(_running_sum),
    "TIME_SERIES": _time_series,
}


def call(name: str, span: Span, values: Sequence[Value]) -> Value:
    """Call a function that needs nothing but values.

    Raises
    ------
    CloudWatchError
        ValidationError for a function that CloudWatch does not have, or values that it does not
        take.
    """
    if not values:
        raise invalid(f"{name} takes at least one argument.")
    if name in AGGREGATES:
        return aggregate(AGGREGATES[name], values)
    if name in MAPPED:
        return mapped(MAPPED[name], values[0])
    return FUNCTIONS[name](span, values)


NAMES = frozenset({*AGGREGATES, *MAPPED, *FUNCTIONS, "FILL", "METRICS", "PERIOD"})
