"""Filter criteria, by EventBridge's rules, on a record's data."""

import json
from typing import Any

import pytest

from local_aws.event_source import patterns
from local_aws.protocol.errors import ServiceError


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        '{"data": "text"}',
        '{"data": {"a": []}}',
        '{"data": {"a": [{"numeric": [">"]}]}}',
        '{"data": {"a": [{"unheard": "of"}]}}',
        '{"partitionKey": ["k"]}',
        '{"data": {"a": ["b"]}, "eventName": ["x"]}',
    ],
)
def test_what_is_no_pattern_on_data_is_refused(pattern: str) -> None:
    with pytest.raises(ServiceError, match="Invalid filter pattern definition"):
        patterns.check([{"Pattern": pattern}])


def test_more_filters_than_the_quota_are_refused() -> None:
    with pytest.raises(ServiceError, match="limit of 5"):
        patterns.check([{"Pattern": '{"data": {"a": ["b"]}}'}] * 6)


@pytest.mark.parametrize(
    ("pattern", "data", "wanted"),
    [
        ({"a": ["b"]}, {"a": "b"}, True),
        ({"a": ["b"]}, {"a": "c"}, False),
        ({"a": [{"numeric": [">", 1, "<=", 2]}]}, {"a": 2}, True),
        ({"a": [300]}, {"a": 300.0}, True),
        ({"a": [{"prefix": "x"}]}, {"a": "xy"}, True),
        ({"a": [{"anything-but": ["b"]}]}, {"a": "b"}, False),
        ({"a": [{"exists": False}]}, {"b": 1}, True),
        ({"a": [{"equals-ignore-case": "B"}]}, {"a": "b"}, True),
        ({"a": {"b": ["c"]}}, {"a": {"b": "c"}}, True),
        ({"$or": [{"a": [1]}, {"b": [2]}]}, {"b": 2}, True),
        ({"a": [{"wildcard": "x*z"}]}, {"a": "xyz"}, True),
    ],
)
def test_patterns(pattern: dict[str, Any], data: dict[str, Any], wanted: bool) -> None:
    text = json.dumps({"data": pattern})
    patterns.check([{"Pattern": text}])
    assert patterns.wanted(json.dumps(data).encode(), [text]) is wanted


def test_one_of_several_is_enough_and_no_json_is_dropped() -> None:
    either = ['{"data": {"a": ["x"]}}', '{"data": {"b": ["y"]}}']
    assert patterns.wanted(b'{"b": "y"}', either)
    assert not patterns.wanted(b"\xff no JSON", either)
    assert patterns.wanted(b"\xff no JSON", [])
