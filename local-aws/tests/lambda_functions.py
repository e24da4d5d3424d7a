"""Functions of a few lines, deployed to the local AWS, and what their logs say."""

import contextlib
import io
import json
import time
import uuid
import zipfile
from collections.abc import Callable
from typing import Any, TypeVar

import boto3

from iam_roles import allow, document

ROLE = "arn:aws:iam::000000000000:role/function"
PATIENCE_S = 60.0
Found = TypeVar("Found")


def archive(source: str, module: str = "code.py") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(module, source)
    return file.getvalue()


def make_role() -> None:
    """Make the role that functions of tests run as, unless it is there."""
    iam = boto3.client("iam")
    trust = {"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    name = ROLE.rpartition("/")[2]
    with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=document({"Effect": "Allow", **trust})
        )
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=document(allow("*")))


def deploy(source: str, **settings: Any) -> str:
    """Make a function whose module `functions_code` has a `handle`, and give its name."""
    make_role()
    name = f"f-{uuid.uuid4().hex[:12]}"
    given = {
        "FunctionName": name,
        "Runtime": "python3.11",
        "Handler": "functions_code.handle",
        "Role": ROLE,
        "Timeout": 30,
        "Code": {"ZipFile": archive(source, "functions_code.py")},
    }
    boto3.client("lambda").create_function(**given | settings)
    return name


def invoke(name: str, event: Any = None, **arguments: Any) -> dict[str, Any]:
    """Invoke a function, and give the whole answer with its payload read."""
    answer = boto3.client("lambda").invoke(
        FunctionName=name, Payload=json.dumps(event), **arguments
    )
    return {**answer, "Payload": json.loads(answer["Payload"].read() or b"null")}


def log_of(name: str) -> list[str]:
    """Give every line of a function's log."""
    logs = boto3.client("logs")
    try:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{name}")
        return [event["message"] for page in pages for event in page["events"]]
    except logs.exceptions.ResourceNotFoundException:
        return []


def printed(name: str) -> list[Any]:
    """Give what a function printed as JSON behind the word SAID."""
    lines = [line for line in log_of(name) if line.startswith("SAID ")]
    return [json.loads(line.removeprefix("SAID ")) for line in lines]


def wait_for(look: Callable[[], Found], patience_s: float = PATIENCE_S) -> Found:
    """Look until something is found."""
    until = time.monotonic() + patience_s
    while not (found := look()) and time.monotonic() < until:
        time.sleep(0.1)
    assert found
    return found
