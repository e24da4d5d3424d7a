"""What is said of a month whose totals were published."""

import datetime

import pandas as pd
import pytest

from helpers.errors import InputError
from helpers.ingest import known_totals

OCTOBER = [datetime.date(2019, 10, day) for day in range(1, 32)]


def october(**changed: object) -> pd.DataFrame:
    totals = dict(zip(known_totals.TOTALS, known_totals.KNOWN[2019, 10], strict=True))
    return pd.DataFrame([{"year": 2019, "month": 10, **totals, **changed}])


def test_a_whole_month_as_published_differs_nowhere():
    compared = known_totals.compare(october(), OCTOBER)
    assert list(compared["figure"]) == list(known_totals.TOTALS)
    assert (compared["difference"] == 0).all()
    (said,) = known_totals.sentences(october(), OCTOBER)
    assert said == "2019-10: every figure is that of the published totals."


def test_a_wrong_total_of_a_whole_month_shows_its_difference():
    wrong = october(carts=926_517)
    compared = known_totals.compare(wrong, OCTOBER).set_index("figure")
    assert compared.loc["carts", "difference"] == 1
    assert (compared["difference"] != 0).sum() == 1
    (said,) = known_totals.sentences(wrong, OCTOBER)
    assert said == "2019-10: 1 of 8 figures differ from the published totals."


def test_a_thinned_month_says_how_much_it_holds_and_is_not_compared():
    thinned = october(rows=424_488)
    assert known_totals.compare(thinned, OCTOBER).empty
    (said,) = known_totals.sentences(thinned, OCTOBER)
    assert "holds 424,488 of the 42,448,764 published rows (1.00%)" in said


def test_a_month_without_all_its_days_is_not_spoken_of():
    assert known_totals.compare(october(), OCTOBER[1:]).empty
    assert known_totals.sentences(october(), OCTOBER[1:]) == []


def test_a_missing_total_is_named():
    with pytest.raises(InputError, match="lack users"):
        known_totals.compare(october().drop(columns="users"), OCTOBER)
