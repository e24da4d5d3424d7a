"""A bucket, a role and clients for the tests of DataBrew."""

from itertools import count
from pathlib import Path

import boto3
import pytest

from databrew_jobs import ROLE, Brew
from iam_roles import Server, allow

_numbers = count()


@pytest.fixture(scope="session")
def brewing(local_aws: str) -> str:
    """Give the role of the jobs, which may read and write all that tests make."""
    name = ROLE.rpartition("/")[2]
    Server(local_aws, Path()).role(
        allow(["s3:*", "glue:Get*", "athena:*"]),
        trusts={"Service": "databrew.amazonaws.com"},
        name=name,
    )
    return name


@pytest.fixture
def brew(aws_env: str, brewing: str) -> Brew:
    """A bucket of its own, and what jobs need beside it."""
    bucket = f"brew-{next(_numbers)}"
    boto3.client("s3").create_bucket(Bucket=bucket)
    return Brew(bucket)
