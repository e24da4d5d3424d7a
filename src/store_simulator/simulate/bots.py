"""Bots mixed into recorded events: bursts at known times, with their ground truth."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from store_simulator.simulate.encode import STAMP_FORMAT
from store_simulator.simulate.source import SCHEMA

WINDOW_S: Final = 10
"""The window of the rules; the replay's offset is a multiple of it, so edges stay edges."""

_USERS_FROM: Final = 990_000_001
_IN_A_WINDOW: Final = 2
"""How many bursts begin in each window: one of either kind."""
_INSIDE: Final = (0, 1, 1, 2, 3, 4, 5, 6, 6, 7, 8)
_ACROSS: Final = (6, 6, 7, 7, 8, 8, 9, 10, 10, 11, 11, 12, 12, 13)
"""Seconds of the actions: 11 inside one window, or seven on each side of an edge."""


@dataclass(frozen=True)
class Bots:
    """Bursts that begin in the first window after an event.

    Attributes
    ----------
    events : polars.DataFrame
        Their actions in time order, like frames of the source.
    """

    events: pl.DataFrame

    def write_truth(self, path: Path, offset_s: int) -> None:
        """Write the bursts as CSV.

        Parameters
        ----------
        path : pathlib.Path
            One line a burst: user_id, first_action and last_action (times as
            they are sent, UTC), action_count, straddles (1 where it lies on
            both sides of a window's edge).
        offset_s : int
            Seconds from an event's own time to the time that is sent.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["user_id", "first_action", "last_action", "action_count", "straddles"])
            bursts = self.events.group_by("user_id", maintain_order=True).agg(
                first=pl.col("event_time").min(),
                last=pl.col("event_time").max(),
                count=pl.len(),
            )
            for user, first, last, count in bursts.iter_rows():
                across = _window(first) != _window(last)
                moved = [time + timedelta(seconds=offset_s) for time in (first, last)]
                rows.writerow([user, *(f"{t:{STAMP_FORMAT}}" for t in moved), count, int(across)])


def plan(count: int, first: datetime) -> Bots:
    """Plan bursts of one user each, every other one across a window's edge.

    Parameters
    ----------
    count : int
        How many.
    first : datetime
        The time of the source's first event, UTC; the bursts begin in the
        first whole window after it, two in each.

    Returns
    -------
    Bots
        Distinct products at every action, so that no action repeats another.
    """
    seconds = (first - datetime(1970, 1, 1)).total_seconds()
    start = datetime(1970, 1, 1) + timedelta(seconds=-(-seconds // WINDOW_S) * WINDOW_S)
    rows = []
    for number in range(count):
        for action, second in enumerate(_ACROSS if number % 2 else _INSIDE):
            rows.append(
                {
                    "event_time": start
                    + timedelta(seconds=number // _IN_A_WINDOW * WINDOW_S + second),
                    "event_type": "view",
                    "product_id": 1_000_000 + action,
                    "category_id": 2053013555631882655,
                    "category_code": "electronics.smartphone",
                    "brand": "samsung",
                    "price": 100.0,
                    "user_id": _USERS_FROM + number,
                    "user_session": f"b0700000-0000-4000-8000-{number:012d}",
                    "row": -1,
                }
            )
    return Bots(pl.DataFrame(rows, schema=SCHEMA | {"row": pl.Int64}).sort("event_time"))


def mix(
    frames: Iterator[pl.DataFrame], bots: Bots, since: datetime | None = None
) -> Iterator[pl.DataFrame]:
    """Put the bots' actions where their times belong, and the last ones at the end.

    The source's own order is kept, also where its times go back. An action's ``row`` is
    -2 minus the last row of the source before it, so that `follows` finds that row.

    Parameters
    ----------
    frames : iterator of polars.DataFrame
        The source's events.
    bots : Bots
        What to mix in.
    since : datetime, optional
        What the bots did before this time is left out (a replay that goes on somewhere).
    """
    left = bots.events
    if since is not None:
        left = left.filter(pl.col("event_time") >= since)
    last = -1
    for frame in frames:
        if not len(frame):
            continue
        reached = frame.with_columns(at=pl.col("event_time").cum_max())
        now = left.filter(pl.col("event_time") <= reached["at"][-1])
        left = left.filter(pl.col("event_time") > reached["at"][-1])
        own = now.select(*frame.columns, at=pl.col("event_time"))
        both = pl.concat([reached, own]).sort("at", maintain_order=True).drop("at")
        before = pl.when(pl.col("row") >= 0).then("row").forward_fill().fill_null(last)
        yield both.with_columns(row=pl.when(pl.col("row") >= 0).then("row").otherwise(-2 - before))
        last = frame["row"][-1]
    if len(left):
        # to go on behind the source's end is not possible, so its last row comes again with these
        yield left.select(pl.lit(-1 - last).alias("row"), *SCHEMA)


def follows(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Say where a replay goes on that lacks some rows, actions of bots (see `mix`) included.

    Examples
    --------
    >>> follows(np.array([7, -2 - 4])).tolist()
    [7, 5]
    """
    return np.where(rows >= 0, rows, -1 - rows)


def _window(time: datetime) -> int:
    return int(np.floor((time - datetime(1970, 1, 1)).total_seconds() / WINDOW_S))
