"""What the alerts of stream 2 are held against: the actions of stream 1, counted once more."""

import polars as pl

from helpers.events import FIELDS
from store_simulator.simulate.bots import WINDOW_S
from store_simulator.simulate.encode import STAMP


def counted(
    records: pl.DataFrame, *, duplicates_once: bool, purchase_lines_once: bool
) -> pl.DataFrame:
    """Take the noise out of a stream's records.

    Parameters
    ----------
    records : polars.DataFrame
        From `helpers.kinesis.peek`: ``arrived_at`` and the fields of stream 1.
    duplicates_once : bool
        Whether of equal records only the first to arrive counts.
    purchase_lines_once : bool
        Whether the lines of one purchase (user, session, second) count as one action.

    Returns
    -------
    polars.DataFrame
        ``user_id``, ``at`` (datetime, UTC) and ``arrived_at`` of each action, in order of
        arrival.
    """
    left = records.sort("arrived_at", maintain_order=True).with_columns(
        at=pl.col("txn_timestamp").str.to_datetime(time_unit="ms")
    )
    if duplicates_once:
        left = left.unique([*FIELDS, STAMP], keep="first", maintain_order=True)
    if purchase_lines_once:
        purchase = ("user_id", "user_session", pl.col("at").dt.truncate("1s"), "event_type")
        first = pl.int_range(pl.len()).over(*purchase) == 0
        left = left.filter((pl.col("event_type") != "purchase") | first)
    return left.select("user_id", "at", "arrived_at")


def most_in_window(actions: pl.DataFrame) -> pl.DataFrame:
    """Count the most actions that each user makes within any 10 seconds.

    Parameters
    ----------
    actions : polars.DataFrame
        ``user_id`` and ``at`` (datetime) of each action.

    Returns
    -------
    polars.DataFrame
        ``user_id`` and ``most``; a window ends just before it is 10 seconds long.

    Examples
    --------
    >>> from datetime import datetime
    >>> at = [datetime(2019, 10, 1, 0, 0, second) for second in (0, 9, 10)]
    >>> most_in_window(pl.DataFrame({"user_id": [1, 1, 1], "at": at})).rows()
    [(1, 2)]
    """
    return (
        actions.sort("at")
        .rolling("at", period=f"{WINDOW_S}s", group_by="user_id", closed="right")
        .agg(most=pl.len())
        .group_by("user_id")
        .agg(pl.col("most").max())
        .sort("user_id")
    )


def noise(records: pl.DataFrame, max_actions: int) -> pl.DataFrame:
    """Say what taking the noise out changes.

    Parameters
    ----------
    records : polars.DataFrame
        As for `counted`.
    max_actions : int
        The limit of the rules.

    Returns
    -------
    polars.DataFrame
        For each setting: ``counted``, ``actions``, the most of a user within 10 seconds, and
        the users above the limit.
    """
    rows = []
    for name, copies, lines in (
        ("every record", False, False),
        ("copies once", True, False),
        ("lines of a purchase once", False, True),
        ("both once", True, True),
    ):
        actions = counted(records, duplicates_once=copies, purchase_lines_once=lines)
        most = most_in_window(actions)["most"]
        rows.append((name, len(actions), most.max(), int((most > max_actions).sum())))
    schema = ["counted", "actions", "most of a user in 10 s", "users above the limit"]
    return pl.DataFrame(rows, schema, orient="row")


def latencies(actions: pl.DataFrame, alerts: pl.DataFrame, max_actions: int) -> pl.DataFrame:
    """Measure how long after the action above the limit each alert came.

    Parameters
    ----------
    actions : polars.DataFrame
        From `counted`.
    alerts : polars.DataFrame
        The records of stream 2, from `helpers.kinesis.peek`.
    max_actions : int
        The limit of the rules: the action after so many is the one that is above it.

    Returns
    -------
    polars.DataFrame
        ``rule``, ``user_id`` and ``seconds`` from the arrival of that action in stream 1 to
        the arrival of the alert in stream 2.
    """
    found = alerts.select(
        "rule",
        "user_id",
        alert_at="arrived_at",
        first=pl.col("first_action").str.to_datetime(time_unit="ms"),
    )
    return (
        found.join(actions, on="user_id")
        .filter(pl.col("at") >= pl.col("first"))
        .sort("arrived_at", maintain_order=True)
        .group_by("rule", "user_id", "first", maintain_order=True)
        .agg(
            pl.col("alert_at").first(),
            above=pl.col("arrived_at").get(max_actions, null_on_oob=True),
        )
        .select(
            "rule",
            "user_id",
            seconds=(pl.col("alert_at") - pl.col("above")).dt.total_milliseconds() / 1000,
        )
        .sort("rule", "user_id")
    )
