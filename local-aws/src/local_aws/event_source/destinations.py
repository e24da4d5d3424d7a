"""Where a mapping sends what it gave up: a queue, a topic or a bucket, as the function's role."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from local_aws.functions.clients import As, client, send_to_queue


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
    _, _, service, _, _, name = destination.split(":", 5)
    if service == "sqs":
        send_to_queue(destination, caller, json.dumps(document))
    elif service == "sns":
        client("sns", caller).publish(TopicArn=destination, Message=json.dumps(document))
    else:
        now = datetime.now(UTC)
        shard = document["KinesisBatchInfo"]["shardId"]
        key = f"aws/lambda/{mapping}/{shard}/{now:%Y/%m/%d}/{now:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"
        body = json.dumps(document | {"payload": event}).encode()
        client("s3", caller).put_object(Bucket=name, Key=key, Body=body)
