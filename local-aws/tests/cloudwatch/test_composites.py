"""Composite alarms: their rules, and how children move them."""

import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from cloudwatch_client import listen
from local_aws.cloudwatch import rules
from local_aws.protocol.errors import ServiceError

STATES = {"up": "OK", "down": "ALARM", "with (brackets)": "INSUFFICIENT_DATA"}


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("TRUE", True),
        ("FALSE", False),
        ("ALARM(down)", True),
        ("ALARM(up)", False),
        ("OK(up) AND ALARM(down)", True),
        ("ALARM(up) OR ALARM(down) AND FALSE", False),
        ("(ALARM(up) OR ALARM(down)) AND TRUE", True),
        ("NOT ALARM(up) AND ALARM(down)", True),
        ("NOT (ALARM(up) OR ALARM(down))", False),
        ('INSUFFICIENT_DATA("with (brackets)")', True),
        ("ALARM(arn:aws:cloudwatch:us-east-1:000000000000:alarm:down)", True),
        ("ALARM(absent)", False),
    ],
)
def test_rules(rule: str, holds: bool) -> None:
    assert rules.read(rule).holds(lambda name: STATES.get(rules.name_of(name))) is holds


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("", "Unsupported token '<EOF>' at char 0"),
        ("ALARM", "Unsupported token '<EOF>' at char 5"),
        ("ALARM(a) ALARM(b)", "Unsupported token 'ALARM' at char 9, must be: <EOF>, 'AND', 'OR'"),
        ("ALARM(a) AND", "Unsupported token '<EOF>' at char 12"),
        ("alarm(a)", "Unsupported token 'alarm' at char 0"),
        ("(" * 1000, "Unsupported token '('"),
        ("AT_LEAST(2, ALARM, (a, b))", "AT_LEAST in the rule"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_place(rule: str, said: str) -> None:
    with pytest.raises(ServiceError, match=re.escape(said)):
        rules.read(rule)


@given(st.text(alphabet='ALRMOKNDT() "\\ab_', max_size=40))
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    try:
        assert rules.read(text).holds(lambda name: "OK") in (True, False)
    except ServiceError as error:
        assert "AlarmRule" in error.message or "AT_LEAST" in error.message


def test_children_move_their_parent_and_the_parent_says_which(cloudwatch: Any) -> None:
    listener = listen("parent")
    for name in ("left", "right"):
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            MetricName=name,
            Namespace="Children",
            Statistic="Sum",
            Period=86_400,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="ignore",
        )
    cloudwatch.put_composite_alarm(
        AlarmName="parent",
        AlarmRule='ALARM("left") OR ALARM("right")',
        AlarmActions=[listener.topic],
        OKActions=[listener.topic],
    )
    cloudwatch.put_composite_alarm(AlarmName="above", AlarmRule="NOT ALARM(parent)")

    def change(name: str, to: str) -> None:
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=to, StateReason="test")

    change("left", "ALARM")
    change("right", "ALARM")  # the parent rings already
    change("left", "OK")
    change("right", "OK")
    created, rang, ended = listener.heard()
    arn = "arn:aws:cloudwatch:us-east-1:000000000000:alarm"
    assert (
        created["NewStateReason"] == f"{arn}:parent was created and its alarm rule evaluates to OK"
    )
    assert rang["NewStateReason"].startswith(f"{arn}:left transitioned to ALARM at ")
    assert [child["Arn"] for child in rang["TriggeringChildren"]] == [f"{arn}:left"]
    assert rang["AlarmRule"] == 'ALARM("left") OR ALARM("right")'
    assert (ended["OldStateValue"], ended["NewStateValue"]) == ("ALARM", "OK")
    above = cloudwatch.describe_alarms(ParentsOfAlarmName="parent")["CompositeAlarms"]
    assert [alarm["AlarmName"] for alarm in above] == ["above"]
    below = cloudwatch.describe_alarms(ChildrenOfAlarmName="parent")["MetricAlarms"]
    assert [alarm["AlarmName"] for alarm in below] == ["left", "right"]
    history = cloudwatch.describe_alarm_history(
        AlarmName="above", AlarmTypes=["CompositeAlarm"], HistoryItemType="StateUpdate"
    )["AlarmHistoryItems"]
    seen = [json.loads(item["HistoryData"])["newState"]["stateValue"] for item in history]
    assert seen == ["ALARM", "OK", "ALARM"]

    with pytest.raises(ClientError, match="there are composite alarm"):
        cloudwatch.delete_alarms(AlarmNames=["left"])
    with pytest.raises(ClientError, match=r"alarm:gone\] in the alarm rule do not exist"):
        cloudwatch.put_composite_alarm(AlarmName="orphan", AlarmRule="ALARM(gone)")
    with pytest.raises(ClientError, match="only one composite alarm"):
        cloudwatch.delete_alarms(AlarmNames=["parent", "above"])
    with pytest.raises(ClientError, match="ActionsSuppressor of cloudwatch"):
        cloudwatch.put_composite_alarm(
            AlarmName="hushed", AlarmRule="TRUE", ActionsSuppressor="left"
        )


def test_a_cycle_of_composite_alarms_ends(cloudwatch: Any) -> None:
    cloudwatch.put_composite_alarm(AlarmName="one", AlarmRule="FALSE")
    cloudwatch.put_composite_alarm(AlarmName="two", AlarmRule="ALARM(one)")
    cloudwatch.put_composite_alarm(AlarmName="one", AlarmRule="NOT ALARM(two)")
    states = {
        alarm["AlarmName"]: alarm["StateValue"]
        for alarm in cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    }
    assert (states["one"], states["two"]) == ("ALARM", "ALARM")
