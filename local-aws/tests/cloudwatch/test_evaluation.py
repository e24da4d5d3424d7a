"""The tables of the service's guide: which state datapoints give an alarm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.cloudwatch.evaluation import Missing, evaluate

TREATMENTS: tuple[Missing, ...] = ("missing", "ignore", "breaching", "notBreaching")
KEEP, INSUFFICIENT = None, "INSUFFICIENT_DATA"
# datapoints (0 fine, X breaching, - missing; the newest last), and the state by treatment
THREE_OF_THREE = {
    "0-X-X": ("OK", "OK", "OK", "OK"),
    "0----": ("OK", "OK", "OK", "OK"),
    "-----": (INSUFFICIENT, KEEP, "ALARM", "OK"),
    "0XX-X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "--X--": ("ALARM", KEEP, "ALARM", "OK"),
}
TWO_OF_THREE = {
    "0-X-X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "00X0X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "0-X--": ("OK", "OK", "ALARM", "OK"),
    "----0": ("OK", "OK", "ALARM", "OK"),
    "---X-": ("ALARM", KEEP, "ALARM", "OK"),
}
ROWS = [
    (needed, points, missing, state)
    for needed, table in ((3, THREE_OF_THREE), (2, TWO_OF_THREE))
    for points, states in table.items()
    for missing, state in zip(TREATMENTS, states, strict=True)
]
POINTS = {"0": False, "X": True, "-": None}


@pytest.mark.parametrize(("needed", "points", "missing", "state"), ROWS)
def test_the_guides_tables(needed: int, points: str, missing: Missing, state: str | None) -> None:
    breaches = [POINTS[point] for point in points]
    assert evaluate(breaches, needed, 3, missing).state == state


@pytest.mark.parametrize("points", ["----X", "---X-"])
def test_a_breaching_datapoint_that_is_too_young_does_not_ring_yet(points: str) -> None:
    assert evaluate([POINTS[point] for point in points], 3, 3, "missing").state is KEEP


def test_an_event_keeps_an_alarm_of_one_period_for_the_length_of_the_range() -> None:
    seen = [
        evaluate([POINTS[point] for point in points], 1, 1, "notBreaching").state
        for points in ("--X", "-X-", "X--", "---")
    ]
    assert seen == ["ALARM", "ALARM", "ALARM", "OK"]


@given(
    st.lists(st.sampled_from([False, True]), min_size=5, max_size=5),
    st.integers(1, 3),
    st.sampled_from(TREATMENTS),
)
def test_without_gaps_the_latest_datapoints_decide_whatever_the_treatment(
    breaches: list[bool], needed: int, missing: Missing
) -> None:
    rings = sum(breaches[-3:]) >= needed
    assert evaluate(breaches, needed, 3, missing).state == ("ALARM" if rings else "OK")


@given(
    st.lists(st.sampled_from([False, True, None]), min_size=5, max_size=5),
    st.integers(1, 3),
)
def test_what_rings_with_gaps_taken_as_fine_rings_with_gaps_taken_as_breaching(
    breaches: list[bool | None], needed: int
) -> None:
    if evaluate(breaches, needed, 3, "notBreaching").state == "ALARM":
        assert evaluate(breaches, needed, 3, "breaching").state == "ALARM"
