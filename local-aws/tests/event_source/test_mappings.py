"""Mappings over Lambda's API and CloudFormation: what they answer, refuse, and become."""

import json
import time
import uuid
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from lambda_functions import PATIENCE_S, deploy, printed, wait_for

pytestmark = pytest.mark.usefixtures("aws_env")

SAYING = """
import base64, json

def handle(event, context):
    data = [base64.b64decode(record["kinesis"]["data"]) for record in event["Records"]]
    print("SAID", json.dumps([each.decode() for each in data]))
"""


def a_stream(shards: int = 1) -> str:
    """Make a stream, and give its ARN."""
    name = f"s-{uuid.uuid4().hex[:12]}"
    boto3.client("kinesis").create_stream(StreamName=name, ShardCount=shards)
    return f"arn:aws:kinesis:us-east-1:000000000000:stream/{name}"


def a_mapping(function: str, source: str, **settings: Any) -> dict[str, Any]:
    given = {"StartingPosition": "TRIM_HORIZON"} | settings
    return dict(
        boto3.client("lambda").create_event_source_mapping(
            FunctionName=function, EventSourceArn=source, **given
        )
    )


def settled(identifier: str) -> str:
    """Wait until a mapping's state is no more on its way, and give it."""
    client = boto3.client("lambda")

    def look() -> str:
        state = client.get_event_source_mapping(UUID=identifier)["State"]
        return state if state in {"Enabled", "Disabled"} else ""

    return wait_for(look)


def put(source: str, *records: str, key: str = "k") -> None:
    kinesis = boto3.client("kinesis")
    for record in records:
        kinesis.put_record(StreamARN=source, Data=record.encode(), PartitionKey=key)


def said(function: str) -> list[str]:
    return [text for batch in printed(function) for text in batch]


@pytest.fixture(scope="module")
def function(local_aws: str) -> str:
    from local_aws.testing import environment

    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(local_aws).items():
            patch.setenv(name, value)
        return deploy(SAYING)


def test_a_new_mapping_tells_every_default(function: str) -> None:
    source = a_stream()
    made = a_mapping(function, source)
    assert made.pop("ResponseMetadata")["HTTPStatusCode"] == 202
    identifier = made.pop("UUID")
    assert abs(made.pop("LastModified").timestamp() - time.time()) < PATIENCE_S
    arn = "arn:aws:lambda:us-east-1:000000000000"
    assert made == {
        "BatchSize": 100,
        "BisectBatchOnFunctionError": False,
        "DestinationConfig": {"OnFailure": {}},
        "EventSourceArn": source,
        "EventSourceMappingArn": f"{arn}:event-source-mapping:{identifier}",
        "FunctionArn": f"{arn}:function:{function}",
        "FunctionResponseTypes": [],
        "LastProcessingResult": "No records processed",
        "MaximumBatchingWindowInSeconds": 0,
        "MaximumRecordAgeInSeconds": -1,
        "MaximumRetryAttempts": -1,
        "ParallelizationFactor": 1,
        "StartingPosition": "TRIM_HORIZON",
        "State": "Creating",
        "StateTransitionReason": "User action",
        "TumblingWindowInSeconds": 0,
    }
    assert settled(identifier) == "Enabled"


@pytest.mark.parametrize(
    ("settings", "code", "text"),
    [
        ({"BatchSize": 10_001}, "ValidationException", "less than or equal to 10000"),
        ({"MaximumBatchingWindowInSeconds": 301}, "ValidationException", "equal to 300"),
        ({"MaximumRetryAttempts": 10_001}, "ValidationException", "equal to 10000"),
        ({"MaximumRecordAgeInSeconds": 604_801}, "ValidationException", "equal to 604800"),
        ({"MaximumRecordAgeInSeconds": 59}, "ValidationException", "greater than or equal to 60"),
        ({"ParallelizationFactor": 11}, "ValidationException", "equal to 10"),
        ({"TumblingWindowInSeconds": 901}, "ValidationException", "equal to 900"),
        ({"StartingPosition": "NEWEST"}, "ValidationException", "enum value set"),
        ({"StartingPosition": None}, "InvalidParameterValueException", "'startingPosition'"),
        ({"StartingPosition": "AT_TIMESTAMP"}, "InvalidParameterValueException", "Timestamp must"),
        ({"StartingPositionTimestamp": 1}, "InvalidParameterValueException", "and only there"),
        (
            {"StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": 4_000_000_000},
            "InvalidParameterValueException",
            "cannot be in the future",
        ),
        (
            {"ParallelizationFactor": 2, "TumblingWindowInSeconds": 30},
            "InvalidParameterValueException",
            "TumblingWindowInSeconds with a ParallelizationFactor",
        ),
        (
            {"FilterCriteria": {"Filters": [{"Pattern": "{"}]}},
            "InvalidParameterValueException",
            "Invalid filter pattern definition",
        ),
        (
            {"ScalingConfig": {"MaximumConcurrency": 2}},
            "InvalidParameterValueException",
            "ScalingConfig is not supported for Kinesis",
        ),
        (
            {
                "DestinationConfig": {
                    "OnSuccess": {"Destination": "arn:aws:sqs:us-east-1:000000000000:q"}
                }
            },
            "InvalidParameterValueException",
            "Unsupported DestinationConfig parameter",
        ),
        (
            {
                "DestinationConfig": {
                    "OnFailure": {"Destination": "arn:aws:lambda:us-east-1:000000000000:function:f"}
                }
            },
            "InvalidParameterValueException",
            "is not supported",
        ),
    ],
)
def test_what_lambda_does_not_take_is_refused(
    function: str, settings: dict[str, Any], code: str, text: str
) -> None:
    given = {"StartingPosition": "TRIM_HORIZON"} | settings
    with pytest.raises(ClientError) as refused:
        boto3.client("lambda").create_event_source_mapping(
            FunctionName=function,
            EventSourceArn=a_stream(),
            **{name: value for name, value in given.items() if value is not None},
        )
    assert refused.value.response["Error"]["Code"] == code
    assert text in refused.value.response["Error"]["Message"]


def test_what_is_not_there_is_named(function: str) -> None:
    source = a_stream()
    gone = source + "-gone"
    with pytest.raises(
        ClientError, match=f"InvalidParameterValueException.*Stream not found: {gone}"
    ):
        a_mapping(function, gone)
    with pytest.raises(ClientError, match=r"Stream not found: .*/consumer/c:1"):
        a_mapping(function, f"{source}/consumer/c:1")
    with pytest.raises(ClientError, match="Function does not exist"):
        a_mapping("nobody", source)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        boto3.client("lambda").get_event_source_mapping(UUID=str(uuid.uuid4()))


def test_a_second_mapping_of_both_is_refused_with_the_uuid_of_the_first(function: str) -> None:
    source = a_stream()
    first = a_mapping(function, source)["UUID"]
    with pytest.raises(ClientError, match=f"ResourceConflictException.*with UUID {first}"):
        a_mapping(function, source)


def test_a_mapping_is_changed_switched_off_and_on_and_deleted(function: str) -> None:
    client = boto3.client("lambda")
    identifier = a_mapping(function, a_stream(), Enabled=False)["UUID"]
    assert settled(identifier) == "Disabled"
    changed = client.update_event_source_mapping(
        UUID=identifier, BatchSize=7, MaximumRetryAttempts=2
    )
    assert (changed["State"], changed["BatchSize"]) == ("Updating", 7)
    assert settled(identifier) == "Disabled"
    on = client.update_event_source_mapping(UUID=identifier, Enabled=True)
    assert on["State"] == "Enabling"
    assert settled(identifier) == "Enabled"
    assert (
        client.update_event_source_mapping(UUID=identifier, Enabled=False)["State"] == "Disabling"
    )
    assert settled(identifier) == "Disabled"
    with pytest.raises(ClientError, match="less than or equal to 10000"):
        client.update_event_source_mapping(UUID=identifier, BatchSize=10_001)
    assert client.get_event_source_mapping(UUID=identifier)["MaximumRetryAttempts"] == 2
    assert client.delete_event_source_mapping(UUID=identifier)["State"] == "Deleting"

    def gone() -> bool:
        listed = client.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
        return identifier not in [each["UUID"] for each in listed]

    wait_for(gone)


def test_mappings_of_queues_are_listed_beside_ours_page_by_page(function: str) -> None:
    own = deploy(SAYING)
    sqs = boto3.client("sqs")
    name = f"q-{uuid.uuid4().hex[:8]}"
    sqs.create_queue(QueueName=name)
    client = boto3.client("lambda")
    theirs = client.create_event_source_mapping(
        FunctionName=own, EventSourceArn=f"arn:aws:sqs:us-east-1:000000000000:{name}"
    )["UUID"]
    ours = {a_mapping(own, a_stream())["UUID"] for _ in range(2)}
    unchecked = boto3.client("lambda", config=Config(parameter_validation=False))
    for count in (0, 10_001):
        with pytest.raises(ClientError, match="maxItems"):
            unchecked.list_event_source_mappings(FunctionName=own, MaxItems=count)
    pages = client.get_paginator("list_event_source_mappings").paginate(
        FunctionName=own, PaginationConfig={"PageSize": 2}
    )
    found = [[each["UUID"] for each in page["EventSourceMappings"]] for page in pages]
    assert [len(page) for page in found] == [2, 1]
    assert {identifier for page in found for identifier in page} == {theirs, *ours}


def test_a_mapping_has_tags(function: str) -> None:
    client = boto3.client("lambda")
    arn = a_mapping(function, a_stream(), Tags={"a": "1", "b": "2"})["EventSourceMappingArn"]
    client.tag_resource(Resource=arn, Tags={"c": "3"})
    client.untag_resource(Resource=arn, TagKeys=["a"])
    assert client.list_tags(Resource=arn)["Tags"] == {"b": "2", "c": "3"}


def test_a_qualified_function_is_another_and_runs_that_version(function: str) -> None:
    client = boto3.client("lambda")
    own, source = deploy(SAYING), a_stream()
    client.publish_version(FunctionName=own)
    client.create_alias(FunctionName=own, Name="live", FunctionVersion="1")
    made = a_mapping(f"{own}:live", source)
    assert made["FunctionArn"].endswith(f":function:{own}:live")
    put(source, "x")
    wait_for(lambda: said(own) == ["x"])


STACK = """
Resources:
  Stream:
    Type: AWS::Kinesis::Stream
    Properties: {{ShardCount: 1}}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: {function}
      EventSourceArn: !GetAtt Stream.Arn
      StartingPosition: LATEST
      BatchSize: {size}
      MaximumRecordAgeInSeconds: "120"
      TumblingWindowInSeconds: 30
      BisectBatchOnFunctionError: "true"
      MetricsConfig: {{Metrics: [EventCount]}}
      Tags: [{{Key: stage, Value: test}}]
Outputs:
  Mapping: {{Value: !Ref Mapping}}
"""


def test_a_stack_has_every_property_of_its_mapping_and_takes_it_away() -> None:
    own, stack = deploy(SAYING), f"stack-{uuid.uuid4().hex[:8]}"
    cloudformation, client = boto3.client("cloudformation"), boto3.client("lambda")
    cloudformation.create_stack(StackName=stack, TemplateBody=STACK.format(function=own, size=9))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=stack, WaiterConfig={"Delay": 1}
    )
    outputs = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    identifier = outputs[0]["OutputValue"]
    made = client.get_event_source_mapping(UUID=identifier)
    expected = {
        "BatchSize": 9,
        "MaximumRecordAgeInSeconds": 120,
        "TumblingWindowInSeconds": 30,
        "BisectBatchOnFunctionError": True,
        "MetricsConfig": {"Metrics": ["EventCount"]},
        "State": "Enabled",
    }
    assert expected.items() <= made.items()
    assert client.list_tags(Resource=made["EventSourceMappingArn"])["Tags"]["stage"] == "test"
    other = STACK.format(function=own, size=8).replace('MaximumRecordAgeInSeconds: "120"', "")
    cloudformation.update_stack(StackName=stack, TemplateBody=other)
    cloudformation.get_waiter("stack_update_complete").wait(
        StackName=stack, WaiterConfig={"Delay": 1}
    )
    changed = client.get_event_source_mapping(UUID=identifier)
    assert (changed["BatchSize"], changed["MaximumRecordAgeInSeconds"]) == (8, -1)
    cloudformation.delete_stack(StackName=stack)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=stack, WaiterConfig={"Delay": 1}
    )
    assert client.list_event_source_mappings(FunctionName=own)["EventSourceMappings"] == []


def test_a_stack_fails_with_what_lambda_says() -> None:
    stack = f"stack-{uuid.uuid4().hex[:8]}"
    cloudformation = boto3.client("cloudformation")
    body = STACK.format(function="nobody", size=1)
    cloudformation.create_stack(StackName=stack, TemplateBody=body)

    def reasons() -> str:
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        return json.dumps([event.get("ResourceStatusReason", "") for event in events])

    wait_for(lambda: "Function does not exist" in reasons())
