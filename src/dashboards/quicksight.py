"""Calls of QuickSight with the project's errors, and what the stack ``dashboards`` makes there."""

from collections.abc import Iterator
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from helpers import aws
from helpers.errors import InputError, MissingError, ServiceError

NAMESPACE: Final = "default"
_NONE: Final = "ResourceNotFoundException"
_FIRST_PAUSE_S: Final = 0.1
_LONGEST_PAUSE_S: Final = 3.0


class NotFoundError(Exception):
    """QuickSight has nothing of that id."""


def found(what: str, operation: str, **given: Any) -> dict[str, Any]:
    """Call an operation on something that the stack ``dashboards`` makes.

    Raises
    ------
    MissingError
        Where it is not there.
    InputError, ServiceError
        As for `call`.
    """
    try:
        return call(operation, **given)
    except NotFoundError:
        name = next(value for key, value in given.items() if key != "Namespace")
        raise MissingError(f"{what} {name}") from None


def call(operation: str, **given: Any) -> dict[str, Any]:
    """Call an operation of QuickSight for this account.

    Raises
    ------
    NotFoundError
        Where there is nothing of that id.
    InputError
        Where the service finds an argument wrong, with its words.
    ServiceError
        Where it refuses otherwise or is out of reach.
    """
    try:
        account = _account()
        answer = getattr(aws.client("quicksight"), operation)(AwsAccountId=account, **given)
    except ClientError as error:
        told = error.response["Error"]
        if told["Code"] == _NONE:
            raise NotFoundError from error
        kind = InputError if told["Code"] == "InvalidParameterValueException" else ServiceError
        raise kind(f"QuickSight refused {operation}: {told['Code']}: {told['Message']}") from error
    except BotoCoreError as error:
        raise ServiceError(f"QuickSight does not answer: {error}") from error
    return dict(answer)


def _account() -> str:
    return str(aws.client("sts").get_caller_identity()["Account"])


def edition() -> str:
    """Give the edition of the account's subscription, such as ``ENTERPRISE``.

    Raises
    ------
    InputError
        Where the account has no QuickSight.
    ServiceError
        Where the service refuses or is out of reach.
    """
    try:
        found = call("describe_account_subscription")["AccountInfo"]
    except NotFoundError:
        found = {}
    status = found.get("AccountSubscriptionStatus", "UNSUBSCRIBED")
    if status != "ACCOUNT_CREATED":
        raise InputError(
            f"This account has no QuickSight (its subscription is {status}): sign up for the "
            "Enterprise edition on the console's QuickSight page, with this region as its home."
        )
    return str(found["Edition"])


def of(stage: str, name: str) -> dict[str, str]:
    """Name the data set of a stage that is one of `dashboards.datasets`."""
    return {"DataSetId": f"ecommerce-{stage}-{name}"}


def pauses() -> Iterator[float]:
    """Say how many seconds to wait before the next look: a little at first, then longer."""
    pause = _FIRST_PAUSE_S
    while True:
        yield pause
        pause = min(pause * 1.5, _LONGEST_PAUSE_S)
