"""Bots are above the rule that they were made by, whatever it is, and as they were meant to be."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import bursts
from helpers.bursts import Rule
from helpers.errors import InputError
from store_simulator import bots

RULES = st.builds(Rule, st.integers(1, 300), st.integers(1, bursts.LONGEST_WINDOW_S))


@given(RULES, st.datetimes(datetime(2019, 1, 1), datetime(2020, 1, 1)))
def test_every_burst_is_above_any_rule_and_hidden_from_windows_where_it_straddles(rule, time):
    start = bots.next_window(time, rule.window_s)
    assert timedelta(0) <= start - time < timedelta(seconds=rule.window_s)
    for burst in bots.plan(rule, 1, [start] * 2):
        times = burst.times
        assert times == sorted(times)
        assert times[-1] < start + timedelta(seconds=2 * rule.window_s)
        assert any(
            last - first < timedelta(seconds=rule.window_s)
            for first, last in zip(times, times[rule.max_actions :], strict=False)
        )
        windows = [(at - datetime(1970, 1, 1)).total_seconds() // rule.window_s for at in times]
        most = max(windows.count(window) for window in windows)
        assert (most <= rule.max_actions) == burst.straddles == (len(set(windows)) > 1)


def test_the_rule_is_the_notes_own_and_has_ranges():
    assert isinstance(bursts.of_note(), Rule)
    for wrong in ((0, 10), (10, 0), (10, 1000), (10_001, 10)):
        with pytest.raises(InputError, match="give a whole number from 1"):
            Rule(*wrong)
