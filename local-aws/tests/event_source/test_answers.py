"""What an answer means: the cases that other projects recorded from the service."""

from typing import Any

import pytest

from local_aws.event_source.answers import ALL_DONE, Verdict, verdict

NUMBERS = ["1", "2", "3"]
ALL_FAILED = Verdict(0, whole=True)


def failures(*names: Any) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": name} for name in names]}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ALL_DONE),
        (None, ALL_DONE),
        ("", ALL_DONE),
        ([], ALL_DONE),
        ({"batchItemFailures": []}, ALL_DONE),
        ({"batchItemFailures": None}, ALL_DONE),
        (failures(""), ALL_FAILED),
        (failures(None), ALL_FAILED),
        ({"batchItemFailures": [{"item": "2"}]}, ALL_FAILED),
        (failures("4"), ALL_FAILED),
        (failures("2", "unknown"), ALL_FAILED),
        ({"batchItemFailures": ["2"]}, ALL_FAILED),
        ({"batchItemFailures": "2"}, ALL_FAILED),
        ("done", ALL_FAILED),
        (failures("3", "2"), Verdict(1)),
        (failures("1"), Verdict(0)),
    ],
)
def test_reported_failures(body: Any, expected: Verdict) -> None:
    assert verdict({"body": body}, NUMBERS, True, False) == expected


def test_what_is_reported_does_not_count_unless_asked_for() -> None:
    assert verdict({"body": failures("1")}, NUMBERS, False, False) == ALL_DONE


def test_an_error_and_a_throttle_are_no_answers() -> None:
    raised = {"error": True, "function_error": "Unhandled", "body": failures()}
    assert verdict(raised, NUMBERS, True, False) == Verdict(0, "Unhandled", whole=True)
    assert verdict({"throttle": True, "error": True}, NUMBERS, True, False).throttled
