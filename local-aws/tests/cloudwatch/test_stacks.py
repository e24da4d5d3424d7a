"""Alarms, dashboards and metric filters that a stack declares are those of the services."""

from typing import Any

import boto3
import pytest

TEMPLATE = """
Parameters:
  Threshold: {Type: Number, Default: 1}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: stack-alarms}}
  Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /stack/alarms}}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Group
      FilterPattern: '{ $.level = "ERROR" }'
      MetricTransformations:
        - {MetricName: errors, MetricNamespace: Stack, MetricValue: "1", DefaultValue: 0}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: stack-errors
      Namespace: Stack
      MetricName: errors
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 3
      DatapointsToAlarm: 2
      Threshold: !Ref Threshold
      ComparisonOperator: GreaterThanOrEqualToThreshold
      TreatMissingData: notBreaching
      AlarmActions: [!Ref Topic]
      Tags: [{Key: stage, Value: dev}]
  Dashboard:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardName: stack
      DashboardBody: '{"widgets": [{"type": "text", "properties": {"markdown": "by a stack"}}]}'
"""


def waited(stacks: Any, what: str) -> None:
    stacks.get_waiter(what).wait(StackName="watch", WaiterConfig={"Delay": 1})


def test_a_stack_makes_changes_and_deletes_them(cloudwatch: Any) -> None:
    stacks, logs = boto3.client("cloudformation"), boto3.client("logs")
    stacks.create_stack(StackName="watch", TemplateBody=TEMPLATE)
    waited(stacks, "stack_create_complete")
    asked = {"AlarmNames": ["stack-errors"]}
    (alarm,) = cloudwatch.describe_alarms(**asked)["MetricAlarms"]
    assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (3, 2)
    assert alarm["AlarmActions"] == ["arn:aws:sns:us-east-1:000000000000:stack-alarms"]
    tags = cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
    assert {"Key": "stage", "Value": "dev"} in tags
    assert "by a stack" in cloudwatch.get_dashboard(DashboardName="stack")["DashboardBody"]
    (found,) = logs.describe_metric_filters(logGroupName="/stack/alarms")["metricFilters"]
    assert found["filterPattern"] == '{ $.level = "ERROR" }'

    cloudwatch.set_alarm_state(AlarmName="stack-errors", StateValue="OK", StateReason="kept")
    parameters = [{"ParameterKey": "Threshold", "ParameterValue": "5"}]
    stacks.update_stack(StackName="watch", UsePreviousTemplate=True, Parameters=parameters)
    waited(stacks, "stack_update_complete")
    (alarm,) = cloudwatch.describe_alarms(**asked)["MetricAlarms"]
    assert (alarm["Threshold"], alarm["StateReason"]) == (5.0, "kept")
    stacks.delete_stack(StackName="watch")
    waited(stacks, "stack_delete_complete")
    assert cloudwatch.describe_alarms(**asked)["MetricAlarms"] == []
    assert cloudwatch.list_dashboards(DashboardNamePrefix="stack")["DashboardEntries"] == []


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("Period: 60", "Period: 45", "Period must be 10, 20, 30 or a multiple of 60"),
        ('"type": "text"', '"type": "prose"', "The dashboard body is invalid"),
        ('$.level = "ERROR"', "$.level = ", "Invalid filter pattern"),
    ],
)
def test_what_the_service_refuses_fails_the_stack_with_its_words(
    cloudwatch: Any, old: str, new: str, reason: str
) -> None:
    stacks = boto3.client("cloudformation")
    assert old in TEMPLATE
    name = f"refused-{abs(hash(reason))}"
    text = TEMPLATE.replace(old, new).replace("stack-", f"{name}-").replace("/stack/", f"/{name}/")
    stacks.create_stack(StackName=name, TemplateBody=text)
    with pytest.raises(Exception, match="ROLLBACK_COMPLETE"):
        stacks.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    events = stacks.describe_stack_events(StackName=name)["StackEvents"]
    assert any(reason in event.get("ResourceStatusReason", "") for event in events)
