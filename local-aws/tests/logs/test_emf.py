"""Metrics embedded in log events: the specification, and that any fault is one of two errors."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.cloudwatch.metrics import Metric
from local_aws.logs.emf import Found, ParsingError, ValidationError, extract

NOW = 1_800_000_000.0
DIRECTIVE: dict[str, Any] = {
    "Namespace": "Bots",
    "Dimensions": [["rule"], []],
    "Metrics": [{"Name": "found", "Unit": "Count"}],
}


def event(directive: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    metadata = {"Timestamp": int(NOW * 1000), "CloudWatchMetrics": [DIRECTIVE | (directive or {})]}
    return {"_aws": metadata, "rule": "sliding", "found": 3, "user_id": 7} | members


def found(given: dict[str, Any]) -> list[Found]:
    return extract(json.dumps(given), NOW)


def test_each_set_of_dimensions_is_a_metric_of_its_own() -> None:
    metrics = found(event())
    assert [each.metric for each in metrics] == [
        Metric("Bots", "found", (("rule", "sliding"),)),
        Metric("Bots", "found", ()),
    ]
    sample = metrics[0].samples[0]
    assert (sample.at, sample.unit, sample.total) == (NOW // 60 * 60, "Count", 3.0)


def test_an_array_has_a_sample_for_each_number_to_the_second_if_asked() -> None:
    definition = [{"Name": "found", "StorageResolution": 1}]
    metrics = found(event({"Metrics": definition, "Dimensions": [[]]}, found=[1, 2.5]))
    assert [(each.at, each.unit, each.low) for each in metrics[0].samples] == [
        (int(NOW), "None", 1.0),
        (int(NOW), "None", 2.5),
    ]


@pytest.mark.parametrize(
    "message",
    [
        "",
        "plain",
        '{"level": "INFO"}',
        '{"message": "\\"_aws\\" is a word here"}',
        json.dumps({"_aws": {"Timestamp": 1}}),
        json.dumps({"inner": event()}),
        json.dumps([event()]),
    ],
)
def test_what_is_not_in_the_format_has_no_metrics_and_no_faults(message: str) -> None:
    assert extract(message, NOW) == []


def test_the_prefix_that_lambda_writes_is_passed_over() -> None:
    prefix = "2026-11-29T09:00:00.000Z\t8f5d0c2e-0000\tINFO\t"
    assert len(extract(prefix + json.dumps(event()) + "\n", NOW)) == 2


@pytest.mark.parametrize("message", ['{"_aws": {', "metric: " + json.dumps(event()), '"_aws" NaN'])
def test_what_wants_to_be_json_and_is_none_is_a_parsing_error(message: str) -> None:
    with pytest.raises(ParsingError):
        extract(message, NOW)


@pytest.mark.parametrize(
    ("faulty", "where"),
    [
        (event({"Namespace": ""}), "Namespace"),
        (event({"Namespace": "x" * 1025}), "Namespace"),
        (event({"Dimensions": []}), "Dimensions has no set"),
        (event({"Dimensions": "rule"}), "Dimensions is no array"),
        (event({"Dimensions": [["absent"]]}), "the member absent"),
        (event(rule=7), "the member rule"),
        (event(rule="x" * 1025), "the member rule"),
        (event({"Dimensions": [[f"d{n}" for n in range(31)]]}), "more than 30"),
        (event({"Metrics": [{"Name": f"m{n}"} for n in range(101)]}), "more than 100"),
        (event({"Metrics": [{"Unit": "Count"}]}), "Name"),
        (event({"Metrics": [{"Name": "found", "Unit": "count"}]}), "Unit count"),
        (event({"Metrics": [{"Name": "found", "StorageResolution": 30}]}), "StorageResolution"),
        (event(found="3"), "the member found"),
        (event(found=True), "the member found"),
        (event(found=[]), "1 to 100 values"),
        (event(found=list(range(101))), "1 to 100 values"),
        (event(found={"value": 3}), "the member found"),
        (event({"Metrics": [{"Name": "inner.found"}]}), "inner.found"),
        (event() | {"_aws": {"CloudWatchMetrics": [DIRECTIVE]}}, "Timestamp"),
        (event() | {"_aws": {"Timestamp": 1, "CloudWatchMetrics": [DIRECTIVE]}}, "too long ago"),
        (event() | {"_aws": {"Timestamp": "now", "CloudWatchMetrics": []}}, "Timestamp"),
        (event() | {"_aws": {"Timestamp": int(NOW * 1000), "CloudWatchMetrics": {}}}, "no array"),
        (event() | {"_aws": []}, "_aws is no object"),
    ],
)
def test_a_fault_of_the_specification_is_a_validation_error_with_its_place(
    faulty: dict[str, Any], where: str
) -> None:
    with pytest.raises(ValidationError, match=where):
        found(faulty)


def test_members_that_the_specification_does_not_know_are_passed_over() -> None:
    assert len(found(event({"Extra": 1}, other={"deep": []}))) == 2


VALUE = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["Name", "Unit", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.sampled_from(["Namespace", "Dimensions", "Metrics"]), VALUE, VALUE, VALUE)
def test_any_event_has_metrics_or_one_of_two_errors(
    member: str, value: Any, rule: Any, count: Any
) -> None:
    try:
        metrics = found(event({member: value}, rule=rule, found=count))
    except (ParsingError, ValidationError):
        return
    assert all(sample.low == sample.high for each in metrics for sample in each.samples)


@given(
    st.lists(st.floats(-1e100, 1e100), min_size=1, max_size=100),
    st.dictionaries(st.text(min_size=1, max_size=9), st.text(min_size=1, max_size=9), max_size=30),
)
def test_a_right_event_gives_exactly_its_numbers(
    numbers: list[float], dimensions: dict[str, str]
) -> None:
    names = [name for name in dimensions if name not in ("_aws", "found")]
    given_event = event({"Dimensions": [names]}) | dimensions
    given_event |= {"found": numbers, "_aws": event({"Dimensions": [names]})["_aws"]}
    (only,) = found(given_event)
    assert dict(only.metric.dimensions) == {name: dimensions[name] for name in names}
    assert [sample.total for sample in only.samples] == numbers


@given(st.text(max_size=60))
def test_any_text_is_taken_or_told(text: str) -> None:
    try:
        extract(text + '"_aws"', NOW)
    except (ParsingError, ValidationError) as error:
        assert str(error)
