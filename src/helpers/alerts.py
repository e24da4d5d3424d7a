"""What the alerts of stream 2 are held against: the actions of stream 1, counted once more."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from helpers.bursts import Rule
from helpers.events import EVENT, FIELDS, STAMP
from helpers.words import count

_ARRIVED: Final = {"shard": pl.String(), "arrived_at": pl.Datetime("us", "UTC")}
ACTIONS: Final = {
    **_ARRIVED,
    **{column.name: column.frame if column.frame.is_numeric() else pl.String() for column in EVENT},
    STAMP: pl.String(),
}
"""The columns of stream 1's records, as `helpers.kinesis.peek` reads them."""
FOUND: Final = {
    **_ARRIVED,
    "user_id": pl.Int64(),
    "rule": pl.String(),
    "action_count": pl.Int64(),
    "first_action": pl.String(),
    "last_action": pl.String(),
}
"""The columns of stream 2's records that are looked at."""

_NAMED: Final = 5


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


def most_in_window(actions: pl.DataFrame, window_s: int) -> pl.DataFrame:
    """Count the most actions that each user makes within any window.

    Parameters
    ----------
    actions : polars.DataFrame
        ``user_id`` and ``at`` (datetime) of each action.
    window_s : int
        Seconds.

    Returns
    -------
    polars.DataFrame
        ``user_id`` and ``most``; a window ends just before it is so many seconds long.

    Examples
    --------
    >>> from datetime import datetime
    >>> at = [datetime(2019, 10, 1, 0, 0, second) for second in (0, 9, 10)]
    >>> most_in_window(pl.DataFrame({"user_id": [1, 1, 1], "at": at}), 10).rows()
    [(1, 2)]
    """
    return (
        actions.sort("at")
        .rolling("at", period=f"{window_s}s", group_by="user_id", closed="right")
        .agg(most=pl.len())
        .group_by("user_id")
        .agg(pl.col("most").max())
        .sort("user_id")
    )


def noise(records: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Say what taking the noise out changes.

    Parameters
    ----------
    records : polars.DataFrame
        As for `counted`.
    rule : Rule
        What a burst is.

    Returns
    -------
    polars.DataFrame
        For each setting: ``counted``, ``actions``, the most of a user within the window, and the
        users above the limit.
    """
    rows = []
    for name, copies, lines in (
        ("every record", False, False),
        ("copies once", True, False),
        ("lines of a purchase once", False, True),
        ("both once", True, True),
    ):
        actions = counted(records, duplicates_once=copies, purchase_lines_once=lines)
        most = most_in_window(actions, rule.window_s)["most"]
        rows.append((name, len(actions), most.max(), int((most > rule.max_actions).sum())))
    most_of_a_user = f"most of a user in {rule.window_s} s"
    schema = ["counted", "actions", most_of_a_user, "users above the limit"]
    return pl.DataFrame(rows, schema, orient="row")


def above_limit(actions: pl.DataFrame, rule: Rule) -> dict[str, set[int]]:
    """Count once more who is above the limit.

    Parameters
    ----------
    actions : polars.DataFrame
        From `counted`.
    rule : Rule
        What a burst is.

    Returns
    -------
    dict of str to set of int
        The users whom each rule has to find; ``early`` those of ``sliding``.
    """
    most = most_in_window(actions, rule.window_s)
    anywhere = set(most.filter(pl.col("most") > rule.max_actions)["user_id"])
    window = pl.col("at").dt.epoch("s") // rule.window_s
    in_windows = actions.group_by("user_id", window.alias("window")).len()
    inside = set(in_windows.filter(pl.col("len") > rule.max_actions)["user_id"])
    return {"tumbling": inside, "sliding": anywhere, "early": anywhere}


def disagreements(above: Mapping[str, set[int]], found: Mapping[str, set[int]]) -> list[str]:
    """Say where the rules do not find whom the recount has above the limit.

    Parameters
    ----------
    above : mapping of str to set of int
        From `above_limit`.
    found : mapping of str to set of int
        The users of each rule's alerts.

    Returns
    -------
    list of str
        A sentence a rule; none where all agree.

    Examples
    --------
    >>> disagreements({"sliding": {1, 2}}, {"sliding": {1}})
    ['sliding has not found 1 user above the limit: 2.']
    """
    said = []
    for rule, users in above.items():
        for whom, what in (
            (users - found[rule], "has not found {} above the limit: {}."),
            (found[rule] - users, "has found {} not above the limit: {}."),
        ):
            if whom:
                named = ", ".join(map(str, sorted(whom)[:_NAMED]))
                more = ", …" if len(whom) > _NAMED else ""
                said.append(f"{rule} " + what.format(count(len(whom), "user"), named + more))
    return said


def sentences(
    records: int, above: Mapping[str, set[int]], found: Mapping[str, set[int]], rule: Rule
) -> list[str]:
    """Say what was found, for the report: counted by the recount, not by who was alerted of.

    Parameters
    ----------
    records : int
        As many were watched.
    above, found
        As in `disagreements`.
    rule : Rule
        What a burst is.
    """
    hidden = len(above["sliding"] - above["tumbling"])
    return [
        f"{count(records, 'action')} {'was' if records == 1 else 'were'} watched; "
        f"{count(len(above['sliding']), 'user')} made more than {rule.max_actions} of them "
        f"within {rule.window_s} seconds.",
        f"Windows that do not slide miss {hidden} of them."
        if hidden
        else "Windows that do not slide miss none of them.",
        *(f"The rule {line}" for line in disagreements(above, found)),
    ]


def latencies(actions: pl.DataFrame, alerts: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Measure how long after the action above the limit each alert came.

    Parameters
    ----------
    actions : polars.DataFrame
        From `counted`.
    alerts : polars.DataFrame
        The records of stream 2, from `helpers.kinesis.peek`.
    rule : Rule
        What a burst is: the action after ``max_actions`` of it is the one above the limit.

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
        .filter(
            pl.col("at") >= pl.col("first"),
            pl.col("at") < pl.col("first") + pl.duration(seconds=rule.window_s),
        )
        .sort("arrived_at", maintain_order=True)
        .group_by("rule", "user_id", "first", maintain_order=True)
        .agg(
            pl.col("alert_at").first(),
            above=pl.col("arrived_at").get(rule.max_actions, null_on_oob=True),
        )
        .select(
            "rule",
            "user_id",
            seconds=(pl.col("alert_at") - pl.col("above")).dt.total_milliseconds() / 1000,
        )
        .sort("rule", "user_id")
    )
