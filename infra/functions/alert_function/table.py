"""The alerts' table in DynamoDB: found by user and time, written conditionally, and the outbox.

The item of an alert is its outbox too: as long as its message is due it has the attributes
`outbox` and `due_since`, by which the index `outbox` finds it. Of the table's two indexes this
module reads that one alone; `open_alerts` (`open`, `started_at`) is for people.
"""

from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from alert_function.bursts import Alert, find, joined, open_by
from alert_function.detections import Detection

KEPT = timedelta(days=90)
NEWEST = 20  # alerts of one user that a detection is held against
_ATTEMPTS = 5
_BATCH = 100  # keys that BatchGetItem takes


class BusyError(Exception):
    """An alert kept changing under the function; a later attempt will do."""


def record(table: Any, detection: Detection, now: datetime) -> tuple[Alert, bool]:
    """Open an alert or join one; twice is the same as once.

    Parameters
    ----------
    table : DynamoDB.Table
        The alerts.
    detection : Detection
        What a rule reported.
    now : datetime
        The clock, UTC.

    Returns
    -------
    tuple of Alert and bool
        The alert as it is now, and whether it was opened by this call.

    Raises
    ------
    botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError
        Where DynamoDB is out of reach, throttles or refuses.
    BusyError
        Where others changed the alert at every attempt.
    """
    for _ in range(_ATTEMPTS):
        known = find(detection, _alerts(table, detection))
        wanted = joined(known, detection) if known else open_by(detection)
        if wanted == known or _write(table, wanted, known, now):
            return wanted, known is None
    raise BusyError(f"the alerts of user {detection.user_id} kept changing")


def due(table: Any, before: datetime, most: int) -> list[Alert]:
    """List the alerts whose message is due since before a time, the oldest first.

    Parameters
    ----------
    table : DynamoDB.Table
        The alerts.
    before : datetime
        UTC; later ones are still in the hands of the function that opened them.
    most : int
        So many of the index are looked at.

    Returns
    -------
    list of Alert
        Each still due: the index lags behind, so the items are asked.
    """
    query = {
        "IndexName": "outbox",
        "KeyConditionExpression": "outbox = :due AND due_since <= :before",
        "ExpressionAttributeValues": {":due": "due", ":before": _text(before)},
        "Limit": most,
    }
    keys: list[dict[str, Any]] = []
    while True:
        page = table.query(**query)
        keys += [{name: item[name] for name in ("user_id", "started_at")} for item in page["Items"]]
        if len(keys) >= most or "LastEvaluatedKey" not in page:
            break
        query["ExclusiveStartKey"] = page["LastEvaluatedKey"]
    items = [item for at in range(0, len(keys), _BATCH) for item in _get(table, keys[at:][:_BATCH])]
    return [_alert(item) for item in items if "outbox" in item]


def _get(table: Any, keys: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Read items as they are now, in the order of their keys."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    wanted = {table.name: {"Keys": keys, "ConsistentRead": True}}
    while wanted:
        answer = table.meta.client.batch_get_item(RequestItems=wanted)
        for item in answer["Responses"].get(table.name, ()):
            found[item["user_id"], item["started_at"]] = item
        wanted = answer.get("UnprocessedKeys", {})
    places = [(key["user_id"], key["started_at"]) for key in keys]
    return [found[place] for place in places if place in found]


def sent(table: Any, alert: Alert, message_id: str, now: datetime) -> None:
    """Take a message out of the outbox once the service has it.

    Parameters
    ----------
    table : DynamoDB.Table
        The alerts.
    alert : Alert
        The one that the message told of.
    message_id : str
        The service's name of the message.
    now : datetime
        The clock, UTC.
    """
    table.update_item(
        Key={"user_id": alert.user_id, "started_at": alert.started_at},
        UpdateExpression="SET notified_at = :now, message_id = :id REMOVE outbox, due_since",
        ExpressionAttributeValues={":now": _text(now), ":id": message_id},
    )


def messages_this_minute(table: Any, now: datetime) -> int:
    """Count one more message of this minute; every running function counts in one place.

    Returns
    -------
    int
        How many there are, this one included.
    """
    answer = table.update_item(
        Key={"user_id": "messages", "started_at": f"{now:%Y-%m-%dT%H:%M}"},
        UpdateExpression="SET expires_at = :soon ADD messages :one",
        ExpressionAttributeValues={
            ":one": 1,
            ":soon": int((now + timedelta(hours=1)).timestamp()),
        },
        ReturnValues="UPDATED_NEW",
    )
    return int(answer["Attributes"]["messages"])


def _alerts(table: Any, detection: Detection) -> list[Alert]:
    """List the newest alerts of a user that began no later than the detection's last action."""
    found = table.query(
        KeyConditionExpression="user_id = :user AND started_at <= :last",
        ExpressionAttributeValues={":user": detection.user_id, ":last": detection.last_action},
        ConsistentRead=True,
        ScanIndexForward=False,
        Limit=NEWEST,
    )
    return [_alert(item) for item in found["Items"]]


def _write(table: Any, wanted: Alert, known: Alert | None, now: datetime) -> bool:
    """Write an alert unless somebody else did since it was read; says whether it was written."""
    if known is None:
        request: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(user_id)"}
        changes = _attributes(wanted) | {
            "status": wanted.status,
            "open": "open",
            "outbox": "due",
            "due_since": _text(now),
            "opened_at": _text(now),
            "alert_id": wanted.alert_id,
        }
    else:
        request = {"ConditionExpression": "revision = :seen"}
        changes = _attributes(wanted)
    changes["expires_at"] = int((now + KEPT).timestamp())
    values = {f":{name}": value for name, value in changes.items()}
    if known is not None:
        values[":seen"] = known.revision
    try:
        table.update_item(
            Key={"user_id": wanted.user_id, "started_at": wanted.started_at},
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in changes),
            ExpressionAttributeNames={f"#{name}": name for name in changes},
            ExpressionAttributeValues=values,
            **request,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            return False
        raise
    return True


def _attributes(alert: Alert) -> dict[str, Any]:
    return {
        "first_seen": alert.first_seen,
        "last_seen": alert.last_seen,
        "action_count": alert.action_count,
        "rules": set(alert.rules),
        "openings": alert.openings,
        "windows": alert.windows,
        "last_window": alert.last_window,
        "revision": alert.revision,
    }


def _alert(item: dict[str, Any]) -> Alert:
    return Alert(
        user_id=item["user_id"],
        started_at=item["started_at"],
        first_seen=item["first_seen"],
        last_seen=item["last_seen"],
        action_count=int(item["action_count"]),
        rules=frozenset(item["rules"]),
        openings=dict(item["openings"]),
        windows=int(item["windows"]),
        last_window=item["last_window"],
        status=item["status"],
        revision=int(item["revision"]),
        due="outbox" in item,
    )


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
