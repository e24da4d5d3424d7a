"""A stack of every type and property: each is what the service itself tells of it."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from botocore.config import Config

from cfn_read_back import READERS
from local_aws.cloudformation.types import TYPES

pytestmark = pytest.mark.server

STACK = "everything"
FILE = Path(__file__).with_name("everything.yaml")
LONGEST_S = 120
# what no call of a service tells
UNTOLD = {"Code", "RecursiveDeleteOption"}
# what the template cannot hold because another stands in its place
ELSEWHERE = {
    ("AWS::CloudWatch::Alarm", "EvaluateLowSampleCountPercentile"),
    ("AWS::CloudWatch::Alarm", "Metrics"),
    ("AWS::CloudWatch::Alarm", "ThresholdMetricId"),
    ("AWS::CloudWatch::CompositeAlarm", "ActionsSuppressor"),
    ("AWS::CloudWatch::CompositeAlarm", "ActionsSuppressorExtensionPeriod"),
    ("AWS::CloudWatch::CompositeAlarm", "ActionsSuppressorWaitPeriod"),
    ("AWS::IAM::ManagedPolicy", "Groups"),
    ("AWS::IAM::ManagedPolicy", "Users"),
    ("AWS::IAM::Policy", "Groups"),
    ("AWS::IAM::Policy", "Users"),
    ("AWS::Lambda::EventSourceMapping", "MetricsConfig"),
    ("AWS::Lambda::EventSourceMapping", "ScalingConfig"),
    ("AWS::Lambda::EventSourceMapping", "StartingPositionTimestamp"),
    ("AWS::Lambda::EventSourceMapping", "Tags"),
    ("AWS::Lambda::EventSourceMapping", "TumblingWindowInSeconds"),
    ("AWS::Lambda::Function", "ImageConfig"),
    ("AWS::Lambda::Permission", "EventSourceToken"),
    ("AWS::Lambda::Permission", "FunctionUrlAuthType"),
    ("AWS::Lambda::Permission", "PrincipalOrgID"),
    ("AWS::Logs::LogGroup", "KmsKeyId"),
    ("AWS::SNS::Subscription", "DeliveryPolicy"),
    ("AWS::SNS::Subscription", "SubscriptionRoleArn"),
}
Client = Callable[[str], Any]


class _Loader(yaml.SafeLoader):
    """Reads the short forms of CloudFormation's functions."""


def _function(loader: Any, suffix: str, node: Any) -> Any:
    value = loader.construct_scalar(node)
    return {suffix if suffix == "Ref" else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _function)
TEMPLATE = yaml.load(FILE.read_text(), _Loader)  # noqa: S506 - a safe loader with three tags


@pytest.fixture(scope="module")
def client(local_aws: str) -> Client:
    def make(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=local_aws,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 0}),
        )

    return make


def ended(client: Client, stack: str) -> str:
    """Wait until a stack's operation is over; returns its state, or DELETE_COMPLETE."""
    deadline = time.monotonic() + LONGEST_S
    while time.monotonic() < deadline:
        found = client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        if not found["StackStatus"].endswith("IN_PROGRESS"):
            return str(found["StackStatus"])
        time.sleep(0.1)
    raise TimeoutError(stack)


def reasons(client: Client, stack: str) -> list[str]:
    """Return what failed in a stack and why."""
    events = client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    return [
        f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason')}"
        for each in reversed(events)
        if "FAILED" in each["ResourceStatus"]
    ]


@pytest.fixture(scope="module")
def resources(client: Client) -> Iterator[dict[str, tuple[str, str]]]:
    """Give type and physical id of the stack's resources by logical id."""
    cloudformation = client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK,
        TemplateBody=FILE.read_text(),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        DisableRollback=True,
    )
    assert ended(client, STACK) == "CREATE_COMPLETE", reasons(client, STACK)
    listed = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    yield {
        each["LogicalResourceId"]: (each["ResourceType"], each["PhysicalResourceId"])
        for each in listed
    }


def known(value: Any, resources: dict[str, tuple[str, str]], client: Client) -> Any:
    """Put what was made in the place of a template's functions."""
    if isinstance(value, list):
        return [known(item, resources, client) for item in value]
    if not isinstance(value, dict):
        return value
    if "Ref" in value:
        given = {"AWS::AccountId": "000000000000", "Days": 7}
        return given.get(value["Ref"]) or resources[value["Ref"]][1]
    if "Fn::GetAtt" in value:
        kind, made = resources[value["Fn::GetAtt"].partition(".")[0]]
        return (
            next(
                found
                for name, found in READERS[kind](client, made).items()
                if name in {"Arn", "FunctionArn", "BucketArn"}
            )
            if kind != "AWS::S3::Bucket"
            else f"arn:aws:s3:::{made}"
        )
    if "Fn::Sub" in value:
        places = {"AWS::AccountId": "000000000000", "AWS::Region": "us-east-1"}
        return re.sub(
            r"\$\{([\w:]+)(\.Arn)?\}",
            lambda m: (
                places.get(m[1])
                or (f"arn:aws:s3:::{resources[m[1]][1]}" if m[2] else resources[m[1]][1])
            ),
            value["Fn::Sub"],
        )
    return {name: known(member, resources, client) for name, member in value.items()}


def holds(found: Any, wanted: Any) -> bool:
    """Say whether what a service tells holds what was declared; it may tell more."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            name in found and holds(found[name], value) for name, value in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(found, list) and all(
            any(holds(each, value) for each in found) for value in wanted
        )
    if isinstance(wanted, bool) or isinstance(found, bool):
        return str(found).lower() == str(wanted).lower()
    if isinstance(wanted, int | float):
        return float(found) == wanted
    return str(found) == str(wanted) or str(found) == str(wanted).lower()


@pytest.mark.parametrize("name", list(TEMPLATE["Resources"]))
def test_each_declared_property_is_what_the_service_tells(
    name: str, client: Client, resources: dict[str, tuple[str, str]]
) -> None:
    kind, made = resources[name]
    found = READERS[kind](client, made)
    declared = TEMPLATE["Resources"][name]["Properties"]

    wrong = {
        prop: (found.get(prop), wanted)
        for prop, value in declared.items()
        if prop not in UNTOLD
        and not holds(found.get(prop), wanted := known(value, resources, client))
    }

    assert not wrong


def test_the_template_declares_every_property_of_every_type() -> None:
    declared: dict[str, set[str]] = {}
    for each in TEMPLATE["Resources"].values():
        declared.setdefault(each["Type"], set()).update(each["Properties"])
    missing = {
        (kind, name)
        for kind, resource in TYPES.items()
        for name in resource.properties - declared.get(kind, set())
    }
    assert missing == ELSEWHERE


def test_nothing_is_left_when_the_stack_is_deleted(
    client: Client, resources: dict[str, tuple[str, str]]
) -> None:
    stack = client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]["StackId"]
    client("cloudformation").delete_stack(StackName=STACK)
    assert ended(client, stack) == "DELETE_COMPLETE", reasons(client, stack)
    assert client("s3").list_buckets()["Buckets"] == []
    assert client("kinesis").list_streams()["StreamNames"] == []
    assert client("dynamodb").list_tables()["TableNames"] == []
    assert client("sns").list_topics()["Topics"] == []
    assert client("iam").list_roles()["Roles"] == []
