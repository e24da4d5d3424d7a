"""What every test of CloudWatch asks for."""

from typing import Any

import boto3
import pytest


@pytest.fixture
def cloudwatch(aws_env: str) -> Any:
    """Give a client of the local AWS's CloudWatch."""
    return boto3.client("cloudwatch")
