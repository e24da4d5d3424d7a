"""The statistics of one column, all exact, from the counts of its values.

A column of few values among many rows is read once: everything follows from how often each value
occurs. Texts are counted by value and, for what DataBrew says of their lengths, by length. The
shape of the distribution's ranges and the interpolated percentiles are those that a profile of the
service of 1,449,891 rows shows.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import duckdb

Number = int | float


@dataclass(frozen=True)
class Bin:
    """A range of a distribution: its ends (the last one includes its upper end), and its count."""

    low: Number
    high: Number
    count: int


class Counts:
    """How often each value occurs: a table ``value``, ``n`` of a connection.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where the table is.
    table : str
        Its name.
    whole : bool
        Whether the values are whole numbers.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: str, *, whole: bool) -> None:
        self._connection, self._table, self._whole = connection, table, whole

    def _row(self, what: str, source: str = "") -> Sequence[Any]:
        row = self._connection.execute(f"SELECT {what} FROM {source or self._table}").fetchone()
        return row or ()

    @cached_property
    def _totals(self) -> Sequence[Any]:
        return self._row(
            "count(*), coalesce(sum(n), 0)::BIGINT, count(*) FILTER (n = 1), sum(n * ln(n))"
        )

    @property
    def distinct(self) -> int:
        """How many values occur."""
        return int(self._totals[0])

    @property
    def total(self) -> int:
        """How many rows have one."""
        return int(self._totals[1])

    @property
    def unique(self) -> int:
        """How many values occur once."""
        return int(self._totals[2])

    @property
    def entropy(self) -> float | None:
        """The entropy in nats, None without a value."""
        return math.log(self.total) - self._totals[3] / self.total if self.total else None

    def most_common(self, limit: str) -> list[tuple[Any, int]]:
        """Return the values that occur most with their counts; equally many by value."""
        return self._listed("n DESC, value", limit)

    def least(self, limit: str) -> list[tuple[Any, int]]:
        """Return the least values with their counts."""
        return self._listed("value", limit)

    def greatest(self, limit: str) -> list[tuple[Any, int]]:
        """Return the greatest values with their counts."""
        return self._listed("value DESC", limit)

    def _listed(self, order: str, limit: str) -> list[tuple[Any, int]]:
        size = "" if limit == "ALL" else f" LIMIT {int(limit)}"
        return self._connection.execute(
            f"SELECT value, n FROM {self._table} ORDER BY {order}{size}"
        ).fetchall()

    @cached_property
    def _ends(self) -> Sequence[Any]:
        total = "sum(value::HUGEINT * n)" if self._whole else "sum(value * n)"
        zeros = "coalesce(sum(n) FILTER (value = 0), 0)::BIGINT"
        return self._row(f"min(value), max(value), {total}, {zeros}")

    @property
    def min(self) -> Any:
        """The least value."""
        return self._ends[0]

    @property
    def max(self) -> Any:
        """The greatest value."""
        return self._ends[1]

    @property
    def sum(self) -> Any:
        """The sum over all rows, None without a value."""
        return self._ends[2]

    @property
    def zeros(self) -> int:
        """How many rows are 0."""
        return int(self._ends[3])

    @cached_property
    def mean(self) -> float | None:
        """The mean."""
        return float(self.sum / self.total) if self.total else None

    @cached_property
    def _moments(self) -> Sequence[float]:
        powers = ", ".join(f"sum(n * (value - {_double(self.mean)}) ** {p})" for p in (2, 3, 4))
        return self._row(powers)

    @cached_property
    def variance(self) -> float | None:
        """The unbiased variance; 0 of one row, None without."""
        if self.total < 2:
            return 0.0 if self.total else None
        return float(self._moments[0] / (self.total - 1))

    @property
    def deviation(self) -> float | None:
        """The unbiased standard deviation."""
        return None if self.variance is None else math.sqrt(self.variance)

    @property
    def skewness(self) -> float | None:
        """The population's skewness; None where nothing varies."""
        if not self.variance:
            return None
        second, third, _ = (moment / self.total for moment in self._moments)
        return float(third / second / math.sqrt(second))  # its power could overflow

    @property
    def kurtosis(self) -> float | None:
        """The population's excess kurtosis; None where nothing varies."""
        if not self.variance:
            return None
        second, _, fourth = (moment / self.total for moment in self._moments)
        return fourth / second / second - 3

    @cached_property
    def quantiles(self) -> dict[float, float | None]:
        """The 5th, 25th, 50th, 75th and 95th percentile, interpolated between two values."""
        return self._quantiles((0.05, 0.25, 0.5, 0.75, 0.95), self._table)

    @cached_property
    def absolute_deviation(self) -> float | None:
        """The median of the distances to the median."""
        if not self.total:
            return None
        away = f"abs(value - {_double(self.quantiles[0.5])})"
        distances = f"(SELECT {away} AS value, sum(n) AS n FROM {self._table} GROUP BY 1)"
        return self._quantiles((0.5,), distances)[0.5]

    def _quantiles(self, shares: Sequence[float], source: str) -> dict[float, float | None]:
        if not self.total:
            return dict.fromkeys(shares)
        places = [share * (self.total - 1) for share in shares]
        wanted = [int(at) for place in places for at in (math.floor(place), math.ceil(place))]
        picks = ", ".join(f"min(value) FILTER (upto > {at})" for at in wanted)
        upto = f"(SELECT value, sum(n) OVER (ORDER BY value) AS upto FROM {source})"
        found = [float(value) for value in self._row(picks, upto)]
        return {
            share: low + (high - low) * (place - math.floor(place))
            for share, place, low, high in zip(shares, places, found[::2], found[1::2], strict=True)
        }

    def distribution(self, bins: int) -> list[Bin]:
        """Count the rows in ranges of equal width.

        Whole numbers are cut at whole numbers: the last ranges are one wider where it does not
        come out even, and there are no more ranges than numbers.
        """
        if not self.total:
            return []
        if self.min == self.max:
            return [Bin(float(self.min), float(self.max), self.total)]
        return self._binned(self._edges(bins), "value")

    def _edges(self, bins: int) -> list[Number]:
        span = self.max - self.min
        if not self._whole:
            if math.isinf(span):
                return [_between(self.min, self.max, number / bins) for number in range(bins + 1)]
            return [self.min + span * number / bins for number in range(bins)] + [self.max]
        if span < bins:
            return [*range(self.min, self.max + 1), self.max]
        width, wider = divmod(span, bins)
        edges = [self.min]
        for number in range(bins):
            edges.append(edges[-1] + width + (number >= bins - wider))
        return edges

    def z_distribution(self, bins: int) -> list[Bin]:
        """Count the rows in ranges of equal width of their z-scores; none where nothing varies."""
        if not self.variance:
            return []
        low, high = self._z(self.min), self._z(self.max)
        edges = [low + (high - low) * number / bins for number in range(bins)] + [high]
        return self._binned(edges, self._z_sql)

    def _binned(self, edges: Sequence[Number], value: str) -> list[Bin]:
        ranges, inner = list(pairwise(edges)), edges[1:-1]
        within = [
            " AND ".join(
                ([f"{value} >= {_number(inner[number - 1])}"] if number else [])
                + ([f"{value} < {_number(inner[number])}"] if number < len(inner) else [])
            )
            or "true"
            for number in range(len(ranges))
        ]
        sums = ", ".join(f"coalesce(sum(n) FILTER ({each}), 0)::BIGINT" for each in within)
        counts = self._row(sums)
        return [Bin(*ends, count) for ends, count in zip(ranges, counts, strict=True)]

    @property
    def _z_sql(self) -> str:
        return f"(value - {_double(self.mean)}) / {_double(self.deviation)}"

    def _z(self, value: Number) -> float:
        return float((value - (self.mean or 0)) / (self.deviation or 1))

    def outliers(self, beyond: float, below: float | None = None) -> int:
        """Count the rows whose z-score is beyond a threshold, and no further than another."""
        if not self.variance:
            return 0
        upper = f" AND abs({self._z_sql}) <= {below!r}" if below is not None else ""
        found = self._row(
            f"coalesce(sum(n) FILTER (abs({self._z_sql}) > {beyond!r}{upper}), 0)::BIGINT"
        )
        return int(found[0])

    def outlying(self, beyond: float, limit: str) -> list[tuple[Any, float]]:
        """Return the values beyond a threshold with their z-scores, the furthest first."""
        if not self.variance:
            return []
        size = "" if limit == "ALL" else f" LIMIT {int(limit)}"
        return self._connection.execute(
            f"SELECT value, {self._z_sql} AS z FROM {self._table} WHERE abs({self._z_sql}) > "
            f"{beyond!r} ORDER BY abs(z) DESC, value{size}"
        ).fetchall()


def _double(value: float | None) -> str:
    # as a text, for SQL has no word for infinity, to which the squares of great numbers add up
    return f"CAST('{value!r}' AS DOUBLE)"


def _number(value: Number) -> str:
    return _double(value) if isinstance(value, float) else repr(value)


def _between(low: float, high: float, share: float) -> float:
    return low * (1 - share) + high * share
