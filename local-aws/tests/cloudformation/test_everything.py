"""A stack of every type and property: each is what the service itself tells of it."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from cfn_read_back import READERS
from cfn_stacks import Client, deployed, ended, let_quicksight_ask, put_code, reasons, template
from local_aws.cloudformation.types import TYPES

pytestmark = pytest.mark.server

STACK = "everything"
FILE = Path(__file__).with_name("everything.yaml")
# what no call of a service tells
UNTOLD = {"Code", "IngestionWaitPolicy", "RecursiveDeleteOption", "RunConfiguration"}
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
Resources = dict[str, tuple[str, str]]
TEMPLATE = template(FILE)
# the second state of the stack: a property by its new value, None where it is taken away
CHANGES = template(FILE.with_name("changes.yaml"))


@pytest.fixture(scope="module")
def resources(client: Client) -> Resources:
    """Give type and physical id of the stack's resources by logical id."""
    put_code(client)
    let_quicksight_ask(client)
    assert deployed(client, STACK, FILE.read_text()) == "CREATE_COMPLETE", reasons(client, STACK)
    return listed(client)


@pytest.fixture(scope="module")
def changed(client: Client, resources: Resources) -> Resources:
    """Update the stack to its second state, when the first was looked at."""
    body = json.dumps(second_state())
    assert deployed(client, STACK, body, update=True) == "UPDATE_COMPLETE", reasons(client, STACK)
    return listed(client)


def listed(client: Client) -> Resources:
    found = client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
    return {
        each["LogicalResourceId"]: (each["ResourceType"], each["PhysicalResourceId"])
        for each in found
    }


def second_state() -> dict[str, Any]:
    body = copy.deepcopy(TEMPLATE)
    for name, changes in CHANGES.items():
        properties = body["Resources"][name]["Properties"]
        properties.update(changes)
        for prop in [prop for prop, value in changes.items() if value is None]:
            del properties[prop]
    return body


def known(value: Any, resources: Resources, client: Client) -> Any:
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
    name: str, client: Client, resources: Resources
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


def test_no_resource_has_drifted_that_nobody_touched(client: Client, resources: Resources) -> None:
    cloudformation = client("cloudformation")
    cloudformation.detect_stack_drift(StackName=STACK)
    drifts = cloudformation.describe_stack_resource_drifts(StackName=STACK)["StackResourceDrifts"]
    checked = [each for each in drifts if each["StackResourceDriftStatus"] != "NOT_CHECKED"]
    assert len(checked) >= 10
    drifted = {
        each["LogicalResourceId"]: each.get("PropertyDifferences")
        for each in checked
        if each["StackResourceDriftStatus"] != "IN_SYNC"
    }
    assert drifted == {}


@pytest.mark.parametrize("name", list(CHANGES))
def test_an_update_changes_each_property_and_takes_it_back(
    name: str, client: Client, resources: Resources, changed: Resources
) -> None:
    kind, made = changed[name]
    assert (kind, made) == resources[name]  # none of these changes replaces
    found = READERS[kind](client, made)

    for prop, value in CHANGES[name].items():
        before = known(TEMPLATE["Resources"][name]["Properties"].get(prop), changed, client)
        if value is None:
            assert not holds(found.get(prop), before), prop
        else:
            assert holds(found.get(prop), known(value, changed, client)), prop
            assert not holds(found.get(prop), before), prop


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


def test_nothing_is_left_when_the_stack_is_deleted(client: Client, changed: Resources) -> None:
    stack = client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]["StackId"]
    client("cloudformation").delete_stack(StackName=STACK)
    assert ended(client, stack) == "DELETE_COMPLETE", reasons(client, stack)
    left = [
        client("s3").list_buckets()["Buckets"],
        client("kinesis").list_streams()["StreamNames"],
        client("dynamodb").list_tables()["TableNames"],
        client("sns").list_topics()["Topics"],
        client("sqs").list_queues().get("QueueUrls", []),
        client("iam").list_roles()["Roles"],
        client("iam").list_policies(Scope="Local")["Policies"],
        client("lambda").list_functions()["Functions"],
        client("logs").describe_log_groups()["logGroups"],
        client("glue").get_databases()["DatabaseList"],
        client("athena").list_work_groups()["WorkGroups"],
        client("cloudwatch").describe_alarms()["MetricAlarms"],
        client("scheduler").list_schedules()["Schedules"],
        client("quicksight").list_data_sources(AwsAccountId="000000000000")["DataSources"],
        client("quicksight").list_data_sets(AwsAccountId="000000000000")["DataSetSummaries"],
        client("quicksight").list_themes(AwsAccountId="000000000000")["ThemeSummaryList"],
        client("firehose").list_delivery_streams()["DeliveryStreamNames"],
    ]
    assert [each for listed in left for each in listed if STACK in str(each)] == []
