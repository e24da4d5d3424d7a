"""Bursts of bots as events of the generated days."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

import numpy as np
import polars as pl

from helpers.bursts import Rule
from store_simulator import bots
from store_simulator.bots import Burst
from store_simulator.generate import calibration
from store_simulator.generate.journeys import CART, VIEW, Events
from store_simulator.generate.text import session_ids

_USERS_FROM: Final = 900_000_001  # above every visitor's id
_DAY: Final = 86_400


def plan_bursts(days: list[date], count: int, rule: Rule, rng: np.random.Generator) -> list[Burst]:
    """Plan a burst of each of ``count`` bots, within any of the days."""
    starts = []
    for _ in range(count):
        day = days[rng.integers(0, len(days))]
        second = int(rng.integers(0, _DAY - 3 * rule.window_s))
        at = datetime.combine(day, time()) + timedelta(seconds=second)
        starts.append(bots.next_window(at, rule.window_s))
    return bots.plan(rule, _USERS_FROM, starts)


def of_day(
    bursts: Sequence[Burst], day: date, rng: np.random.Generator
) -> tuple[Events, pl.Series]:
    """Give a day's bursts as events, each of another product, with the ids of their sessions."""
    chosen = [burst for burst in bursts if burst.times[0].date() == day]
    midnight = datetime.combine(day, time())
    counts = [len(burst.times) for burst in chosen]
    times = [at for burst in chosen for at in burst.times]
    events = Events(
        second=np.array([int((at - midnight).total_seconds()) for at in times]),
        kind=np.where(rng.random(len(times)) < 0.8, VIEW, CART).astype(np.int8),
        product=np.concatenate(
            [rng.choice(calibration.PRODUCTS, count, replace=False) for count in counts]
        ),
        user=np.repeat([burst.user for burst in chosen], counts),
        session=np.repeat(np.arange(len(chosen)), counts),
    )
    return events, session_ids(len(chosen), rng)
