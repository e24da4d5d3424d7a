"""Stacks of tests: their templates, their deployment, and why one failed."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

Client = Callable[[str], Any]
LONGEST_S = 400


class _Loader(yaml.SafeLoader):
    """Reads the short forms of CloudFormation's functions."""


def _function(loader: Any, suffix: str, node: Any) -> Any:
    value = loader.construct_scalar(node)
    return {suffix if suffix == "Ref" else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _function)


def template(path: Path) -> dict[str, Any]:
    """Read a template."""
    return dict(yaml.load(path.read_text(), _Loader))  # noqa: S506 - a safe loader with three tags


def put_code(client: Client) -> None:
    """Put the code of everything.yaml's application where a stack must find it."""
    s3 = client("s3")
    s3.create_bucket(Bucket="code-of-applications")
    for key in ("app.zip", "other.zip"):
        s3.put_object(Bucket="code-of-applications", Key=key, Body=key.encode())


def let_quicksight_ask(client: Client) -> None:
    """Make the account's role of QuickSight, which may ask Athena anything."""
    iam = client("iam")
    role = "aws-quicksight-service-role-v0"
    trust = {"Effect": "Allow", "Principal": {"Service": "quicksight.amazonaws.com"}}
    iam.create_role(
        RoleName=role,
        Path="/service-role/",
        AssumeRolePolicyDocument=_policy(trust | {"Action": "sts:AssumeRole"}),
    )
    asking = {"Effect": "Allow", "Action": ["athena:*", "glue:Get*"], "Resource": "*"}
    iam.put_role_policy(RoleName=role, PolicyName="ask", PolicyDocument=_policy(asking))


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def deployed(client: Client, stack: str, body: str, *, update: bool = False) -> str:
    """Make or update a stack that keeps what was made when it fails; returns how it ended."""
    cloudformation = client("cloudformation")
    operation = cloudformation.update_stack if update else cloudformation.create_stack
    operation(
        StackName=stack,
        TemplateBody=body,
        Capabilities=["CAPABILITY_NAMED_IAM"],
        DisableRollback=True,
    )
    return ended(client, stack)


def ended(client: Client, stack: str) -> str:
    """Wait until a stack's operation is over; returns its state."""
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
