"""From a batch of stream 2 to alerts and messages: the function behind the event source.

What no later attempt can read goes to the poison queue and counts as done. What a later attempt
may do goes back to the service by its sequence number, with everything after it.
"""

import base64
import json
import logging
import os
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from alert_function import messages, metrics, table
from alert_function.bursts import Alert
from alert_function.detections import PoisonError, read

log = logging.getLogger("alerts")
log.setLevel(logging.INFO)

TRANSIENT = (ClientError, BotoCoreError, table.BusyError)


@cache
def _clients() -> tuple[Any, Any, Any]:
    """Table, topic and queue; made at the first call and kept while the environment lives."""
    alerts = boto3.resource("dynamodb").Table(os.environ["ALERTS_TABLE"])
    return alerts, boto3.client("sns"), boto3.client("sqs")


def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Process one batch of a shard, in order.

    Parameters
    ----------
    event : dict
        What Lambda's event source of Kinesis sends.

    Returns
    -------
    dict
        ``batchItemFailures``: empty, or the first record that has to come again; what is behind
        it comes again too, so it is not tried now.
    """
    alerts, sns, sqs = _clients()
    counts: Counter[str] = Counter()
    opened: Counter[str] = Counter()
    told: dict[str, Alert] = {}
    failures = []
    for record in event["Records"]:
        counts["Received"] += 1
        try:
            alert = _process(record, alerts, sqs, counts, opened)
        except TRANSIENT as error:
            number = record["kinesis"]["sequenceNumber"]
            log.warning("record %s has to come again: %s", number, error)
            failures = [{"itemIdentifier": number}]
            counts["Failed"] += 1
            break
        if alert is not None and alert.due:
            told[alert.alert_id] = alert
    for alert in told.values():
        tell(alert, alerts, sns, counts)
    metrics.emit(counts, opened, datetime.now(UTC))
    return {"batchItemFailures": failures}


def _process(
    record: dict[str, Any], alerts: Any, sqs: Any, counts: Counter[str], opened: Counter[str]
) -> Alert | None:
    data = base64.b64decode(record["kinesis"]["data"])
    try:
        detection = read(data)
    except PoisonError as error:
        sqs.send_message(
            QueueUrl=os.environ["POISON_QUEUE_URL"], MessageBody=_letter(record, error)
        )
        log.warning("record %s is poison: %s", record["kinesis"]["sequenceNumber"], error)
        counts["Poison"] += 1
        return None
    alert, is_new = table.record(alerts, detection, datetime.now(UTC))
    if is_new:
        opened[detection.rule] += 1
        log.info("opened alert %s by %s", alert.alert_id, detection.rule)
    else:
        counts["Joined"] += 1
    return alert


def _letter(record: dict[str, Any], reason: PoisonError) -> str:
    """Write the message of the poison queue: the bytes as they came, why, and where from."""
    kinesis = record["kinesis"]
    return json.dumps(
        {
            "reason": str(reason),
            "data": kinesis["data"],
            "partitionKey": kinesis["partitionKey"],
            "sequenceNumber": kinesis["sequenceNumber"],
            "eventID": record["eventID"],
            "eventSourceARN": record["eventSourceARN"],
        }
    )


def tell(alert: Alert, alerts: Any, sns: Any, counts: Counter[str]) -> None:
    """Send an alert's message, or leave it in the outbox for the digest.

    It is left there in a storm, and where the service does not take it: the alert is written, so
    the batch need not come again.

    Parameters
    ----------
    alert : Alert
        One whose message is due.
    alerts : DynamoDB.Table
        The alerts.
    sns : botocore.client.SNS
        The client.
    counts : Counter
        Takes ``Messages`` or ``LeftForDigest``.
    """
    try:
        now = datetime.now(UTC)
        if table.messages_this_minute(alerts, now) > int(os.environ["MESSAGES_A_MINUTE"]):
            counts["LeftForDigest"] += 1
            return
        publish(sns, messages.of_one(alert, os.environ["LINK"]), [alert], alerts)
        counts["Messages"] += 1
    except TRANSIENT as error:
        log.warning("the message of %s stays in the outbox: %s", alert.alert_id, error)
        counts["LeftForDigest"] += 1


def publish(sns: Any, message: tuple[str, str], told: list[Alert], alerts: Any) -> None:
    """Send one message and take those it tells of out of the outbox.

    Parameters
    ----------
    sns : botocore.client.SNS
        The client.
    message : tuple of str
        Subject and text.
    told : list of Alert
        The alerts that it tells of.
    alerts : DynamoDB.Table
        The alerts.
    """
    subject, text = message
    attributes = {
        "alerts": {"DataType": "Number", "StringValue": str(len(told))},
        "alert_id": {"DataType": "String", "StringValue": told[0].alert_id},
    }
    answer = sns.publish(
        TopicArn=os.environ["TOPIC_ARN"],
        Subject=subject,
        Message=text,
        MessageAttributes=attributes,
    )
    for alert in told:
        table.sent(alerts, alert, answer["MessageId"], datetime.now(UTC))
