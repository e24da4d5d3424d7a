"""The log of an application: why its Python ended, which no status says."""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from helpers import aws

_WORDS: Final = 300
_BEFORE: Final = timedelta(minutes=5)  # main.py ends before anybody looks


def reason(name: str, begun: datetime) -> str:
    """Find the last failure that an application's log tells.

    Parameters
    ----------
    name : str
    begun : datetime
        With its zone; five minutes before are read too.

    Returns
    -------
    str
        A line; empty where the log has none, or cannot be read.
    """
    pages = aws.client("logs").get_paginator("filter_log_events")
    found = ""
    try:
        for page in pages.paginate(
            logGroupName=f"/aws/kinesis-analytics/{name}",
            startTime=int((begun - _BEFORE).timestamp() * 1000),
        ):
            for event in page["events"]:
                found = _failure(event["message"]) or found
    except (BotoCoreError, ClientError):
        return ""  # a reason is looked for after something else has failed, which is told
    return found[:_WORDS]


def _failure(message: str) -> str:
    try:
        record: dict[str, Any] = json.loads(message)
    except json.JSONDecodeError:
        return ""
    thrown = record.get("throwableInformation") or ""
    text = "\n".join(thrown) if isinstance(thrown, list) else str(thrown)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith("Caused by: ")] or lines[:1]
    if causes:
        return causes[-1].removeprefix("Caused by: ")
    return str(record.get("message", "")) if record.get("messageType") == "ERROR" else ""
