"""Clients of the local AWS for the tests of stacks, and stacks that are gone after a test."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config

from cfn_stacks import Client, deployed, ended, reasons


@pytest.fixture(scope="session")
def client(local_aws: str) -> Client:
    """Make clients that try each call once."""

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


@pytest.fixture
def stack() -> str:
    """Give the name of the test's stack, which begins those of its resources."""
    return f"stack-{uuid4().hex[:8]}"


@pytest.fixture
def cloudformation(client: Client, stack: str) -> Iterator[Callable[[dict[str, Any]], Any]]:
    """Give a function that deploys resources as one stack; returns its state and what failed."""
    there = False

    def deploy(resources: dict[str, Any]) -> tuple[str, list[str]]:
        nonlocal there
        status = deployed(client, stack, json.dumps({"Resources": resources}), update=there)
        there = True
        return status, reasons(client, stack)

    yield deploy
    if there:
        made = client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
        client("cloudformation").delete_stack(StackName=stack)
        assert ended(client, made) == "DELETE_COMPLETE", reasons(client, made)
