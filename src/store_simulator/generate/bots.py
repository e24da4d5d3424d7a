"""Bots: bursts of more than 10 actions in 10 seconds, with their ground truth."""

import csv
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from store_simulator.generate import calibration
from store_simulator.generate.journeys import CART, VIEW, Events
from store_simulator.generate.text import session_ids

_USERS_FROM: Final = 900_000_001  # above every visitor's id
_SECONDS: Final = 8  # a burst ends within so many seconds of its first action
_DAY: Final = 86_400


@dataclass(frozen=True)
class Bursts:
    """One burst a bot: its day, start (second of the day), actions, and every action's second."""

    days: list[date]
    users: npt.NDArray[np.int64]
    events: list[Events]
    ids: pl.Series

    def of_day(self, day: date) -> tuple[Events, pl.Series]:
        """Give a day's bursts as events with the ids of their sessions."""
        chosen = [n for n, of in enumerate(self.days) if of == day]
        parts = [self.events[n] for n in chosen]
        joined = Events(
            np.concatenate([part.second for part in parts]),
            np.concatenate([part.kind for part in parts]),
            np.concatenate([part.product for part in parts]),
            np.concatenate([part.user for part in parts]),
            np.concatenate([np.full(len(part.second), n) for n, part in enumerate(parts)]),
        )
        return joined, self.ids.gather(chosen)

    def write_truth(self, path: Path) -> None:
        """Write the bursts as CSV: user_id, first_time, last_time, actions."""
        with path.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["user_id", "first_time", "last_time", "actions"])
            for day, user, events in zip(self.days, self.users, self.events, strict=True):
                midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
                ends = (events.second[0], events.second[-1])
                times = [
                    f"{midnight + timedelta(seconds=int(s)):%Y-%m-%d %H:%M:%S UTC}" for s in ends
                ]
                rows.writerow([user, *times, len(events.second)])


def plan_bursts(days: list[date], count: int, rng: np.random.Generator) -> Bursts:
    """Plan one burst of 11 to 40 actions for each of ``count`` bots, on any of the days."""
    users = _USERS_FROM + np.arange(count)
    bursts = []
    for user in users:
        actions = int(rng.integers(11, 41))
        start = int(rng.integers(0, _DAY - _SECONDS))
        second = start + np.sort(rng.integers(0, _SECONDS, actions))
        kind = np.where(rng.random(actions) < 0.8, VIEW, CART).astype(np.int8)
        product = rng.integers(0, calibration.PRODUCTS, actions)
        bursts.append(Events(second, kind, product, np.full(actions, user), np.zeros(actions, int)))
    chosen = [days[n] for n in rng.integers(0, len(days), count)]
    return Bursts(chosen, users, bursts, session_ids(count, rng))
