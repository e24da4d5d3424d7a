"""A look at the streams and at the alerts, as of now: what the live page shows."""

from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl

from helpers import alert_table, alerts
from helpers.bursts import Rule
from helpers.kinesis import peek, streams

LOOK_BACK: Final = timedelta(minutes=5)
STEP: Final = timedelta(seconds=5)
"""Events are counted by so many seconds of arrival."""
MOST: Final = 20
"""So many open alerts are listed, the newest first."""


def look(table: str, rule: Rule, now: datetime) -> dict[str, Any]:
    """Count what arrived in the last five minutes.

    Parameters
    ----------
    table : str
        The DynamoDB table of alerts.
    rule : Rule
        What a burst is.
    now : datetime
        With its time zone.

    Returns
    -------
    dict
        ``at``; ``rates``: events a second of stream 1 for each `STEP`, the oldest first;
        ``events`` in all; ``open``: how many alerts are open, and ``alerts``: the newest of them;
        ``latencies``: of each rule, and until an alert was written and told, how many there are,
        their median and 99th percentile in seconds from the arrival of the action above the limit.

    Raises
    ------
    InputError, ServiceError
        Where a stream or the table is missing or out of reach.
    """
    start = now - LOOK_BACK
    records = peek.between(streams.RAW, start, now, alerts.ACTIONS)
    found = peek.between(streams.ALERTS, start, now, alerts.FOUND)
    opened = alert_table.open_alerts(table, start)
    # as the note counts by default
    actions = alerts.counted(records, duplicates_once=True, purchase_lines_once=True)
    waits = pl.concat(
        alerts.latencies(actions, kind, rule) for kind in (found, alert_table.stages(opened))
    )
    newest = opened.sort("opened_at", descending=True).head(MOST)
    return {
        "at": now.isoformat(timespec="seconds"),
        "events": len(records),
        "rates": _rates(records, start),
        "open": len(opened),
        "alerts": [
            {
                "user": str(alert["user_id"]),
                "actions": alert["action_count"],
                "rules": ", ".join(alert["rules"]),
                "first": alert["first_seen"],
                "opened": alert["opened_at"].isoformat(timespec="seconds"),
            }
            for alert in newest.iter_rows(named=True)
        ],
        "latencies": _latencies(waits),
    }


def _rates(records: pl.DataFrame, start: datetime) -> list[float]:
    seconds = STEP.total_seconds()
    steps = ((records["arrived_at"] - start).dt.total_milliseconds() / 1000 // seconds).to_list()
    places = int(LOOK_BACK / STEP)
    return [sum(step == place for step in steps) / seconds for place in range(places)]


def _latencies(waits: pl.DataFrame) -> list[dict[str, Any]]:
    return (
        waits.drop_nulls("seconds")
        .group_by("rule", maintain_order=True)
        .agg(
            number=pl.len(),
            median=pl.col("seconds").median(),
            p99=pl.col("seconds").quantile(0.99),
        )
        .to_dicts()
    )
