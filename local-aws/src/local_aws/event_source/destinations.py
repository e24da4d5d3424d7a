"""Where a mapping sends what it gave up: a queue, a topic or a bucket, as the function's role."""

import json
import threading
import uuid
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from local_aws.functions import credentials

_CONFIG = Config(connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 1})
_making = threading.Lock()  # a session makes one client at a time
Failures = (BotoCoreError, ClientError)


class As(NamedTuple):
    """Who calls which local AWS."""

    role: str
    session: str
    """The function's name."""
    region: str
    endpoint: str


def client(service: str, caller: As) -> Any:
    """Make a client of a service that acts for a role.

    Parameters
    ----------
    service : str
        As botocore names it.
    caller : As
        The role.
    """
    given = credentials.of_role(caller.role, caller.session)
    with _making:
        return _session().create_client(
            service,
            aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=given["AWS_SESSION_TOKEN"],
            region_name=caller.region,
            endpoint_url=caller.endpoint,
            config=_CONFIG,
        )


@cache
def _session() -> Session:
    # one for all: it reads the services' models once
    return Session()


def send(
    destination: str,
    caller: As,
    document: dict[str, Any],
    event: dict[str, Any],
    mapping: str,
) -> None:
    """Tell a destination what was given up.

    Parameters
    ----------
    destination : str
        The ARN of a queue, a topic or a bucket.
    caller : As
        The function's role.
    document : dict
        Of `events.failure_document`.
    event : dict
        What the function would have got: it goes to buckets alone.
    mapping : str
        The mapping's UUID, part of an object's key.

    Raises
    ------
    BotoCoreError, ClientError
        Where the destination does not take it.
    """
    _, _, service, _, account, name = destination.split(":", 5)
    if service == "sqs":
        # SendMessage alone is what the role must be allowed: nobody asks for the URL
        url = f"{caller.endpoint}/{account}/{name}"
        client("sqs", caller).send_message(QueueUrl=url, MessageBody=json.dumps(document))
    elif service == "sns":
        client("sns", caller).publish(TopicArn=destination, Message=json.dumps(document))
    else:
        now = datetime.now(UTC)
        shard = document["KinesisBatchInfo"]["shardId"]
        key = f"aws/lambda/{mapping}/{shard}/{now:%Y/%m/%d}/{now:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"
        body = json.dumps(document | {"payload": event}).encode()
        client("s3", caller).put_object(Bucket=name, Key=key, Body=body)
