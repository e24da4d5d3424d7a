"""The rules once more, over a whole batch of events and in other code than the note's SQL."""

from datetime import datetime, timedelta
from itertools import pairwise

import polars as pl

from helpers.bursts import Rule

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


def tumbling(acted: pl.DataFrame, rule: Rule) -> set[Alert]:
    window = pl.col("txn_timestamp").dt.epoch("s") // rule.window_s
    windows = acted.group_by("user_id", window.alias("w")).agg(
        first=pl.col("txn_timestamp").min(), last=pl.col("txn_timestamp").max(), count=pl.len()
    )
    many = windows.filter(pl.col("count") > rule.max_actions)
    return {
        ("tumbling", user, first, last, count)
        for user, _, first, last, count in many.select(
            "user_id", "w", "first", "last", "count"
        ).iter_rows()
    }


def bursts(acted: pl.DataFrame, rule: Rule) -> list[tuple[int, list[list[datetime]]]]:
    """Each burst of each user: the runs of one more than the limit, that lie within the window."""
    found = []
    window, most = timedelta(seconds=rule.window_s), rule.max_actions
    for (user,), rows in acted.sort("user_id", "txn_timestamp").group_by(
        ["user_id"], maintain_order=True
    ):
        times = rows["txn_timestamp"].to_list()
        runs = [times[at : at + most + 1] for at in range(len(times) - most)]
        runs = [run for run in runs if run[-1] - run[0] < window]
        breaks = [
            number
            for number, (before, after) in enumerate(pairwise(runs), 1)
            if after[-1] - before[-1] >= window
        ]
        edges = [0, *breaks, len(runs)]
        found += [(user, runs[start:stop]) for start, stop in pairwise(edges) if stop > start]
    return found


def sliding(acted: pl.DataFrame, rule: Rule) -> set[Alert]:
    return {
        ("sliding", user, runs[0][0], runs[0][-1], rule.max_actions + 1)
        for user, runs in bursts(acted, rule)
    }
