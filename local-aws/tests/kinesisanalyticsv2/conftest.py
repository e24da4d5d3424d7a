"""What tests of applications ask for."""

from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from flink_applications import ROLE, archive
from iam_roles import Server, allow


@pytest.fixture(scope="session")
def code(local_aws: str) -> str:
    """Put an archive into the session's local AWS, with roles to read it, and give its bucket."""
    for name in (ROLE, f"{ROLE}-2"):
        Server(local_aws, Path()).role(
            allow(["s3:GetObject", "logs:PutLogEvents"]),
            trusts={"Service": "kinesisanalytics.amazonaws.com"},
            name=name.rpartition("/")[2],
        )
    s3 = boto3.client(
        "s3",
        endpoint_url=local_aws,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="app.zip", Body=archive())
    s3.put_object(Bucket="code", Key="other.zip", Body=archive("print('other')"))
    return "code"


@pytest.fixture
def api(aws_env: str, code: str) -> Any:
    """Give a client that leaves all checks to the service."""
    unchecked = Config(parameter_validation=False)
    return boto3.client("kinesisanalyticsv2", config=unchecked)
