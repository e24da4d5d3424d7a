"""Log events become metrics: by EMF, by metric filters, and those of the service itself."""

import json
import time
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from cloudwatch_client import Move
from lambda_functions import deploy, invoke


@dataclass(frozen=True)
class Group:
    """A log group with one stream."""

    client: Any
    name: str

    def put(self, *messages: Any) -> None:
        now = int(time.time() * 1000)
        events = [
            {"timestamp": now, "message": each if isinstance(each, str) else json.dumps(each)}
            for each in messages
        ]
        self.client.put_log_events(logGroupName=self.name, logStreamName="one", logEvents=events)

    def filter(self, name: str, pattern: str, **transformation: Any) -> None:
        whole = {"metricName": name, "metricNamespace": "Filters", "metricValue": "1"}
        self.client.put_metric_filter(
            logGroupName=self.name,
            filterName=name,
            filterPattern=pattern,
            metricTransformations=[whole | transformation],
        )


@pytest.fixture
def group(aws_env: str, request: pytest.FixtureRequest) -> Group:
    made = Group(boto3.client("logs"), f"/test/{abs(hash(request.node.name))}")
    made.client.create_log_group(logGroupName=made.name)
    made.client.create_log_stream(logGroupName=made.name, logStreamName="one")
    return made


def total(namespace: str, name: str, **dimensions: str) -> float | None:
    found = boto3.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=time.time() - 600,
        EndTime=time.time() + 600,
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return sum(point["Sum"] for point in found) if found else None


def test_an_embedded_metric_is_kept_and_faults_are_counted(group: Group) -> None:
    directive = {"Namespace": "Embedded", "Dimensions": [["rule"]], "Metrics": [{"Name": "bots"}]}
    metadata = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    group.put({"_aws": metadata, "rule": "early", "bots": 2}, {"_aws": metadata, "bots": 1})
    group.put('{"_aws": broken')
    assert total("Embedded", "bots", rule="early") == 2
    assert total("Embedded", "bots") is None
    assert total("AWS/Logs", "EMFValidationErrors", LogGroupName=group.name) == 1
    assert total("AWS/Logs", "EMFParsingErrors", LogGroupName=group.name) == 1
    assert total("AWS/Logs", "IncomingLogEvents", LogGroupName=group.name) == 3


def test_a_metric_filter_applies_from_its_creation_on(group: Group) -> None:
    group.put({"level": "ERROR"})
    group.filter("errors", '{ $.level = "ERROR" }')
    assert total("Filters", "errors") is None
    group.put({"level": "ERROR"}, {"level": "INFO"}, {"level": "ERROR"}, "ERROR")
    assert total("Filters", "errors") == 2
    group.client.delete_metric_filter(logGroupName=group.name, filterName="errors")
    group.put({"level": "ERROR"})
    assert total("Filters", "errors") == 2


def test_values_and_dimensions_come_from_the_event(group: Group) -> None:
    dimensions = {"stage": "$.stage", "ok": "$.ok"}
    group.filter("latency", "{ $.ms > 0 }", metricValue="$.ms", dimensions=dimensions)
    group.put({"ms": 12.5, "stage": "dev", "ok": True}, {"ms": 3}, {"ms": "x", "stage": "dev"})
    assert total("Filters", "latency", stage="dev", ok="true") == 12.5
    group.filter("bytes", "[ip, status = 5*, size]", metricValue="$size")
    group.put("10.0.0.1 503 100", "10.0.0.2 200 50", "10.0.0.3 500 -")
    assert total("Filters", "bytes") == 100


def test_the_default_is_sent_for_a_minute_in_which_nothing_matched(
    group: Group, move_clock: Move
) -> None:
    group.filter("fatal", "FATAL", defaultValue=0)
    group.put("nothing of note")
    assert total("Filters", "fatal") is None
    move_clock(120)
    assert total("Filters", "fatal") == 0
    group.put("FATAL", "all is well")
    move_clock(120)
    assert total("Filters", "fatal") == 1


@pytest.mark.parametrize(
    ("pattern", "transformation", "said"),
    [
        ("{ $.a = 1", {}, "Invalid filter pattern"),
        ("ERROR", {"metricValue": "$.a"}, "needs a pattern of JSON or of fields"),
        ("ERROR", {"metricValue": "one"}, "neither a number nor a field"),
        ("{ $.a = 1 }", {"dimensions": {"d": "$.d"}, "defaultValue": 0}, "mutually exclusive"),
        ("{ $.a = 1 }", {"dimensions": {"d": "fixed"}}, "is no field"),
        ("{ $.a = 1 }", {"dimensions": {f"d{n}": "$.d" for n in range(4)}}, "at most 3"),
        ("{ $.a = 1 }", {"unit": "Furlongs"}, "enum value set"),
    ],
)
def test_a_metric_filter_that_cannot_be_carried_out_is_refused(
    group: Group, pattern: str, transformation: dict[str, Any], said: str
) -> None:
    with pytest.raises(ClientError, match=said) as refused:
        group.filter("refused", pattern, **transformation)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterException"


def test_filter_log_events_knows_the_same_patterns(group: Group) -> None:
    group.put({"kind": "wanted", "n": 5}, {"kind": "other", "n": 5}, "wanted")

    def messages(pattern: str) -> list[str]:
        found = group.client.filter_log_events(logGroupName=group.name, filterPattern=pattern)[
            "events"
        ]
        return [event["message"] for event in found]

    assert messages('{ $.kind = "wanted" && $.n > 4 }') == ['{"kind": "wanted", "n": 5}']
    assert len(messages("wanted")) == 2
    for refused in (
        lambda: messages("{ $.kind = "),
        lambda: group.client.put_subscription_filter(
            logGroupName=group.name, filterName="s", filterPattern="[", destinationArn="arn:x"
        ),
    ):
        with pytest.raises(ClientError, match="Invalid filter pattern"):
            refused()


@pytest.mark.parametrize(
    ("pattern", "message", "values"),
    [
        ("ERROR", "an ERROR", {}),
        ('{ $.a.b = 1 || $.c = "x" }', '{"a": {"b": 1}}', {"$.a.b": "1"}),
        ("[ip, status = 4*, ...]", "10.0.0.1 404 rest", {"$ip": "10.0.0.1", "$status": "404"}),
    ],
)
def test_a_filter_can_be_tried(group: Group, pattern: str, message: str, values: Any) -> None:
    (match,) = group.client.test_metric_filter(
        filterPattern=pattern, logEventMessages=["nothing of note", message]
    )["matches"]
    assert match == {"eventNumber": 2, "eventMessage": message, "extractedValues": values}
    with pytest.raises(ClientError, match="Invalid filter pattern"):
        group.client.test_metric_filter(filterPattern="{", logEventMessages=["x"])


FUNCTION = """
import json, time

def handler(event, context):
    metrics = [{"Name": "bots"}]
    directive = {"Namespace": "Function", "Dimensions": [["rule"], []], "Metrics": metrics}
    at = int(time.time() * 1000)
    metadata = {"Timestamp": at, "CloudWatchMetrics": [directive]}
    print(json.dumps({"_aws": metadata, "rule": "sliding", "bots": event["bots"]}))
"""


def test_what_a_function_prints_in_the_format_is_a_metric(aws_env: str) -> None:
    name = deploy(FUNCTION, Handler="functions_code.handler")
    assert "FunctionError" not in invoke(name, {"bots": 5})
    deadline = time.monotonic() + 30
    while total("Function", "bots") is None and time.monotonic() < deadline:
        time.sleep(0.1)
    assert total("Function", "bots") == 5
    assert total("Function", "bots", rule="sliding") == 5
