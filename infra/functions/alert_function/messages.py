"""What a person reads: one message an alert, and one for many of them."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from alert_function import table
from alert_function.bursts import Alert

MOST_NAMED = 20
MAX_SUBJECT = 100  # characters, SNS's limit


def of_one(alert: Alert, link: str) -> tuple[str, str]:
    """Write the message of an alert.

    Parameters
    ----------
    alert : Alert
        The burst.
    link : str
        Where to look further; ``{user_id}`` in it becomes the user. Empty for none.

    Returns
    -------
    tuple of str
        Subject and text.
    """
    subject = f"Bot: user {alert.user_id}, {alert.action_count} actions in 10 seconds"
    lines = [
        f"User {alert.user_id} made {alert.action_count} actions within 10 seconds.",
        "",
        f"First action  {_readable(alert.first_seen)}",
        f"Last so far   {_readable(alert.last_seen)}",
        f"Found by      {', '.join(sorted(alert.rules))}",
        f"Alert         {alert.alert_id}",
    ]
    return subject[:MAX_SUBJECT], "\n".join(lines + _look(link, alert.user_id))


def of_many(alerts: Sequence[Alert], link: str) -> tuple[str, str]:
    """Write one message of many alerts: a storm.

    Parameters
    ----------
    alerts : sequence of Alert
        At least one.
    link : str
        As for `of_one`; the user's place stays empty.

    Returns
    -------
    tuple of str
        Subject and text, with the `MOST_NAMED` users of most actions.
    """
    first = min(alert.first_seen for alert in alerts)
    last = max(alert.last_seen for alert in alerts)
    users = len({alert.user_id for alert in alerts})
    most = sorted(alerts, key=lambda alert: (-alert.action_count, alert.alert_id))[:MOST_NAMED]
    subject = f"Bots: {len(alerts):,} alerts of {users:,} users at once"
    lines = [
        f"{len(alerts):,} alerts of {users:,} users, {_readable(first)} to {_readable(last)}.",
        "They came faster than messages are sent one by one.",
        "",
        f"The {len(most)} with most actions within 10 seconds:",
        *(f"  {alert.action_count:>6}  user {alert.user_id}, {alert.alert_id}" for alert in most),
    ]
    return subject[:MAX_SUBJECT], "\n".join(lines + _look(link, ""))


def publish(sns: Any, message: tuple[str, str], told: Sequence[Alert], alerts: Any) -> None:
    """Send one message and take those it tells of out of the outbox.

    Parameters
    ----------
    sns : botocore.client.SNS
        The client.
    message : tuple of str
        Subject and text.
    told : sequence of Alert
        The alerts that it tells of.
    alerts : DynamoDB.Table
        The alerts.

    Raises
    ------
    botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError
        Where SNS or DynamoDB is out of reach or refuses. What was not taken out of the outbox is
        told once more.
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


def _look(link: str, user_id: str) -> list[str]:
    return ["", f"Look further: {link.replace('{user_id}', user_id)}"] if link else []


def _readable(time: str) -> str:
    return time.replace("T", " ").replace("Z", " UTC")
