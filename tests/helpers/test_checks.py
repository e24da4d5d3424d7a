"""Parameters that are checked at a notebook's border: one clear line for each."""

from datetime import date

import pytest

from helpers import checks
from helpers.errors import InputError


@pytest.mark.parametrize(
    ("check", "arguments", "message"),
    [
        (checks.choice, ("metric", "clicks", ("views", "carts")), "metric.*clicks.*views, carts"),
        (checks.choice, ("metric", "view", ("views", "carts")), "did you mean views.*views, carts"),
        (checks.whole, ("depth", 5, 1, 4), "depth is 5.*from 1 to 4"),
        (checks.whole, ("depth", 1.5, 1, 4), "depth is 1.5"),
        (checks.whole, ("depth", True, 1, 4), "depth is True"),
        (checks.whole, ("depth", "2", 1, 4), "depth is '2'"),
        (checks.between, ("smoothing", -0.1, 0, 10), "smoothing is -0.1.*from 0 to 10"),
        (checks.between, ("smoothing", float("nan"), 0, 10), "smoothing is nan"),
        (checks.time_zone, ("time_zone", "Europe/Berlim"), "Europe/Berlim.*Europe/Berlin"),
        (checks.time_zone, ("time_zone", "+05:30"), "IANA"),
        (checks.day, ("day", "2019-02-30"), "day is '2019-02-30'.*YYYY-MM-DD"),
        (checks.day, ("day", "yesterday"), "yesterday"),
        (checks.day, ("day", "20191001"), "YYYY-MM-DD"),
        (checks.file, ("raw", "no/such.csv"), "raw.*no/such.csv"),
        (checks.file, ("raw", "README.m"), "did you mean .*README.md"),
    ],
)
def test_wrong_value_is_named_in_one_line(check, arguments, message) -> None:
    with pytest.raises(InputError, match=message) as caught:
        check(*arguments)
    assert "\n" not in str(caught.value)


def test_right_values_pass() -> None:
    checks.choice("metric", "views", ("views",))
    checks.whole("depth", 4, 1, 4)
    checks.between("smoothing", 10, 0.001, 1e9)
    checks.time_zone("time_zone", "Asia/Kolkata")
    assert checks.day("day", "2019-10-01") == date(2019, 10, 1)
