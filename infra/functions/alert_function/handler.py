"""From a batch of stream 2 to alerts and messages: the function behind the event source.

What no later attempt can read goes to the poison queue and counts as done. What a later attempt
may do goes back to the service by its sequence number, with everything after it.
"""

import base64
import logging
import os
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from alert_function import messages, metrics, poison, table
from alert_function.bursts import Alert
from alert_function.detections import PoisonError, read

log = logging.getLogger("alerts")
log.setLevel(logging.INFO)
# it tells of each client where its credentials are from
logging.getLogger("botocore").setLevel(logging.WARNING)

TRANSIENT = (ClientError, BotoCoreError, table.BusyError)


# made at the first call, and kept while the environment lives
@cache
def _table() -> Any:
    return boto3.resource("dynamodb").Table(os.environ["ALERTS_TABLE"])


@cache
def _client(service: Literal["s3", "sns", "sqs"]) -> Any:
    return boto3.client(service)


if "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ:
    # the first record does not wait for them: an init has more CPU than so little memory gives
    _table()
    _client("sns")


def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Process one batch of a shard, in order.

    Parameters
    ----------
    event : dict
        What Lambda's event source of Kinesis sends. ``make redrive`` sends the same with
        ``redrive``: ``"look"`` changes nothing, ``"again"`` processes, and in both what cannot be
        read stays where it is.

    Returns
    -------
    dict
        ``batchItemFailures``: empty, or the first record that has to come again; what is behind
        it comes again too, so it is not tried now. For a redrive also ``poison``: sequence number
        and reason of each record that cannot be read.
    """
    redrive = event.get("redrive")
    if redrive == "look":
        return {"batchItemFailures": [], "poison": _unreadable(event["Records"])}
    counts: Counter[str] = Counter(Received=len(event["Records"]))
    opened: Counter[str] = Counter()
    told: dict[str, Alert] = {}
    failures = []
    unread = []
    for place, record in enumerate(event["Records"]):
        number = record["kinesis"]["sequenceNumber"]
        try:
            alert, is_new = _record(record)
        except PoisonError as error:
            counts["Poison"] += 1
            unread.append({"itemIdentifier": number, "reason": str(error)})
            if redrive is None and not _aside(record, error):
                counts["Poison"] -= 1
                failures = [{"itemIdentifier": number}]
        except TRANSIENT as error:
            log.warning("record %s has to come again: %s", number, type(error).__name__)
            failures = [{"itemIdentifier": number}]
        else:
            counts["Opened" if is_new else "Joined"] += 1
            if is_new:
                opened[min(alert.rules)] += 1
                log.info("opened alert %s", alert.alert_id)
            if alert.due:
                told[alert.alert_id] = alert
        if failures:
            counts["Failed"] = len(event["Records"]) - place
            break
    for alert in told.values():
        tell(alert, counts)
    metrics.emit(counts, opened, datetime.now(UTC))
    answer: dict[str, Any] = {"batchItemFailures": failures}
    return answer if redrive is None else answer | {"poison": unread}


def _record(record: dict[str, Any]) -> tuple[Alert, bool]:
    detection = read(base64.b64decode(record["kinesis"]["data"]))
    return table.record(_table(), detection, datetime.now(UTC))


def _aside(record: dict[str, Any], reason: PoisonError) -> bool:
    """Put poison aside; where that fails it has to come again."""
    number = record["kinesis"]["sequenceNumber"]
    try:
        poison.put_aside(record, reason, _client("sqs"), _client("s3"))
    except TRANSIENT as error:
        log.warning("poison %s could not be put aside: %s", number, type(error).__name__)
        return False
    # why stands in its letter: the reason may quote the record, which is not for the log
    log.warning("record %s is poison", number)
    return True


def _unreadable(records: list[dict[str, Any]]) -> list[dict[str, str]]:
    found = []
    for record in records:
        try:
            read(base64.b64decode(record["kinesis"]["data"]))
        except PoisonError as error:
            number = record["kinesis"]["sequenceNumber"]
            found.append({"itemIdentifier": number, "reason": str(error)})
    return found


def tell(alert: Alert, counts: Counter[str]) -> None:
    """Send an alert's message, or leave it in the outbox for the digest.

    It is left there in a storm, and where the service does not take it: the alert is written, so
    the batch need not come again.

    Parameters
    ----------
    alert : Alert
        One whose message is due.
    counts : Counter
        Takes ``Messages`` or ``LeftForDigest``.
    """
    try:
        now = datetime.now(UTC)
        if table.messages_this_minute(_table(), now) > int(os.environ["MESSAGES_A_MINUTE"]):
            counts["LeftForDigest"] += 1
            return
        message = messages.of_one(alert, os.environ["LINK"])
        messages.publish(_client("sns"), message, [alert], _table())
        counts["Messages"] += 1
    except TRANSIENT as error:
        log.warning("the message of %s stays in the outbox: %s", alert.alert_id, error)
        counts["LeftForDigest"] += 1
