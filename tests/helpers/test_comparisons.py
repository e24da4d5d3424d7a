"""Shares against what was expected, one and many at once."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import comparisons
from support.insights_by_polars import wilson


@given(bought=st.integers(0, 300), views=st.integers(200, 5000), peers=st.floats(0.001, 0.2))
def test_the_test_and_wilsons_interval_say_the_same(bought: int, views: int, peers: float) -> None:
    _, high = wilson(min(bought, views), views)
    (p,) = comparisons.score_below(pd.Series([bought]), pd.Series([views]), pd.Series([peers]))
    if abs(high - peers) > 1e-9:
        assert (p < 0.0249979) == (high < peers)  # the normal distribution below -1.96


@pytest.mark.parametrize(
    ("bought", "views", "peers"), [(0, 100, 0.0), (5, 100, 0.0), (300, 100, 0.5), (100, 100, 1.0)]
)
def test_what_is_not_below_is_no_finding(bought: int, views: int, peers: float) -> None:
    (p,) = comparisons.score_below(pd.Series([bought]), pd.Series([views]), pd.Series([peers]))
    assert p >= 0.5


def test_of_brands_that_are_as_their_peers_hardly_any_is_found() -> None:
    rng = np.random.default_rng(1)
    views = pd.Series(rng.integers(200, 5000, 3547))
    peers = pd.Series(rng.uniform(0.005, 0.03, 3547))
    bought = pd.Series(rng.binomial(views, peers))
    p = comparisons.score_below(bought, views, peers)
    assert (p < 0.025).sum() > 40  # so many would be called below without a correction
    assert (comparisons.false_discovery_rate(p) <= 0.05).sum() <= 1


def test_of_brands_that_are_below_most_are_found_and_few_others() -> None:
    rng = np.random.default_rng(2)
    views = pd.Series(rng.integers(2000, 9000, 2000))
    peers = pd.Series(np.full(2000, 0.02))
    truly = pd.Series(np.arange(2000) < 200)
    bought = pd.Series(rng.binomial(views, np.where(truly, 0.01, 0.02)))
    p = comparisons.score_below(bought, views, peers)
    found = comparisons.false_discovery_rate(p) <= 0.05
    assert (found & truly).sum() > 180
    assert (found & ~truly).sum() < 25


@given(st.lists(st.floats(0, 1), min_size=1))
def test_adjusted_values_keep_their_order_and_never_shrink(values: list[float]) -> None:
    p = pd.Series(values)
    adjusted = comparisons.false_discovery_rate(p)
    assert (adjusted >= p - 1e-12).all()
    assert (adjusted <= 1).all()
    assert (adjusted.iloc[np.argsort(values, kind="stable")].diff().dropna() >= -1e-12).all()
