"""Each minute: one message of all that is still in the outbox.

What a storm left there, and what a function left that ended before its message.
"""

import logging
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from alert_function import messages, metrics, table

log = logging.getLogger("digest")
log.setLevel(logging.INFO)
logging.getLogger("botocore").setLevel(logging.WARNING)

# longer than the alert function may run: younger ones are still in its hands
PATIENCE = timedelta(seconds=60)
MOST = 10_000  # alerts told in one message; the rest is told a minute later


def handle(_event: dict[str, Any], _context: Any) -> dict[str, int]:
    """Send what is due.

    Returns
    -------
    dict
        ``told``: how many alerts the message told of.
    """
    alerts = boto3.resource("dynamodb").Table(os.environ["ALERTS_TABLE"])
    waiting = table.due(alerts, datetime.now(UTC) - PATIENCE, MOST)
    if waiting:
        link = os.environ["LINK"]
        one = len(waiting) == 1
        message = messages.of_one(waiting[0], link) if one else messages.of_many(waiting, link)
        messages.publish(boto3.client("sns"), message, waiting, alerts)
        log.info("told of %s alerts in one message", len(waiting))
    metrics.emit(Counter({"Messages": 1} if waiting else {}), Counter(), datetime.now(UTC))
    return {"told": len(waiting)}
