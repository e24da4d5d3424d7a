"""Histograms of numbers by merging the nearest buckets, as Trino's numeric_histogram makes them.

The sketch of Ben-Haim and Tom-Tov ("A Streaming Parallel Decision Tree Algorithm", 2010) with the
buffer that Trino fills before it merges.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from local_aws.trino.functions.in_python.model import Registered

_BUFFER = 100
_Bucket = tuple[float, float]  # centre and weight


def _penalty(one: _Bucket, two: _Bucket) -> float:
    """Error that merging two buckets makes."""
    weight = one[1] + two[1]
    return (one[0] - two[0]) ** 2 * (one[1] * two[1]) / weight


def _compacted(buckets: list[_Bucket], count: int) -> list[_Bucket]:
    """Merge equal buckets, then the nearest neighbours until so many are left."""
    made: list[_Bucket] = []
    for centre, weight in sorted(buckets):
        if made and made[-1][0] == centre:
            made[-1] = (centre, made[-1][1] + weight)
        else:
            made.append((centre, weight))
    alive: dict[int, _Bucket] = dict(enumerate(made))
    after = {i: i + 1 for i in alive}
    before = {i: i - 1 for i in alive}
    heap = [(_penalty(made[i], made[i + 1]), i, made[i], made[i + 1]) for i in range(len(made) - 1)]
    heapq.heapify(heap)
    while len(alive) > count:
        _, i, left, right = heapq.heappop(heap)
        j = after.get(i, -1)
        if alive.get(i) != left or alive.get(j) != right:
            continue  # one of them was merged since
        weight = left[1] + right[1]
        alive[i] = ((left[0] * left[1] + right[0] * right[1]) / weight, weight)
        del alive[j]
        after[i] = after.pop(j)
        before[after[i]] = i
        for one, two in ((before[i], i), (i, after[i])):
            if one in alive and two in alive:
                entry = (_penalty(alive[one], alive[two]), one, alive[one], alive[two])
                heapq.heappush(heap, entry)
    return [alive[i] for i in sorted(alive)]


def numeric_histogram(
    count: int, values: Sequence[float], weights: Sequence[float]
) -> dict[float, float]:
    """Histogram of weighted values as a map from centres to weights.

    Examples
    --------
    >>> numeric_histogram(2, [1.0, 2.0, 10.0], [1.0, 1.0, 1.0])
    {1.5: 2.0, 10.0: 1.0}
    """
    held: list[_Bucket] = []
    for value, weight in zip(values, weights, strict=True):
        if len(held) == count + _BUFFER:
            held = _compacted(held, count)
        held.append((value, weight))
    return dict(_compacted(held, count))


REGISTERED: list[Registered] = [
    (
        numeric_histogram,
        "numeric_histogram",
        ["BIGINT", "DOUBLE[]", "DOUBLE[]"],
        "MAP(DOUBLE, DOUBLE)",
    ),
]
