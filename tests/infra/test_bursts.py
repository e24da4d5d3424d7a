"""Which alert a detection belongs to, and what of a stream is no detection at all."""

import itertools
import json
from collections.abc import Iterable
from typing import Any

import pytest
from alert_function.bursts import Alert, find, joined, open_by
from alert_function.detections import Detection, PoisonError, read
from hypothesis import given
from hypothesis import strategies as st


def at(seconds: float) -> str:
    return f"2026-11-29T10:{int(seconds) // 60:02}:{seconds % 60:06.3f}Z"


def opening(rule: str, begin: float, end: float) -> Detection:
    return Detection("7", rule, at(begin), at(begin + 10), at(begin), at(end), 11)


def window(begin: float, count: int = 11) -> Detection:
    return Detection("7", "tumbling", at(begin), at(begin + 10), at(begin), at(begin + 9.9), count)


def alerts_after(detections: Iterable[Detection], known: Iterable[Alert] = ()) -> list[Alert]:
    alerts = {alert.alert_id: alert for alert in known}
    for detection in detections:
        candidates = [a for a in alerts.values() if a.started_at <= detection.last_action]
        found = find(detection, candidates)
        alert = joined(found, detection) if found else open_by(detection)
        alerts[alert.alert_id] = alert
    return sorted(alerts.values(), key=lambda alert: alert.started_at)


ONE_BURST = [
    pytest.param([opening("early", 1, 5), opening("sliding", 1, 5), window(0)], id="all rules"),
    pytest.param([window(0), opening("sliding", 1, 5)], id="the full window came first"),
    pytest.param([opening("sliding", 8, 12), window(10), window(20), window(30)], id="it goes on"),
    pytest.param(
        [opening("sliding", 1, 5), window(0), window(20)], id="a window in it is not full"
    ),
    pytest.param([opening("early", 1.2, 6), opening("sliding", 1, 5)], id="out of order"),
]
TWO_BURSTS = [
    pytest.param(
        [opening("sliding", 1, 5), window(0), opening("sliding", 16, 20)], id="a pause of ten"
    ),
    pytest.param([window(0), window(30)], id="windows too far apart"),
    pytest.param(
        [
            opening("early", 1, 5),
            opening("early", 21, 25),
            opening("sliding", 1, 5),
            opening("sliding", 21, 25),
        ],
        id="early is far ahead",
    ),
]


@pytest.mark.parametrize("detections", ONE_BURST)
def test_one_burst_is_one_alert(detections: list[Detection]) -> None:
    (alert,) = alerts_after(detections)
    assert alert.rules == {detection.rule for detection in detections}
    assert alert.first_seen == min(detection.first_action for detection in detections)
    assert alert.last_seen == max(detection.last_action for detection in detections)


@pytest.mark.parametrize("detections", TWO_BURSTS)
def test_two_bursts_are_two_alerts(detections: list[Detection]) -> None:
    assert len(alerts_after(detections)) == 2


@pytest.mark.parametrize("detections", ONE_BURST + TWO_BURSTS)
def test_a_stream_that_is_read_again_changes_nothing(detections: list[Detection]) -> None:
    once = alerts_after(detections)
    assert alerts_after(detections, once) == once
    for begin in range(len(detections)):
        assert alerts_after(detections[begin:], once) == once


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_whatever_comes_first_of_one_burst_it_is_one_alert(order: tuple[int, ...]) -> None:
    detections = [opening("early", 1, 5), opening("sliding", 1, 5), window(0, 22)]
    (alert,) = alerts_after(detections[place] for place in order)
    assert (alert.action_count, alert.windows) == (22, 1)


RECORD: dict[str, Any] = {
    "user_id": 7,
    "rule": "early",
    "window_start": "2026-11-29T10:00:01",
    "window_end": "2026-11-29T10:00:11.000",
    "first_action": "2026-11-29T10:00:01.500",
    "last_action": "2026-11-29T10:00:05.000Z",
    "action_count": 11,
}


def test_times_of_any_precision_have_one_form() -> None:
    detection = read(json.dumps(RECORD).encode())
    assert detection.window_start == "2026-11-29T10:00:01.000Z"
    assert detection.last_action == "2026-11-29T10:00:05.000Z"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"user_id": "7"}, "user_id '7'"),
        ({"user_id": True}, "user_id True"),
        ({"action_count": 0}, "action_count 0"),
        ({"rule": "hopping"}, "rule 'hopping'"),
        ({"version": 2}, "version 2"),
        ({"first_action": None}, "first_action None"),
        ({"first_action": "yesterday"}, "first_action 'yesterday'"),
        ({"first_action": "2026-11-29T10:00:01+02:00"}, "has an offset"),
        ({"first_action": "2026-11-29T10:00:09"}, "first_action is after last_action"),
    ],
)
def test_a_record_that_is_none_of_ours_is_poison(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(PoisonError, match=reason.replace("(", r"\(")):
        read(json.dumps(RECORD | change).encode())


@given(st.binary() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_whatever_comes_in_is_a_detection_or_poison(data: bytes | str) -> None:
    with pytest.raises(PoisonError):
        read(data if isinstance(data, bytes) else data.encode())


_VALUES = st.none() | st.booleans() | st.integers() | st.text() | st.floats() | st.lists(st.text())


@given(st.dictionaries(st.sampled_from([*RECORD, "version"]), _VALUES))
def test_any_values_of_our_fields_are_a_detection_or_poison(change: dict[str, Any]) -> None:
    try:
        detection = read(json.dumps(RECORD | change).encode())
    except PoisonError as error:
        assert str(error)
    else:
        assert detection.first_action <= detection.last_action
