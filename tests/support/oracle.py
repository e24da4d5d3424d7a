"""The rules once more, over a whole batch of events and in other code than the note's SQL."""

from datetime import datetime, timedelta
from itertools import pairwise

import polars as pl

WINDOW = timedelta(seconds=10)
Alert = tuple[str, int, datetime, datetime, int]
"""Rule, user, first and last action, number of actions."""


def actions(
    events: pl.DataFrame, *, duplicates_once: bool = True, purchase_lines_once: bool = True
) -> pl.DataFrame:
    """What counts of the events: user_id and txn_timestamp of each action."""
    bought = events["event_type"] == "purchase"
    lines, rest = events.filter(bought), events.filter(~bought)
    if purchase_lines_once:
        lines = lines.unique(["user_id", "user_session", "txn_timestamp"])
    elif duplicates_once:
        lines = lines.unique()
    if duplicates_once:
        rest = rest.unique()
    return pl.concat([lines, rest]).select("user_id", "txn_timestamp")


def tumbling(acted: pl.DataFrame, max_actions: int) -> set[Alert]:
    windows = acted.group_by("user_id", pl.col("txn_timestamp").dt.truncate("10s").alias("w")).agg(
        first=pl.col("txn_timestamp").min(), last=pl.col("txn_timestamp").max(), count=pl.len()
    )
    many = windows.filter(pl.col("count") > max_actions)
    return {
        ("tumbling", user, first, last, count)
        for user, _, first, last, count in many.select(
            "user_id", "w", "first", "last", "count"
        ).iter_rows()
    }


def bursts(acted: pl.DataFrame, max_actions: int) -> list[tuple[int, list[list[datetime]]]]:
    """Each burst of each user: the runs of max_actions + 1 actions that lie within the window."""
    found = []
    for (user,), rows in acted.sort("user_id", "txn_timestamp").group_by(
        ["user_id"], maintain_order=True
    ):
        times = rows["txn_timestamp"].to_list()
        runs = [times[at : at + max_actions + 1] for at in range(len(times) - max_actions)]
        runs = [run for run in runs if run[-1] - run[0] < WINDOW]
        breaks = [
            number
            for number, (before, after) in enumerate(pairwise(runs), 1)
            if after[-1] - before[-1] >= WINDOW
        ]
        edges = [0, *breaks, len(runs)]
        found += [(user, runs[start:stop]) for start, stop in pairwise(edges) if stop > start]
    return found


def sliding(acted: pl.DataFrame, max_actions: int) -> set[Alert]:
    return {
        ("sliding", user, runs[0][0], runs[0][-1], max_actions + 1)
        for user, runs in bursts(acted, max_actions)
    }
