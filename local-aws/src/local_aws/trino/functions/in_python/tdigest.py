"""Quantiles by a merging t-digest, with the parameters of Trino's, so that answers are the same.

A sketch of the values: sorted, then merged into centroids whose weight is bounded by
``n · q(1 - q) / k`` with ``k = c / (4 ln(n / c) + 24)`` (Dunning and Ertl, "Computing Extremely
Accurate Quantiles Using t-Digests", 2019; the scale function k2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from local_aws.trino.functions.in_python.model import Registered

_COMPRESSION = 100.0
_BUFFER = 1260  # values and centroids that are held before they are merged
_Centroid = tuple[float, float]  # mean and weight


def _merged(centroids: list[_Centroid], compression: float, backwards: bool) -> list[_Centroid]:
    """Merge neighbours as far as the bound allows, from the greatest where `backwards`."""
    ordered = sorted(centroids, key=lambda one: one[0], reverse=backwards)
    total = sum(weight for _, weight in ordered)
    normalizer = compression / (4 * math.log(total / compression) + 24)
    made: list[_Centroid] = []
    mean, weight = ordered[0]
    before = least = 0.0
    for other, other_weight in ordered[1:]:
        both = weight + other_weight
        share = min((before + both) / total, 1)
        if both <= total * min(least, share * (1 - share) / normalizer):
            mean += (other - mean) * other_weight / both
            weight = both
        else:
            made.append((mean, weight))
            before += weight
            least = before / total * (1 - before / total) / normalizer
            mean, weight = other, other_weight
    made.append((mean, weight))
    return made[::-1] if backwards else made


def _digest(values: Sequence[float], weights: Sequence[float]) -> list[_Centroid]:
    held: list[_Centroid] = []
    backwards = False
    for value, weight in zip(values, weights, strict=True):
        if len(held) == _BUFFER:
            held = _merged(held, 2 * _COMPRESSION, backwards)
            backwards = not backwards
        held.append((value, weight))
    return _merged(held, _COMPRESSION, backwards)


def quantiles(
    values: Sequence[float], weights: Sequence[float], shares: Sequence[float]
) -> list[float]:
    """Estimate quantiles of weighted values.

    Parameters
    ----------
    values, weights
        At least one value, and the weight of each (1 or more); no weights mean 1 each.
    shares
        Quantiles between 0 and 1, in any order.

    Examples
    --------
    >>> quantiles([4.0, 1.0, 3.0, 2.0], [], [0.5, 1])
    [3.0, 4.0]
    """
    centroids = _digest(values, weights or [1.0] * len(values))
    least, most = min(values), max(values)
    return [_at(centroids, share, least, most) for share in shares]


def _at(centroids: list[_Centroid], share: float, least: float, most: float) -> float:
    """Value at a quantile: between the means of two centroids, as far as their weights say."""
    if len(centroids) == 1:
        return centroids[0][0]
    total = sum(weight for _, weight in centroids)
    offset = share * total
    (first, first_weight), (last, last_weight) = centroids[0], centroids[-1]
    if offset < 1:
        return least
    if offset < first_weight / 2:
        return least + (offset - 1) / (first_weight / 2 - 1) * (first - least)
    if offset > total - 1 or (offset >= total - 1 and last_weight / 2 <= 1):
        return most
    if total - offset <= last_weight / 2 and last_weight / 2 > 1:
        return most + (total - offset - 1) / (last_weight / 2 - 1) * (last - most)
    so_far = first_weight / 2
    for (mean, weight), (next_mean, next_weight) in pairwise(centroids):
        length = (weight + next_weight) / 2
        if so_far + length > offset:
            return _between(offset - so_far, (mean, weight), (next_mean, next_weight))
        so_far += length
    return most


def _between(offset: float, left: _Centroid, right: _Centroid) -> float:
    """Interpolate between two centroids; one of a single value stands for itself alone."""
    (mean, weight), (next_mean, next_weight) = left, right
    if weight == 1 and offset < weight / 2:
        return mean
    if next_weight == 1 and offset >= weight / 2:
        return next_mean
    length = (weight + next_weight) / 2
    if weight == 1:
        offset -= weight / 2
        length = next_weight / 2
    elif next_weight == 1:
        length = weight / 2
    return mean + offset / length * (next_mean - mean)


REGISTERED: list[Registered] = [
    (quantiles, "quantiles", ["DOUBLE[]", "DOUBLE[]", "DOUBLE[]"], "DOUBLE[]"),
]
