"""Bots: users whose bursts are known, because they were made by the rule that is to find them."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from helpers.bursts import Rule
from helpers.events import STAMP_FORMAT
from helpers.files import written_whole

TRUTH: Final = ("user_id", "first_action", "last_action", "action_count", "straddles")
"""The columns of the truth: one line a burst, times in UTC, 1 where it lies across an edge."""

_EPOCH: Final = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Burst:
    """One bot's burst.

    Attributes
    ----------
    user : int
        Its user_id.
    times : list of datetime
        Of its actions, ascending.
    straddles : bool
        Whether a window's edge lies within, so that neither side of it is above the limit.
    """

    user: int
    times: list[datetime]
    straddles: bool


def plan(rule: Rule, users_from: int, starts: Sequence[datetime]) -> list[Burst]:
    """Plan a burst of one user each, every other one across a window's edge.

    Parameters
    ----------
    rule : Rule
        What they are above.
    users_from : int
        The first one's user_id; the others follow.
    starts : sequence of datetime
        The beginning of a window for each (see `next_window`); the burst is over two windows later.

    Returns
    -------
    list of Burst
        In the order of the starts; a window of one second has no burst across its edge.
    """
    found = []
    for number, start in enumerate(starts):
        straddles = number % 2 == 1 and rule.window_s > 1
        seconds = (_across if straddles else _inside)(rule)
        times = [start + timedelta(seconds=int(second)) for second in seconds]
        found.append(Burst(users_from + number, times, straddles))
    return found


def next_window(time: datetime, window_s: int) -> datetime:
    """Find the first window that begins at a time or after it."""
    seconds = (time - _EPOCH).total_seconds()
    return _EPOCH + timedelta(seconds=-(-seconds // window_s) * window_s)


def write_truth(path: Path, bursts: Iterable[Burst], offset_s: int = 0) -> None:
    """Write bursts as CSV, with the columns of `TRUTH`.

    Parameters
    ----------
    path : pathlib.Path
        Where.
    bursts : iterable of Burst
        The bursts.
    offset_s : int
        Seconds from an action's own time to the time that is sent.

    Raises
    ------
    InputError
        Where the place cannot be written.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(TRUTH)
    for burst in bursts:
        ends = [time + timedelta(seconds=offset_s) for time in (burst.times[0], burst.times[-1])]
        times = [f"{time:{STAMP_FORMAT}}" for time in ends]
        rows.writerow([burst.user, *times, len(burst.times), int(burst.straddles)])
    with written_whole(path) as out:
        out.write(text.getvalue().encode())


def _inside(rule: Rule) -> npt.NDArray[np.int64]:
    """Seconds of a window at which one action more than the limit happens."""
    return np.linspace(0, max(0, rule.window_s - 2), rule.max_actions + 1).astype(np.int64)


def _across(rule: Rule) -> npt.NDArray[np.int64]:
    """Seconds around the end of a window: on either side of it at most the limit, together more."""
    each = min(rule.max_actions, rule.max_actions // 2 + 2)
    half = max(1, (rule.window_s - 2) // 2)
    side = np.linspace(0, half - 1, each).astype(np.int64)
    return np.concatenate([rule.window_s - half + side, rule.window_s + side])
