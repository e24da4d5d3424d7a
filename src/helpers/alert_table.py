"""The table of alerts as people look at it: what is open, how soon it was written and told."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import polars as pl
from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import BotoCoreError, ClientError

from helpers import aws
from helpers.errors import InputError, MissingError, ServiceError
from helpers.words import count

ALERTS: Final = {
    "alert_id": pl.String(),
    "user_id": pl.Int64(),
    "status": pl.String(),
    "action_count": pl.Int64(),
    "rules": pl.List(pl.String()),
    "windows": pl.Int64(),
    "started_at": pl.String(),
    "first_seen": pl.String(),
    "last_seen": pl.String(),
    "opened_at": pl.Datetime("us", "UTC"),
    "notified_at": pl.Datetime("us", "UTC"),
}
"""The columns of an alert; event times are text in UTC, the function's own are times."""

_OPEN: Final = "open_alerts"
_PAUSE_S: Final = 0.5
_NAMED: Final = 5


def open_alerts(table: str, since: datetime) -> pl.DataFrame:
    """List the open alerts that were opened since a time.

    Parameters
    ----------
    table : str
        The table's name.
    since : datetime
        By the function's clock, UTC.

    Returns
    -------
    polars.DataFrame
        The columns of `ALERTS`, in order of event time.

    Raises
    ------
    InputError
        Where there is no such table.
    ServiceError
        Where DynamoDB is out of reach or refuses.
    """
    items = _query(
        TableName=table,
        IndexName=_OPEN,
        KeyConditionExpression="#open = :open",
        ExpressionAttributeNames={"#open": "open"},
        ExpressionAttributeValues={":open": {"S": "open"}},
    )
    frame = pl.DataFrame([_row(item) for item in items], ALERTS, orient="row")
    return frame.filter(pl.col("opened_at") >= since)


def settled(
    table: str, found: pl.DataFrame, since: datetime, patience_s: float = 60
) -> pl.DataFrame:
    """Wait until the function has written what a stream's detections say, and list it.

    Parameters
    ----------
    table : str
        The table's name.
    found : polars.DataFrame
        ``user_id`` and ``rule`` of each detection.
    since : datetime
        As for `open_alerts`.
    patience_s : float
        So many seconds are waited.

    Returns
    -------
    polars.DataFrame
        As `open_alerts`.

    Raises
    ------
    InputError, ServiceError
        As `open_alerts`, and where detections are without an alert at the end.
    """
    wanted = set(found.select("user_id", "rule").iter_rows())
    deadline = time.monotonic() + patience_s
    while True:
        alerts = open_alerts(table, since)
        missing = wanted - set(alerts.explode("rules").select("user_id", "rules").iter_rows())
        if not missing:
            return alerts
        if time.monotonic() > deadline:
            users = sorted({user for user, _ in missing})
            named = ", ".join(map(str, users[:_NAMED])) + (", …" if len(users) > _NAMED else "")
            raise ServiceError(
                f"The alert function has not written all of {count(len(users), 'user')} after "
                f"{patience_s:.0f} s ({named}): are they handled already, or is it behind? Its log "
                f"is /aws/lambda/{table}."
            )
        time.sleep(_PAUSE_S)


def mark_handled(table: str, ids: Sequence[str]) -> None:
    """Mark alerts as handled: they are open no more.

    Parameters
    ----------
    table : str
        The table's name.
    ids : sequence of str
        Of alerts, as ``990000001@2019-10-01T00:00:10.000Z``.

    Raises
    ------
    InputError
        Where one is no alert's; those before it are marked.
    ServiceError
        Where DynamoDB is out of reach or refuses.
    """
    dynamodb = aws.client("dynamodb")
    for alert_id in ids:
        user_id, _, started_at = alert_id.partition("@")
        try:
            dynamodb.update_item(
                TableName=table,
                Key={"user_id": {"S": user_id}, "started_at": {"S": started_at}},
                UpdateExpression="SET #status = :handled, handled_at = :now REMOVE #open",
                ConditionExpression="alert_id = :id",
                ExpressionAttributeNames={"#status": "status", "#open": "open"},
                ExpressionAttributeValues={
                    ":handled": {"S": "handled"},
                    ":now": {"S": datetime.now(UTC).isoformat(timespec="milliseconds")},
                    ":id": {"S": alert_id},
                },
            )
        except dynamodb.exceptions.ConditionalCheckFailedException as error:
            raise InputError(f"{alert_id!r} is no alert of {table}") from error
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationException":
                raise InputError(f"{alert_id!r} is no alert of {table}") from error
            raise ServiceError(f"{alert_id} could not be marked: {error}") from error
        except BotoCoreError as error:
            raise ServiceError(f"{alert_id} could not be marked: {error}") from error


def stages(alerts: pl.DataFrame) -> pl.DataFrame:
    """Give each alert twice, as what was found: when it was written, and when it was told.

    Parameters
    ----------
    alerts : polars.DataFrame
        From `open_alerts`.

    Returns
    -------
    polars.DataFrame
        ``user_id``, ``rule`` (``written`` or ``told``), ``arrived_at`` and ``first_action``, as
        `helpers.alerts.latencies` takes them; alerts that nobody was told of yet have one row.
    """
    first = pl.col("started_at").str.strip_suffix("Z").alias("first_action")
    return pl.concat(
        alerts.select("user_id", first, rule=pl.lit(name), arrived_at=pl.col(column)).drop_nulls()
        for name, column in (("written", "opened_at"), ("told", "notified_at"))
    )


def _query(**request: Any) -> Iterator[dict[str, Any]]:
    dynamodb = aws.client("dynamodb")
    read = TypeDeserializer().deserialize
    try:
        for page in dynamodb.get_paginator("query").paginate(**request):
            for item in page["Items"]:
                yield {name: read(value) for name, value in item.items()}
    except dynamodb.exceptions.ResourceNotFoundException as error:
        raise MissingError(f"The table {request['TableName']}") from error
    except (ClientError, BotoCoreError) as error:
        raise ServiceError(f"The alerts could not be read: {error}") from error


def _row(item: dict[str, Any]) -> tuple[Any, ...]:
    def moment(name: str) -> datetime | None:
        return datetime.fromisoformat(item[name]) if name in item else None

    return (
        item["alert_id"],
        int(item["user_id"]),
        item["status"],
        int(item["action_count"]),
        sorted(item["rules"]),
        int(item["windows"]),
        item["started_at"],
        item["first_seen"],
        item["last_seen"],
        moment("opened_at"),
        moment("notified_at"),
    )
