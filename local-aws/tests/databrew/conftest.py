"""A bucket, a role and clients for the tests of DataBrew."""

from itertools import count

import boto3
import pytest

from databrew_jobs import Brew

_numbers = count()


@pytest.fixture
def brew(aws_env: str) -> Brew:
    """A bucket of its own, and what jobs need beside it."""
    bucket = f"brew-{next(_numbers)}"
    boto3.client("s3").create_bucket(Bucket=bucket)
    return Brew(bucket)
