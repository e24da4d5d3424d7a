"""Schedules: when they are due, and that the server carries them out."""

import datetime
from typing import Any

import pytest
import urllib3

from local_aws.clock_control import PATH
from local_aws.quicksight import due
from local_aws.quicksight.errors import QuickSightError
from quicksight_client import Quick, until


def moment(text: str) -> float:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC).timestamp()


def at(time: str = "06:00", zone: str = "Europe/Berlin", **on: str) -> dict[str, Any]:
    interval = {"DayOfWeek": "WEEKLY", "DayOfMonth": "MONTHLY"}.get(next(iter(on), ""), "DAILY")
    frequency = {"Interval": interval, "Timezone": zone, "TimeOfTheDay": time}
    return {**frequency, **({"RefreshOnDay": on} if on else {})}


@pytest.mark.parametrize(
    ("frequency", "before", "after"),
    [
        ({"Interval": "HOURLY"}, "2026-01-01 10:59:59", "2026-01-01 11:00:00"),
        ({"Interval": "HOURLY"}, "2026-01-01 11:00:00", "2026-01-01 12:00:00"),
        (at(), "2026-01-01 04:59:59", "2026-01-01 05:00:00"),
        (at(), "2026-01-01 05:00:00", "2026-01-02 05:00:00"),
        (at(), "2026-07-01 00:00:00", "2026-07-01 04:00:00"),
        (at("02:30"), "2026-03-28 12:00:00", "2026-03-29 01:30:00"),
        (at(DayOfWeek="MONDAY"), "2026-01-01 00:00:00", "2026-01-05 05:00:00"),
        (at(DayOfMonth="28"), "2026-02-28 06:00:00", "2026-03-28 05:00:00"),
        (at(DayOfMonth="LAST_DAY_OF_MONTH"), "2024-02-01 00:00:00", "2024-02-29 05:00:00"),
    ],
)
def test_a_schedule_is_due_by_the_clock_of_its_zone(
    frequency: dict[str, Any], before: str, after: str
) -> None:
    due.check(frequency)
    assert due.after(frequency, moment(before)) == moment(after)


@pytest.mark.parametrize(
    "frequency",
    [
        {"Interval": "MINUTE15"},
        {"Interval": "DAILY"},
        {"Interval": "HOURLY", "TimeOfTheDay": "06:00"},
        at("24:00"),
        at(zone="Mars/Base"),
        {**at(), "Interval": "WEEKLY"},
        {**at(DayOfWeek="MONDAY"), "Interval": "MONTHLY"},
    ],
    ids=str,
)
def test_a_frequency_whose_members_do_not_fit_is_refused(frequency: dict[str, Any]) -> None:
    with pytest.raises(QuickSightError):
        due.check(frequency)


def test_the_server_refreshes_what_is_due(quick: Quick) -> None:
    quick.data_set("hourly", quick.relation("days"))
    schedule = {"ScheduleId": "s", "RefreshType": "FULL_REFRESH"}
    schedule["ScheduleFrequency"] = {"Interval": "HOURLY"}  # type: ignore[assignment]
    quick("create_refresh_schedule", DataSetId="hourly", Schedule=schedule)
    with pytest.raises(quick.client.exceptions.ResourceExistsException):
        quick("create_refresh_schedule", DataSetId="hourly", Schedule=schedule)
    listed = quick("list_refresh_schedules", DataSetId="hourly")["RefreshSchedules"]
    assert [each["ScheduleFrequency"] for each in listed] == [{"Interval": "HOURLY"}]
    urllib3.request("PUT", f"{quick.server.endpoint}{PATH}?seconds=3700", timeout=60)
    found = until(
        lambda: quick("list_ingestions", DataSetId="hourly")["Ingestions"][0],
        lambda newest: (
            newest["IngestionStatus"] == "COMPLETED" and newest["RequestSource"] == "SCHEDULED"
        ),
    )
    urllib3.request("DELETE", f"{quick.server.endpoint}{PATH}", timeout=60)
    assert found["RequestType"] == "FULL_REFRESH"
    quick("delete_refresh_schedule", DataSetId="hourly", ScheduleId="s")
    assert quick("list_refresh_schedules", DataSetId="hourly")["RefreshSchedules"] == []
