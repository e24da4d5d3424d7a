"""What no later attempt can read, put aside with its bytes, its reason and where it came from."""

import json
import os
from typing import Any

from alert_function.detections import PoisonError

# a message of SQS holds 256 KiB wherever it is, a record of Kinesis far more
LARGEST_LETTER = 200_000


def put_aside(record: dict[str, Any], reason: PoisonError, sqs: Any, s3: Any) -> None:
    """Send a record to the poison queue; one too large for it lies in S3, and the letter says so.

    Parameters
    ----------
    record : dict
        As the event source sent it.
    reason : PoisonError
        Why it cannot be read.
    sqs, s3 : botocore.client.BaseClient
        The clients.

    Raises
    ------
    botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError
        Where a service is out of reach or refuses.
    """
    kinesis = record["kinesis"]
    letter = {
        "reason": str(reason)[:1000],
        "data": kinesis["data"],
        "partitionKey": kinesis["partitionKey"],
        "sequenceNumber": kinesis["sequenceNumber"],
        "eventID": record["eventID"],
        "eventSourceARN": record["eventSourceARN"],
    }
    body = json.dumps(letter)
    if len(body) > LARGEST_LETTER:
        bucket = os.environ["FAILURES_BUCKET"]
        # the same key however often it comes
        key = f"poison/{record['eventID'].replace(':', '-')}.json"
        s3.put_object(Bucket=bucket, Key=key, Body=body.encode())
        body = json.dumps(letter | {"data": None, "address": f"s3://{bucket}/{key}"})
    sqs.send_message(QueueUrl=os.environ["POISON_QUEUE_URL"], MessageBody=body)
