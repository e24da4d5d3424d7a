"""Is a share below what was expected, or is it chance? And for many shares at once."""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

Numbers = npt.NDArray[np.float64]


def score_below(
    successes: "pd.Series[float]", trials: "pd.Series[float]", expected: "pd.Series[float]"
) -> "pd.Series[float]":
    """Give the probability that chance makes a share as low as it is, or lower.

    Parameters
    ----------
    successes, trials : pandas.Series
        Such as purchases and views of each brand; more successes than trials count as all.
    expected : pandas.Series
        The share to be expected, 0 to 1.

    Returns
    -------
    pandas.Series
        One-sided p-values of the score test, whose inversion Wilson's interval is: 0.025 where
        the upper end of the 95 % interval is the expected share. 1 where nothing was expected.

    Examples
    --------
    >>> score_below(pd.Series([10]), pd.Series([1000]), pd.Series([0.02])).round(4).tolist()
    [0.0119]
    """
    n = trials.to_numpy(float)
    rate = np.minimum(successes.to_numpy(float) / n, 1)
    share = np.clip(expected.to_numpy(float), 0, 1)
    error = np.sqrt(share * (1 - share) / n)
    z = np.divide(rate - share, error, out=np.full_like(n, np.inf), where=error > 0)
    return pd.Series(_normal(z), index=successes.index)


def false_discovery_rate(p_values: "pd.Series[float]") -> "pd.Series[float]":
    """Adjust p-values for how many comparisons are made at once.

    Of the comparisons with an adjusted value of at most 0.05, about 5 % at most are chance
    (Y. Benjamini and Y. Hochberg, 1995).

    Parameters
    ----------
    p_values : pandas.Series
        One a comparison.

    Returns
    -------
    pandas.Series
        The adjusted values, none smaller than what it was.

    Examples
    --------
    >>> false_discovery_rate(pd.Series([0.04, 0.01, 0.5])).round(3).tolist()
    [0.06, 0.03, 0.5]
    """
    values = p_values.to_numpy(float)
    order = np.argsort(values, kind="stable")[::-1]
    ranks = np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum.accumulate(np.minimum(values[order] * len(values) / ranks, 1))
    return pd.Series(adjusted, index=p_values.index)


def _normal(z: Numbers) -> Numbers:
    """Give the normal distribution's probability below z."""
    erfc = np.frompyfunc(math.erfc, 1, 1)
    return np.asarray(erfc(-z / math.sqrt(2)) / 2, dtype=float)
