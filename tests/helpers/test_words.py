"""Numbers and days in sentences."""

from datetime import date, timedelta

import pandas as pd
import pytest

from helpers import words


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 days"), (1, "1 day"), (1.0, "1 day"), (2500, "2,500 days")]
)
def test_one_is_told_from_several(number: float, text: str) -> None:
    assert words.count(number, "day") == text


def test_neighbours_are_a_span_and_a_hundred_days_are_not_listed() -> None:
    days = pd.date_range("2019-10-01", "2019-10-04")
    assert words.listed(days) == "2019-10-01 to 2019-10-04"
    sparse = [date(2019, 10, 1) + timedelta(days=2 * n) for n in range(150)]
    assert words.listed(sparse).endswith("2019-10-09 and 145 more days")
