"""Dashboards: kept as they were put, and their bodies checked."""

import json
from typing import Any

import boto3
import pytest

LINE = ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "poison"]


def body(*metrics: Any, **widget: Any) -> str:
    properties = {"metrics": list(metrics), "region": "us-east-1", "stat": "Maximum"}
    whole = {"type": "metric", "x": 0, "y": 0, "width": 6, "height": 6, "properties": properties}
    return json.dumps({"widgets": [whole | widget]})


def test_a_dashboard_is_the_accounts_in_every_region(cloudwatch: Any) -> None:
    text = body(LINE, [*LINE, {"color": "#d62728"}], [{"expression": "m1 * 2", "id": "e1"}])
    put = cloudwatch.put_dashboard(DashboardName="platform", DashboardBody=text)
    assert put["DashboardValidationMessages"] == []
    there = boto3.client("cloudwatch", region_name="eu-west-1")
    found = there.get_dashboard(DashboardName="platform")
    assert found["DashboardBody"] == text
    assert found["DashboardArn"] == "arn:aws:cloudwatch::000000000000:dashboard/platform"
    (entry,) = there.list_dashboards(DashboardNamePrefix="plat")["DashboardEntries"]
    assert entry["Size"] == len(text)
    assert there.list_dashboards(DashboardNamePrefix="other")["DashboardEntries"] == []
    with pytest.raises(cloudwatch.exceptions.ClientError, match="Dashboard gone does not exist"):
        cloudwatch.delete_dashboards(DashboardNames=["platform", "gone"])
    cloudwatch.delete_dashboards(DashboardNames=["platform"])
    assert there.list_dashboards(DashboardNamePrefix="plat")["DashboardEntries"] == []


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        ("{", "", "valid JSON"),
        ("{}", "", "required property 'widgets'"),
        (body(LINE[:3]), "/widgets/0/properties/metrics/0", "Should NOT have more than 2 items"),
        (body([*LINE[:2], {"QueueName": "x"}, 1]), "/widgets/0/properties/metrics/0/2", "'String'"),
        (body(LINE[:1]), "/widgets/0/properties/metrics/0", "fewer than 2 items"),
        (body("AWS/SQS"), "/widgets/0/properties/metrics/0", "Should be array"),
        (body(LINE, type="chart"), "/widgets/0/type", "one of the allowed values"),
        (body(LINE, width=25), "/widgets/0/width", "Should be <= 24"),
        (body(LINE, x="left"), "/widgets/0/x", "Should be integer"),
        (json.dumps({"widgets": [{"type": "text", "properties": {}}]}), "", "'markdown'"),
    ],
)
def test_a_body_with_faults_is_refused_with_their_places(
    cloudwatch: Any, text: str, path: str, said: str
) -> None:
    with pytest.raises(cloudwatch.exceptions.DashboardInvalidInputError) as refused:
        cloudwatch.put_dashboard(DashboardName="faulty", DashboardBody=text)
    message = refused.value.response["Error"]["Message"]
    assert message.startswith("The dashboard body is invalid, there ")
    assert said in message
    assert f'"dataPath": "{path}' in message


def test_oddities_are_told_and_kept(cloudwatch: Any) -> None:
    text = body(LINE, colour="red")
    put = cloudwatch.put_dashboard(DashboardName="odd", DashboardBody=text)
    (message,) = put["DashboardValidationMessages"]
    assert message["DataPath"] == "/widgets/0"
    assert cloudwatch.get_dashboard(DashboardName="odd")["DashboardBody"] == text
    with pytest.raises(cloudwatch.exceptions.ClientError, match="invalid characters"):
        cloudwatch.put_dashboard(DashboardName="a b", DashboardBody=text)
