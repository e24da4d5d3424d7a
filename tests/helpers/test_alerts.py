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
