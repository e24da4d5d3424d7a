"""Clients of AWS, local or real: AWS_ENDPOINT_URL alone decides which."""

import os
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
)
from botocore.exceptions import (
    ConnectionError as BotoConnectionError,
)

from helpers.errors import ServiceError

_QUICK = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1})


@cache
def client(service: str) -> Any:
    """Make a client of one AWS service, the same one at every call.

    Parameters
    ----------
    service : str
        The service's name in boto3, for instance ``"s3"``.

    Returns
    -------
    botocore.client.BaseClient
        A client with boto3's own credentials, region and endpoint.

    Raises
    ------
    ServiceError
        Where no region is configured or the profile does not exist.
    """
    session = _session()
    return session.client(service)  # type: ignore[call-overload]


def credentials() -> Any:
    """Give the keys that calls are signed with now, for who makes no calls by boto3.

    Returns
    -------
    botocore.credentials.ReadOnlyCredentials
        ``access_key``, ``secret_key``, and ``token`` where they are temporary.

    Raises
    ------
    ServiceError
        Where there are none.
    """
    found = _session().get_credentials()
    if found is None:
        raise ServiceError("No AWS credentials were found: set AWS_PROFILE.")
    return found.get_frozen_credentials()


def check() -> str:
    """Make sure that AWS answers and accepts the credentials.

    Returns
    -------
    str
        ``"the local AWS"`` or ``"AWS account 123456789012"``.

    Raises
    ------
    ServiceError
        Where the endpoint does not answer, no credentials are found, or they
        are refused; the message says what to do.
    """
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    place = f"the local AWS at {endpoint}" if endpoint else "AWS"
    start = "start it with `make aws`" if endpoint else "check the network and the region"
    try:
        sts = _session().client("sts", config=_QUICK)
        account = sts.get_caller_identity()["Account"]
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise ServiceError(
            f"No AWS credentials were found for {place}: set AWS_PROFILE, or AWS_ACCESS_KEY_ID "
            "and AWS_SECRET_ACCESS_KEY (for the local AWS, `make aws` prints the lines)."
        ) from error
    except (BotoConnectionError, HTTPClientError) as error:
        raise ServiceError(f"{place} does not answer: {start}.") from error
    except ClientError as error:
        raise ServiceError(
            f"{place} refused the credentials ({error.response['Error']['Message']}): "
            "renew them or choose another AWS_PROFILE."
        ) from error
    return "the local AWS" if endpoint else f"AWS account {account}"


def _session() -> boto3.Session:
    try:
        session = boto3.Session()
    except ProfileNotFound as error:
        raise ServiceError(f"{error}: set AWS_PROFILE to a profile of ~/.aws/config.") from error
    if session.region_name is None:
        raise ServiceError(
            "No AWS region is set. For the local AWS, `make aws` prints the line that sets it and "
            "all else; for your account, set AWS_DEFAULT_REGION, for instance to us-east-1."
        )
    return session
