"""Bots mixed into recorded events, where their times belong."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from helpers.bursts import Rule
from helpers.events import FRAME
from store_simulator import bots
from store_simulator.bots import Burst

_USERS_FROM: Final = 990_000_001
_IN_A_WINDOW: Final = 2
"""How many bursts begin in each window: one of either kind."""
PRODUCT: Final[dict[str, Any]] = {
    "event_type": "view",
    "category_id": 2053013555631882655,
    "category_code": "electronics.smartphone",
    "brand": "samsung",
    "price": 100.0,
}
"""What an action of nobody is about."""


def plan(count: int, first: datetime, rule: Rule) -> list[Burst]:
    """Plan bursts that begin in the first whole windows after an event, two in each."""
    begin = bots.next_window(first, rule.window_s)
    windows = (number // _IN_A_WINDOW * rule.window_s for number in range(count))
    return bots.plan(rule, _USERS_FROM, [begin + timedelta(seconds=after) for after in windows])


def actions(bursts: Sequence[Burst]) -> pl.DataFrame:
    """Make the bursts' actions, in order of time, like frames of the source.

    Each is about another product, so that no action repeats another.
    """
    rows = [
        {
            **PRODUCT,
            "event_time": time,
            "product_id": 1_000_000 + number,
            "user_id": burst.user,
            "user_session": f"b0700000-0000-4000-8000-{burst.user:012d}",
            "row": -1,
        }
        for burst in bursts
        for number, time in enumerate(burst.times)
    ]
    return pl.DataFrame(rows, schema=FRAME | {"row": pl.Int64()}).sort("event_time")


def mix(
    frames: Iterator[pl.DataFrame], acted: pl.DataFrame, since: datetime | None = None
) -> Iterator[pl.DataFrame]:
    """Put the bots' actions where their times belong, and the last ones at the end.

    The source's own order is kept, also where its times go back. An action's ``row`` is
    -2 minus the last row of the source before it, so that `follows` finds that row.

    Parameters
    ----------
    frames : iterator of polars.DataFrame
        The source's events.
    acted : polars.DataFrame
        What to mix in, from `actions`.
    since : datetime, optional
        What the bots did before this time is left out (a replay that goes on somewhere).
    """
    left = acted
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
        yield left.select(*FRAME, pl.lit(-1 - last).alias("row"))


def follows(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Say where a replay goes on that lacks some rows, actions of bots (see `mix`) included.

    Examples
    --------
    >>> follows(np.array([7, -2 - 4])).tolist()
    [7, 5]
    """
    return np.where(rows >= 0, rows, -1 - rows)
