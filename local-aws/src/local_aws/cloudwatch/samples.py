"""Samples of one metric, and every statistic that CloudWatch has of them.

A `Sample` is a number of values between two bounds that sum to something: one value, or what a
StatisticSet says. Percentiles and trimmed statistics need the values themselves, so they exist only
where each sample's bounds are equal.
"""

import math
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Sample(NamedTuple):
    """Some values of one unit within a second or a minute."""

    at: int
    """Seconds since 1970."""
    unit: str
    size: float
    """How many values it stands for."""
    total: float
    low: float
    high: float


Statistic = Callable[[Sequence[Sample]], float | None]

SIMPLE: dict[str, Statistic] = {
    "SampleCount": lambda samples: sum(sample.size for sample in samples),
    "Sum": lambda samples: math.fsum(sample.total for sample in samples),
    "Minimum": lambda samples: min(sample.low for sample in samples),
    "Maximum": lambda samples: max(sample.high for sample in samples),
    "Average": lambda samples: (
        math.fsum(sample.total for sample in samples) / sum(sample.size for sample in samples)
    ),
}
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")
_SHORT = re.compile(r"(tm|tc|ts|wm)(\d{1,2}(?:\.\d{1,10})?|100)")
_LONG = re.compile(r"(TM|TC|TS|WM|PR)\((-?[\d.]*%?):(-?[\d.]*%?)\)")


def statistic(name: str) -> Statistic | None:
    """Find a statistic by its name, None where CloudWatch has none of that name.

    Parameters
    ----------
    name : str
        ``Sum`` and its like, ``p99.9``, ``IQM``, ``tm90``, ``TM(10%:90%)``, ``PR(:300)`` …

    Returns
    -------
    callable or None
        Takes the samples of a period, at least one; gives None where they do not hold the values
        that it needs.
    """
    if name in SIMPLE:
        return SIMPLE[name]
    if found := _PERCENTILE.fullmatch(name):
        part = float(found[1]) / 100
        return lambda samples: _percentile(samples, part)
    if name == "IQM":
        return _trimmed("TM", "25%", "75%")
    if found := _SHORT.fullmatch(name):
        return _trimmed(found[1].upper(), "", f"{found[2]}%")
    found = _LONG.fullmatch(name)
    if found is None or not _bounds_fit(*found.groups()):
        return None
    return _trimmed(*found.groups())


def _bounds_fit(kind: str, low: str, high: str) -> bool:
    given = [bound for bound in (low, high) if bound]
    percent = [bound.endswith("%") for bound in given]
    if not given or len(set(percent)) > 1 or (kind == "PR" and any(percent)):
        return False
    try:
        numbers = [float(bound.rstrip("%")) for bound in given]
    except ValueError:
        return False
    return numbers == sorted(numbers) and (
        not percent[0] or all(0 <= number <= 100 for number in numbers)
    )


def _values(samples: Sequence[Sample]) -> list[tuple[float, float]] | None:
    """Return values with their counts in order, None where samples hold no single values."""
    if any(sample.low != sample.high or sample.low < 0 for sample in samples):
        return None
    return sorted((sample.low, sample.size) for sample in samples)


def _percentile(samples: Sequence[Sample], part: float) -> float | None:
    values = _values(samples)
    if values is None:
        return None
    wanted = part * sum(count for _, count in values)
    seen = 0.0
    for value, count in values:
        seen += count
        if seen >= wanted:
            return value
    return values[-1][0]


def _trimmed(kind: str, low: str, high: str) -> Statistic:
    def of(samples: Sequence[Sample]) -> float | None:
        values = _values(samples)
        if values is None:
            return None
        kept = _between(values, low, high)
        count = sum(number for _, number in kept)
        total = math.fsum(value * number for value, number in kept)
        match kind:
            case "TC":
                return count
            case "TS":
                return total
            case "PR":
                return 100 * count / sum(number for _, number in values)
            case "WM":
                return _winsorized(values, kept)
            case _:
                return total / count if count else None

    return of


def _between(values: list[tuple[float, float]], low: str, high: str) -> list[tuple[float, float]]:
    """Keep the part of values that lies between two values, or between two ranks in percent."""
    if not (low or high).endswith("%"):
        least, most = float(low or -math.inf), float(high or math.inf)
        return [(value, count) for value, count in values if least < value <= most]
    whole = sum(count for _, count in values)
    first = float(low.rstrip("%") or 0) / 100 * whole
    last = float(high.rstrip("%") or 100) / 100 * whole
    kept, seen = [], 0.0
    for value, count in values:
        part = min(seen + count, last) - max(seen, first)
        seen += count
        if part > 0:
            kept.append((value, part))
    return kept


def _winsorized(values: list[tuple[float, float]], kept: list[tuple[float, float]]) -> float | None:
    if not kept:
        return None
    least, most = kept[0][0], kept[-1][0]
    whole = sum(count for _, count in values)
    return math.fsum(min(max(value, least), most) * count for value, count in values) / whole
