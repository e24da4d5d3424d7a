"""What a stack retains, removed: buckets with all versions, the tables, the queue."""

from collections.abc import Callable
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from helpers import aws
from helpers.errors import ServiceError

_GONE: Final = {
    "404",
    "NoSuchBucket",
    "EntityNotFoundException",
    "ResourceNotFoundException",
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
}
_NO_DASHBOARD: Final = {
    "AccessDeniedException",
    "ResourceNotFoundException",
    "UnsupportedUserEditionException",
}


def remove_data(stack: str, say: Callable[[str], None]) -> None:
    """Remove what a stack keeps when it goes; what is gone already is passed over.

    Parameters
    ----------
    stack : str
        Its name; it may be gone.
    say : callable
        Takes a line for each resource.

    Raises
    ------
    ServiceError
        Where a resource does not go, or AWS is out of reach.
    """
    try:
        for kind, name in _resources(stack):
            remove = _REMOVED.get(kind)
            if remove is None:
                continue
            try:
                remove(name)
            except ClientError as error:
                if error.response["Error"]["Code"] not in _GONE:
                    raise
            else:
                say(f"removed {kind} {name}")
    except (ClientError, BotoCoreError) as error:
        raise ServiceError(f"What the stack {stack} keeps could not be removed: {error}") from error


def remove_dashboard(name: str, say: Callable[[str], None]) -> None:
    """Remove the dashboard that `dashboards.publish` made over a stack's data sets, if it is there.

    Parameters
    ----------
    name : str
        Its id.
    say : callable
        Takes a line where there was one.

    Raises
    ------
    ServiceError
        Where it does not go, or AWS is out of reach.
    """
    try:
        account = aws.client("sts").get_caller_identity()["Account"]
        aws.client("quicksight").delete_dashboard(AwsAccountId=account, DashboardId=name)
    except ClientError as error:
        # an account without QuickSight, or a caller who may not use it, has no dashboard of ours
        if error.response["Error"]["Code"] not in _NO_DASHBOARD:
            raise ServiceError(f"The dashboard {name} could not be removed: {error}") from error
    except BotoCoreError as error:
        raise ServiceError(f"The dashboard {name} could not be removed: {error}") from error
    else:
        say(f"removed the dashboard {name}")


def _resources(stack: str) -> list[tuple[str, str]]:
    pages = aws.client("cloudformation").get_paginator("list_stack_resources")
    try:
        return [
            (found["ResourceType"], found["PhysicalResourceId"])
            for page in pages.paginate(StackName=stack)
            for found in page["StackResourceSummaries"]
            if found.get("PhysicalResourceId")
        ]
    except ClientError as error:
        if "does not exist" in str(error):
            return []
        raise


def _bucket(name: str) -> None:
    s3: Any = aws.client("s3")
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
        found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        keys = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
        if keys:
            answer = s3.delete_objects(Bucket=name, Delete={"Objects": keys, "Quiet": True})
            for failed in answer.get("Errors", ()):
                raise ServiceError(f"s3://{name}/{failed['Key']} does not go: {failed['Message']}")
    s3.delete_bucket(Bucket=name)


def _table(name: str) -> None:
    aws.client("dynamodb").delete_table(TableName=name)


def _queue(url: str) -> None:
    aws.client("sqs").delete_queue(QueueUrl=url)


def _database(name: str) -> None:
    # with the tables in it
    aws.client("glue").delete_database(Name=name)


_REMOVED: Final[dict[str, Callable[[str], None]]] = {
    "AWS::S3::Bucket": _bucket,
    "AWS::DynamoDB::Table": _table,
    "AWS::SQS::Queue": _queue,
    "AWS::Glue::Database": _database,
}
