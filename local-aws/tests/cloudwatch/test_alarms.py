"""Alarms as clients see them: by time, on changes only, with the service's words."""

import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cloudwatch_client import Move, listen

ALARM: dict[str, Any] = {
    "Namespace": "Alarms",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
}
BOTH = ["MetricAlarm", "CompositeAlarm"]


def described(cloudwatch: Any, name: str) -> dict[str, Any]:
    found = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=BOTH)
    return dict((found["MetricAlarms"] + found["CompositeAlarms"])[0])


def state(cloudwatch: Any, name: str) -> str:
    return str(described(cloudwatch, name)["StateValue"])


def put_alarm(cloudwatch: Any, name: str, **more: Any) -> None:
    cloudwatch.put_metric_alarm(AlarmName=name, **({"MetricName": name} | ALARM | more))


def put(cloudwatch: Any, name: str, value: float = 1.0, **more: Any) -> None:
    datum = {"MetricName": name, "Value": value, **more}
    cloudwatch.put_metric_data(Namespace="Alarms", MetricData=[datum])


def test_an_alarm_rings_and_goes_back_and_says_so_once_each(
    cloudwatch: Any, move_clock: Move
) -> None:
    listener = listen("rings")
    dimension = {"Dimensions": [{"Name": "stage", "Value": "dev"}]}
    put_alarm(
        cloudwatch,
        "rings",
        TreatMissingData="notBreaching",
        AlarmActions=[listener.topic],
        OKActions=[listener.topic],
        Unit="Count",
        **dimension,
    )
    assert described(cloudwatch, "rings")["StateReason"] == "Unchecked: Initial alarm creation"
    put(cloudwatch, "rings", Unit="Count")  # another metric: it has no dimension
    move_clock(70)
    assert state(cloudwatch, "rings") == "OK"
    put(cloudwatch, "rings", 3, Unit="Count", **dimension)
    move_clock(70)
    assert state(cloudwatch, "rings") == "ALARM"
    move_clock(300)
    assert state(cloudwatch, "rings") == "OK"

    told = listener.heard()
    changes = [(each["OldStateValue"], each["NewStateValue"]) for each in told]
    assert changes == [("INSUFFICIENT_DATA", "OK"), ("OK", "ALARM"), ("ALARM", "OK")]
    assert re.fullmatch(
        r"Threshold Crossed: 1 datapoint \[3\.0 \(\d\d/\d\d/\d\d \d\d:\d\d:00\)\] was greater than "
        r"or equal to the threshold \(1\.0\)\.",
        told[1]["NewStateReason"],
    )
    assert told[2]["NewStateReason"] == (
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was "
        "treated as [NonBreaching]."
    )
    assert told[1]["Region"] == "US East (N. Virginia)"
    assert told[1]["Trigger"] == {
        "MetricName": "rings",
        "Namespace": "Alarms",
        "StatisticType": "Statistic",
        "Statistic": "SUM",
        "Unit": "Count",
        "Dimensions": [{"name": "stage", "value": "dev"}],
        "Period": 60,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1.0,
        "TreatMissingData": "notBreaching",
        "EvaluateLowSampleCountPercentile": "",
    }


def test_two_of_three_ring_and_the_reason_data_has_what_was_evaluated(
    cloudwatch: Any, move_clock: Move
) -> None:
    put_alarm(
        cloudwatch, "of three", EvaluationPeriods=3, DatapointsToAlarm=2, TreatMissingData="ignore"
    )
    for value in (5, 0, 7):
        put(cloudwatch, "of three", value)
        move_clock(60)
    move_clock(10)
    found = described(cloudwatch, "of three")
    assert found["StateValue"] == "ALARM"
    assert "2 out of the last 3 datapoints [7.0 (" in found["StateReason"]
    assert found["StateReason"].endswith(
        "] were greater than or equal to the threshold (1.0) "
        "(minimum 2 datapoints for OK -> ALARM transition)."
    )
    data = json.loads(found["StateReasonData"])
    assert data["recentDatapoints"] == [5.0, 0.0, 7.0]
    assert [point["value"] for point in data["evaluatedDatapoints"]] == [7.0, 0.0, 5.0]
    assert (data["statistic"], data["period"], data["threshold"]) == ("Sum", 60, 1.0)


def test_an_alarm_of_a_short_period_is_looked_at_every_ten_seconds(
    cloudwatch: Any, move_clock: Move
) -> None:
    put_alarm(cloudwatch, "quick", Period=10, TreatMissingData="notBreaching")
    put(cloudwatch, "quick", 2, StorageResolution=1)
    move_clock(60)
    history = cloudwatch.describe_alarm_history(AlarmName="quick", HistoryItemType="StateUpdate")
    seen = [json.loads(item["HistoryData"]) for item in history["AlarmHistoryItems"]]
    assert [each["newState"]["stateValue"] for each in seen[:2]] == ["OK", "ALARM"]


def test_alarms_on_tables_pass_over_missing_data_whatever_they_say(
    cloudwatch: Any, move_clock: Move
) -> None:
    put_alarm(cloudwatch, "table", Namespace="AWS/DynamoDB", TreatMissingData="breaching")
    cloudwatch.set_alarm_state(AlarmName="table", StateValue="OK", StateReason="set")
    move_clock(130)
    assert state(cloudwatch, "table") == "OK"


def test_without_data_an_alarm_has_too_little_of_it(cloudwatch: Any, move_clock: Move) -> None:
    put_alarm(cloudwatch, "silent", EvaluationPeriods=2)
    cloudwatch.set_alarm_state(AlarmName="silent", StateValue="OK", StateReason="set")
    move_clock(70)
    found = described(cloudwatch, "silent")
    assert found["StateValue"] == "INSUFFICIENT_DATA"
    assert found["StateReason"] == "Insufficient Data: 2 datapoints were unknown."


def test_a_state_that_was_set_lasts_until_the_next_look_and_acts_like_any_other(
    cloudwatch: Any, move_clock: Move
) -> None:
    listener = listen("set")
    put_alarm(cloudwatch, "set", TreatMissingData="notBreaching", AlarmActions=[listener.topic])
    cloudwatch.set_alarm_state(AlarmName="set", StateValue="ALARM", StateReason="a drill")
    assert state(cloudwatch, "set") == "ALARM"
    assert [each["NewStateReason"] for each in listener.heard()] == ["a drill"]
    move_clock(70)
    assert state(cloudwatch, "set") == "OK"


def test_a_state_is_not_set_for_a_reason_that_is_no_json(cloudwatch: Any) -> None:
    put_alarm(cloudwatch, "reason")
    with pytest.raises(cloudwatch.exceptions.InvalidFormatFault):
        cloudwatch.set_alarm_state(
            AlarmName="reason", StateValue="ALARM", StateReason="why", StateReasonData="{"
        )
    assert state(cloudwatch, "reason") == "INSUFFICIENT_DATA"


def test_disabled_actions_let_the_state_change_silently(cloudwatch: Any) -> None:
    listener = listen("quiet")
    put_alarm(cloudwatch, "quiet", AlarmActions=[listener.topic], ActionsEnabled=False)
    cloudwatch.set_alarm_state(AlarmName="quiet", StateValue="ALARM", StateReason="one")
    cloudwatch.enable_alarm_actions(AlarmNames=["quiet"])
    cloudwatch.set_alarm_state(AlarmName="quiet", StateValue="OK", StateReason="two")
    cloudwatch.set_alarm_state(AlarmName="quiet", StateValue="ALARM", StateReason="three")
    cloudwatch.disable_alarm_actions(AlarmNames=["quiet"])
    assert [each["NewStateReason"] for each in listener.heard()] == ["three"]


def test_history_has_changes_and_what_became_of_actions(cloudwatch: Any) -> None:
    nobody = "arn:aws:sns:us-east-1:000000000000:nobody"
    put_alarm(cloudwatch, "past", AlarmActions=[nobody])
    cloudwatch.set_alarm_state(AlarmName="past", StateValue="ALARM", StateReason="now")
    cloudwatch.delete_alarms(AlarmNames=["past"])
    pages = cloudwatch.get_paginator("describe_alarm_history").paginate(
        AlarmName="past", ScanBy="TimestampAscending", PaginationConfig={"PageSize": 2}
    )
    items = [item for page in pages for item in page["AlarmHistoryItems"]]
    assert [item["HistorySummary"] for item in items] == [
        'Alarm "past" created',
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        f"Failed to execute action {nobody}",
        'Alarm "past" deleted',
    ]
    changed = json.loads(items[1]["HistoryData"])
    assert changed["newState"] == {"stateValue": "ALARM", "stateReason": "now"}
    assert json.loads(items[2]["HistoryData"])["error"].startswith("Topic does not exist")


def test_an_update_keeps_the_state_and_replaces_everything_else(cloudwatch: Any) -> None:
    put_alarm(cloudwatch, "again", AlarmDescription="first", Tags=[{"Key": "a", "Value": "1"}])
    cloudwatch.set_alarm_state(AlarmName="again", StateValue="OK", StateReason="kept")
    put_alarm(cloudwatch, "again", Threshold=5, Tags=[{"Key": "a", "Value": "2"}])
    found = described(cloudwatch, "again")
    assert (found["StateReason"], found["Threshold"]) == ("kept", 5.0)
    assert "AlarmDescription" not in found
    tags = cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]
    assert tags == [{"Key": "a", "Value": "1"}]


def test_an_alarm_watches_an_expression(cloudwatch: Any, move_clock: Move) -> None:
    metric = {"Namespace": "Alarms", "MetricName": "errors"}
    stat = {"Metric": metric, "Period": 60, "Stat": "Sum"}
    cloudwatch.put_metric_alarm(
        AlarmName="share",
        EvaluationPeriods=1,
        Threshold=10,
        ComparisonOperator="GreaterThanThreshold",
        Metrics=[
            {"Id": "bad", "MetricStat": stat, "ReturnData": False},
            {"Id": "share", "Expression": "100 * FILL(bad, 0) / 20", "Label": "percent"},
        ],
    )
    now = move_clock(0)
    for minute in range(5):  # whichever minute is the last that is over, it has the value
        put(cloudwatch, "errors", 3, Timestamp=now + 60 * minute)
    move_clock(70)
    found = described(cloudwatch, "share")
    assert found["StateValue"] == "ALARM"
    assert "[15.0 (" in found["StateReason"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"Period": 45}, "Period must be 10, 20, 30 or a multiple of 60"),
        ({"EvaluationPeriods": 1441}, "Metrics cannot be checked across more than a day"),
        ({"DatapointsToAlarm": 2}, "less than or equal to EvaluationPeriods"),
        ({"TreatMissingData": "maybe"}, "breaching, notBreaching, ignore, missing"),
        ({"ExtendedStatistic": "p99"}, "Exactly one of Statistic and ExtendedStatistic"),
        ({"AlarmActions": ["mail me"]}, "Invalid arn syntax: mail me"),
        ({"AlarmActions": ["arn:aws:sns:eu-west-1:1:t"]}, "Invalid region eu-west-1 specified"),
        ({"AlarmActions": ["arn:aws:automate:us-east-1:ec2:stop"]}, "only topics of SNS"),
        ({"ComparisonOperator": "LessThanLowerThreshold"}, "anomaly detection"),
        ({"EvaluationWindow": {"SlidingWindow": {}}}, "EvaluationWindow"),
        ({"Unit": "Furlongs"}, "enum value set"),
    ],
)
def test_what_no_alarm_can_be_is_refused(cloudwatch: Any, more: dict[str, Any], said: str) -> None:
    with pytest.raises(ClientError, match=re.escape(said)) as refused:
        put_alarm(cloudwatch, "refused", **more)
    code = refused.value.response["Error"]["Code"]
    assert code in ("ValidationError", "NotImplementedException")
    assert cloudwatch.describe_alarms(AlarmNames=["refused"])["MetricAlarms"] == []


def test_alarms_are_found_by_prefix_state_action_and_metric(cloudwatch: Any) -> None:
    topic = listen("found").topic
    for number in range(3):
        put_alarm(cloudwatch, f"find-{number}", MetricName="found")
    put_alarm(cloudwatch, "find-3", MetricName="found", Period=300, OKActions=[topic])
    cloudwatch.set_alarm_state(AlarmName="find-1", StateValue="OK", StateReason="")

    def names(**asked: Any) -> list[str]:
        found = cloudwatch.describe_alarms(AlarmNamePrefix="find-", **asked)["MetricAlarms"]
        return [alarm["AlarmName"] for alarm in found]

    assert names() == ["find-0", "find-1", "find-2", "find-3"]
    assert names(StateValue="OK") == ["find-1"]
    assert names(ActionPrefix="arn:aws:sns:us-east-1:000000000000:found") == ["find-3"]
    asked = {"MetricName": "found", "Namespace": "Alarms"}
    found = cloudwatch.describe_alarms_for_metric(Period=300, **asked)["MetricAlarms"]
    assert [alarm["AlarmName"] for alarm in found] == ["find-3"]
    other = [{"Name": "a", "Value": "b"}]
    assert cloudwatch.describe_alarms_for_metric(Dimensions=other, **asked)["MetricAlarms"] == []
    with pytest.raises(ClientError, match="InvalidNextToken"):
        names(NextToken="mine")
