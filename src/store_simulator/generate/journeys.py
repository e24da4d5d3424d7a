"""What the sessions of a part of a day do: their events, not yet in order of time."""

from dataclasses import dataclass
from math import log
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from store_simulator.generate.basket import AbandonedCarts
from store_simulator.generate.catalogue import Catalogue
from store_simulator.generate.visits import CART_EVENTS, ITEMS, Visits

VIEW, CART, PURCHASE = 0, 1, 2

_GAP_MEDIAN: Final = 33.0  # seconds between two actions; median and spread of the real rows
_GAP_SPREAD: Final = 0.95
_GAP_LEAST: Final = 3.0
_VIEWS_SPREAD: Final = 1.35  # of the logarithm of the views a session
_VIEWS_MOST: Final = 300
_CENTRES: Final = np.linspace(-2, 3, 101)
_MEANS: Final = [
    sum(NormalDist(centre, _VIEWS_SPREAD).cdf(-log(n)) if n else 1.0 for n in range(_VIEWS_MOST))
    for centre in -_CENTRES
]  # of min(ceil(exp(normal)), most), one a centre: the sum of the chances to exceed n
_LATER: Final = 0.6  # share of the purchases without a cart that come back for an earlier cart


@dataclass(frozen=True)
class Events:
    """Events as columns: second of the day, kind, product, user_id, index of the session."""

    second: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int8]
    product: npt.NDArray[np.int64]
    user: npt.NDArray[np.int64]
    session: npt.NDArray[np.int64]


def make_journeys(
    visits: Visits,
    part: slice,
    *,
    weekday: int,
    shop: Catalogue,
    carts: AbandonedCarts,
    rng: np.random.Generator,
) -> Events:
    """Let the sessions of one part of a day happen.

    Parameters
    ----------
    visits
        The day's sessions.
    part
        Which of them.
    weekday
        0 is Monday.
    shop
        The catalogue.
    carts
        Carts left on earlier days: some are bought now, the ones left now are added.
    rng
        The part's own stream of random numbers.
    """
    start, user = visits.start[part], visits.user[part].copy()
    hour = np.minimum(start // 3600, 23)
    category = _choose_categories(hour, weekday, shop, rng)
    target = shop.choose_products(category, rng.random(len(start)))

    carting, buying = _choose_outcomes(visits, hour, shop.appeal[target], rng)
    came_back = np.flatnonzero(buying & ~carting)
    came_back = came_back[rng.random(len(came_back)) < _LATER]
    earlier_user, earlier_product = carts.take(len(came_back), rng)
    user[came_back[: len(earlier_user)]] = earlier_user
    target[came_back[: len(earlier_user)]] = earlier_product
    left = carting & ~buying
    carts.add(user[left], target[left])

    viewed = _count_views(visits.mean_views, len(start), rng)
    carted = np.where(carting, 1 + rng.choice(len(CART_EVENTS), len(start), p=CART_EVENTS), 0)
    bought = np.where(buying, 1 + rng.choice(len(ITEMS), len(start), p=ITEMS), 0)
    total = viewed + carted + bought
    session = np.repeat(np.arange(len(start)), total)
    place = np.arange(total.sum()) - np.repeat(np.cumsum(total) - total, total)

    before = np.ceil(viewed * rng.random(len(start))).astype(np.int64)  # views before the cart
    place -= before[session]
    in_cart = (place >= 0) & (place < carted[session])
    place -= carted[session]
    in_order = (place >= 0) & (place < bought[session])
    kind = (in_cart * CART + in_order * PURCHASE).astype(np.int8)

    product = _choose_seen(category[session], shop, rng)
    same = rng.random(len(kind)) < np.where(in_cart, 0.6, 0.3)
    first_action = (place == 0) & in_order | (place == -carted[session]) & in_cart
    product = np.where(same & ~in_order | first_action, target[session], product)

    gap = np.maximum(_GAP_LEAST, _GAP_MEDIAN * np.exp(rng.normal(0, _GAP_SPREAD, len(kind))))
    gap[in_order & (place > 0)] = 0  # the items of one order share one stamp
    gap[in_cart & (place > -carted[session]) & (rng.random(len(kind)) < 0.03)] = 0.5
    elapsed = np.cumsum(gap)
    begin = np.cumsum(total) - total
    second = start[session] + (elapsed - elapsed[begin][session]).astype(np.int64)
    return Events(second, kind, product, user[session], session)


def _choose_categories(
    hour: npt.NDArray[np.int64], weekday: int, shop: Catalogue, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    uniform = rng.random(len(hour))
    category = np.empty(len(hour), dtype=np.int64)
    for present in np.unique(hour):
        here = hour == present
        upto = np.cumsum(shop.category_shares(int(present), weekday))
        category[here] = np.searchsorted(upto[:-1], uniform[here], side="right")
    return category


def _choose_outcomes(
    visits: Visits,
    hour: npt.NDArray[np.int64],
    appeal: npt.NDArray[np.float64],
    rng: np.random.Generator,
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Decide which sessions put something in the cart, and which buy."""
    pull = appeal / max(appeal.mean(), 1e-9)
    both = visits.both_rate[hour] * pull
    purchase = visits.purchase_rate[hour] * pull
    mild = np.sqrt(pull)  # appeal shows less in carts than in purchases
    cart = visits.cart_rate[hour] * mild / max(mild.mean(), 1e-9)
    uniform = rng.random(len(hour))
    carting = (uniform < both) | (uniform >= both + purchase) & (uniform < both + purchase + cart)
    return carting, uniform < both + purchase


def _choose_seen(
    category: npt.NDArray[np.int64], shop: Catalogue, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Choose what each event shows: mostly products of the session's category, now and then not."""
    stray = np.flatnonzero(rng.random(len(category)) < 0.1)
    upto = np.cumsum(shop.category_weights)
    category = category.copy()
    category[stray] = np.searchsorted(upto[:-1], rng.random(len(stray)), side="right")
    return shop.choose_products(category, rng.random(len(category)))


def _count_views(mean: float, sessions: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Draw the views of each session: many see one product, a few see dozens."""
    centre = np.interp(mean, _MEANS, _CENTRES)
    views = np.ceil(np.exp(rng.normal(centre, _VIEWS_SPREAD, sessions)))
    return np.asarray(np.clip(views, 1, _VIEWS_MOST), dtype=np.int64)
