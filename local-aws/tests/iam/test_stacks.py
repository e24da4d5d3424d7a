"""Stacks act with the rights of their service role, or of whom called CloudFormation."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cfn_stacks import deployed, ended, let_quicksight_ask, put_code, reasons
from iam_roles import ACCOUNT, Server, allow
from local_aws.cloudformation import schemas
from local_aws.cloudformation.types import TYPES
from local_aws.iam import recording

pytestmark = pytest.mark.server

EVERYTHING = Path(__file__).parents[1] / "cloudformation/everything.yaml"
TRUST = {"Service": "cloudformation.amazonaws.com"}
QUEUE = {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "stacked"}}}}


def role_arn(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def test_a_stack_without_a_role_acts_as_its_caller(enforcing: Server) -> None:
    acting = enforcing.acting(allow("cloudformation:*"), name="only-stacks")

    status = deployed(acting, "as-caller", json.dumps(QUEUE))

    assert status == "CREATE_FAILED"
    said = reasons(enforcing.root, "as-caller")[0]
    assert "assumed-role/only-stacks/tester is not authorized to perform: sqs:GetQueueUrl" in said


def test_a_stack_acts_in_its_service_role_and_the_caller_needs_leave_to_pass_it(
    enforcing: Server,
) -> None:
    role = enforcing.role(allow("sqs:*"), trusts=TRUST)
    given = {"StackName": "in-role", "TemplateBody": json.dumps(QUEUE), "RoleARN": role_arn(role)}
    without = enforcing.acting(allow("cloudformation:*"))("cloudformation")
    with pytest.raises(ClientError, match=f"iam:PassRole on resource: {role_arn(role)}"):
        without.create_stack(**given)

    passing = allow("iam:PassRole", role_arn(role))
    passing["Condition"] = {"StringEquals": {"iam:PassedToService": TRUST["Service"]}}
    acting = enforcing.acting(allow("cloudformation:*"), passing)
    acting("cloudformation").create_stack(**given)
    enforcing.root("cloudformation").get_waiter("stack_create_complete").wait(
        StackName="in-role", WaiterConfig={"Delay": 1}
    )
    assert enforcing.root("sqs").get_queue_url(QueueName="stacked")["QueueUrl"]


def test_what_stacks_call_is_what_the_services_say_that_they_do(
    enforcing: Server, decisions: Path
) -> None:
    put_code(enforcing.root)
    let_quicksight_ask(enforcing.root)
    role = enforcing.role(allow("*"), trusts=TRUST, name="stack-role")
    cloudformation = enforcing.root("cloudformation")
    cloudformation.create_stack(
        StackName="whole",
        TemplateBody=EVERYTHING.read_text(),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        RoleARN=role_arn(role),
    )
    assert ended(enforcing.root, "whole") == "CREATE_COMPLETE", reasons(enforcing.root, "whole")
    stack = cloudformation.describe_stacks(StackName="whole")["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName="whole")
    assert ended(enforcing.root, stack) == "DELETE_COMPLETE", reasons(enforcing.root, stack)

    called = {
        each.action
        for each in recording.read(decisions)
        if each.principal.endswith("stack-role/AWSCloudFormation")
    }
    known = {action for kind in TYPES for action in _permissions(schemas.schema(kind))}
    assert called
    assert called - known <= MISSING_IN_SCHEMAS


# the schema of this type tells no calls
MISSING_IN_SCHEMAS = {
    "kinesisanalytics:AddApplicationCloudWatchLoggingOption",
    "kinesisanalytics:DeleteApplicationCloudWatchLoggingOption",
}


def _permissions(schema: dict[str, Any]) -> set[str]:
    return {
        action
        for handler in schema.get("handlers", {}).values()
        for action in handler.get("permissions", [])
    }
