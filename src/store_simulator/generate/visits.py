"""Who comes on a day, when, and with what outcome: carts, purchases, both or neither."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from store_simulator.generate import calibration

_HOURS: Final = np.array(calibration.HOURS, dtype=float)
_HOUR_SHARE: Final = _HOURS[:, 0] / _HOURS[:, 0].sum()
_CART_PULL: Final = _HOURS[:, 1] / _HOURS[:, 0] / (_HOURS[:, 1].sum() / _HOURS[:, 0].sum())
_PURCHASE_PULL: Final = _HOURS[:, 2] / _HOURS[:, 0] / (_HOURS[:, 2].sum() / _HOURS[:, 0].sum())

ITEMS: Final = (0.87, 0.09, 0.03, 0.01)
"""Shares of the purchasing sessions that buy 1, 2, 3, 4 items: 1.18 on average, as published."""
CART_EVENTS: Final = (0.60, 0.195, 0.10, 0.105)
"""Shares of the carting sessions with 1, 2, 3, 4 cart events: 1.71 on average, as published."""

_LEAD: Final = 400  # seconds by which a session starts before its average event

_USERS_FROM: Final = 500_000_000
_USERS_MODULUS: Final = 99_999_989  # a prime: the scrambled ids stay different


@dataclass(frozen=True)
class Visits:
    """The sessions of one day in order of their start.

    Attributes
    ----------
    start
        Second of the day.
    user
        user_id.
    cart_rate, both_rate, purchase_rate
        Chance of a session, by hour of the day, to end with carts alone, with carts and a
        purchase, with a purchase alone; 24 numbers each.
    mean_views
        Views a session.
    """

    start: npt.NDArray[np.int64]
    user: npt.NDArray[np.int64]
    cart_rate: npt.NDArray[np.float64]
    both_rate: npt.NDArray[np.float64]
    purchase_rate: npt.NDArray[np.float64]
    mean_views: float


def plan_visits(day: date, share: float, rng: np.random.Generator) -> Visits:
    """Draw a day's sessions.

    Parameters
    ----------
    day
        The day to follow (see `calibration.totals_of`).
    share
        Share of the real shop's visitors that come.
    rng
        The day's own stream of random numbers.
    """
    totals = calibration.totals_of(day)
    sessions = max(1, round(totals.sessions * share))
    visitors = max(1, round(totals.users * share))
    hour = np.repeat(np.arange(24), rng.multinomial(sessions, _HOUR_SHARE))
    start = np.sort(np.abs(hour * 3600 + rng.integers(0, 3600, sessions) - _LEAD))
    each_once = np.arange(min(visitors, sessions))
    again = rng.integers(0, visitors, sessions - len(each_once))
    places = rng.permutation(np.concatenate([each_once, again]))
    cart, both, purchase = _outcomes(totals)
    return Visits(
        start=start,
        user=_draw_users(visitors, share, rng)[places],
        cart_rate=cart * _CART_PULL,
        both_rate=both * _PURCHASE_PULL,
        purchase_rate=purchase * _PURCHASE_PULL,
        mean_views=(totals.events - totals.carts - totals.purchases) / totals.sessions,
    )


def _draw_users(count: int, share: float, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Draw ``count`` different visitors, regular ones more often."""
    population = max(count * 4, round(calibration.VISITORS * share))
    chosen = np.empty(0, dtype=np.int64)
    while len(chosen) < count:
        uniform = rng.random(count + count // 8 + 8)
        rank = (population * uniform ** (1 / (1 - calibration.VISITOR_EXPONENT))).astype(np.int64)
        chosen = np.unique(np.concatenate([chosen, rank]))
    chosen = rng.permutation(chosen)[:count]
    return _USERS_FROM + (chosen * 48_271_013) % _USERS_MODULUS


def _outcomes(totals: calibration.DayTotals) -> tuple[float, float, float]:
    """Give the day's chances of a session: carts alone, carts and purchase, purchase alone."""
    cart = totals.carts / _mean(CART_EVENTS) / totals.sessions
    purchase = totals.purchases / _mean(ITEMS) / totals.sessions
    both = _BOTH * min(cart, purchase)
    return cart - both, both, purchase - both


def _mean(shares: tuple[float, ...]) -> float:
    return float(sum(share * number for number, share in enumerate(shares, start=1)))


def _fit_both() -> float:
    """Share of the smaller of carting and purchasing sessions that do both, over the two months."""
    smaller = sum(
        min(day.carts / _mean(CART_EVENTS), day.purchases / _mean(ITEMS))
        for day in calibration.DAYS
    )
    return calibration.CART_AND_PURCHASE_SESSIONS / smaller


_BOTH: Final = _fit_both()
