"""What QuickSight is told to calculate is what Python calculates."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.datasets import BY_NAME
from dashboards.measures import MEASURES, Measure

each_measure = pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)


def by_quicksight(measure: Measure, sums: dict[str, float]) -> float:
    """Calculate the expression in its own language's few words."""
    code = re.sub(
        r"sum\(\{(\w+)\}\)", lambda match: repr(float(sums[match[1]])), measure.expression
    )
    return float(eval(code, {"__builtins__": {}, "sqrt": math.sqrt}))  # noqa: S307 - ours, above


@each_measure
@given(bottom=st.integers(1, 10**9), share=st.floats(0, 1))
def test_both_calculate_one_number(measure: Measure, bottom: int, share: float) -> None:
    sums = {measure.top: float(round(share * bottom)), measure.bottom: float(bottom)}
    assert measure.value(sums) == pytest.approx(by_quicksight(measure, sums), rel=1e-12, abs=1e-12)


@each_measure
def test_its_columns_add_up(measure: Measure) -> None:
    dataset = BY_NAME[measure.dataset]
    assert dataset.column(measure.top).adds == dataset.column(measure.bottom).adds == "sum"


@each_measure
def test_nothing_comes_of_nothing(measure: Measure) -> None:
    sums = {measure.top: 0.0, measure.bottom: 0.0}
    assert measure.value(sums) == (1.0 if measure.kind == "smoothed" else None)


@given(n=st.integers(1, 10**7), share=st.floats(0, 1))
def test_an_interval_holds_its_rate(n: int, share: float) -> None:
    sums = {"bought": float(round(share * n)), "carted": float(n)}
    low, rate, high = (
        Measure("x", "funnel", "bought", "carted", kind).value(sums)
        for kind in ("low", "ratio", "high")
    )
    assert low is not None
    assert rate is not None
    assert high is not None
    assert -1e-9 <= low <= rate + 1e-9 <= high + 2e-9 <= 1 + 3e-9
