"""What the alerts are held against, on a few records."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from helpers import alerts
from helpers.bursts import Rule

START = datetime(2019, 10, 1)


def record(user: int, second: int, kind: str = "view", product: int = 1, arrived: float = 0.0):
    at = START + timedelta(seconds=second)
    return {
        "arrived_at": START + timedelta(seconds=arrived or second),
        "event_time": f"{at:%Y-%m-%d %H:%M:%S} UTC",
        "event_type": kind,
        "product_id": product,
        "category_id": 1,
        "category_code": None,
        "brand": None,
        "price": 1.5,
        "user_id": user,
        "user_session": "s",
        "txn_timestamp": f"{at:%Y-%m-%dT%H:%M:%S}",
    }


@pytest.mark.parametrize(
    ("copies", "lines", "left"),
    [(False, False, 6), (True, False, 5), (False, True, 4), (True, True, 3)],
)
def test_copies_and_lines_of_a_purchase_count_once(copies, lines, left):
    records = pl.DataFrame(
        [
            record(1, 0),
            record(1, 0),
            record(1, 1, product=2),
            *(record(1, 1, "purchase", product) for product in (1, 2, 3)),
        ]
    )
    counted = alerts.counted(records, duplicates_once=copies, purchase_lines_once=lines)
    assert len(counted) == left


def test_latency_begins_with_the_action_above_the_limit():
    records = pl.DataFrame([record(1, second, arrived=second + 0.5) for second in (0, 1, 2, 9)])
    actions = alerts.counted(records, duplicates_once=True, purchase_lines_once=True)
    found = pl.DataFrame(
        {
            "rule": ["early"],
            "user_id": [1],
            "arrived_at": [START + timedelta(seconds=3)],
            "first_action": ["2019-10-01T00:00:00"],
        }
    )
    assert alerts.latencies(actions, found, Rule(2, 10))["seconds"].to_list() == [0.5]


def test_noise_counts_by_the_rule_that_it_is_given():
    records = pl.DataFrame([record(1, second, product=second) for second in range(0, 60, 10)])
    for rule, most, above in ((Rule(1, 10), 1, 0), (Rule(1, 11), 2, 1), (Rule(5, 60), 6, 1)):
        told = alerts.noise(records, rule).row(0)
        assert told[2:] == (most, above)


def actions(*users_and_seconds: tuple[int, int]) -> pl.DataFrame:
    rows = [
        {"user_id": user, "at": START + timedelta(seconds=second), "arrived_at": START}
        for user, second in users_and_seconds
    ]
    return pl.DataFrame(rows)


def test_the_headline_counts_by_the_recount_and_says_where_a_rule_disagrees():
    inside = [(1, second) for second in (0, 1, 2)]
    across = [(2, second) for second in (8, 9, 10, 11)]
    slow = [(3, second) for second in (0, 5, 10, 15)]
    above = alerts.above_limit(actions(*inside, *across, *slow), Rule(2, 10))
    assert above == {"tumbling": {1}, "sliding": {1, 2}, "early": {1, 2}}
    found = {"tumbling": {1}, "sliding": {1}, "early": {1, 2, 9}}
    assert alerts.sentences(11, above, found, Rule(2, 10)) == [
        "11 actions were watched; 2 users made more than 2 of them within 10 seconds.",
        "Windows that do not slide miss 1 of them.",
        "The rule sliding has not found 1 user above the limit: 2.",
        "The rule early has found 1 user not above the limit: 9.",
    ]
    assert alerts.disagreements(above, above) == []


def test_one_action_and_nobody_above_the_limit_are_said_well():
    above = alerts.above_limit(actions((1, 0)), Rule(2, 10))
    assert alerts.sentences(1, above, above, Rule(2, 10)) == [
        "1 action was watched; 0 users made more than 2 of them within 10 seconds.",
        "Windows that do not slide miss none of them.",
    ]


def test_an_alert_is_as_late_as_after_the_action_of_its_own_burst():
    records = pl.DataFrame(
        [record(1, second, arrived=second) for second in (0, 1, 2, 300, 301, 302)]
    )
    acted = alerts.counted(records, duplicates_once=True, purchase_lines_once=True)
    found = pl.DataFrame(
        {
            "rule": ["early", "early"],
            "user_id": [1, 1],
            "arrived_at": [START + timedelta(seconds=second) for second in (3, 304)],
            "first_action": ["2019-10-01T00:00:00", "2019-10-01T00:05:00"],
        }
    )
    assert alerts.latencies(acted, found, Rule(2, 10))["seconds"].sort().to_list() == [1.0, 2.0]
