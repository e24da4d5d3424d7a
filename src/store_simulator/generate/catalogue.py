"""The made-up shop's products: categories, brands, prices, and how well each one sells."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from store_simulator.generate import calibration, names

_LEADING_CATEGORY_ID: Final = 3_100_000_000_000_000_001
_CODED_IDS: Final = 250  # category ids that carry a code; the others have none
_RARE: Final = 3e-4  # products below this share of the views settle the null shares finely

_PEAK_HOUR: Final = {
    "electronics": 16,
    "computers": 11,
    "appliances": 8,
    "furniture": 14,
    "apparel": 19,
    "kids": 6,
    "sport": 17,
    "construction": 5,
    "auto": 12,
    "accessories": 20,
    "stationery": 7,
    "medicine": 4,
    "garden": 9,
    "music": 21,
}
_WEEKEND: Final = {"furniture": 1.3, "kids": 1.25, "garden": 1.4, "computers": 0.8, "sport": 1.2}


@dataclass(frozen=True)
class Catalogue:
    """Products lie category by category, the popular ones first.

    Attributes
    ----------
    first, sizes
        Index of each category's first product, and its number of products.
    category_weights
        Share of the sessions that come for each category.
    peak_hour, swing, weekend
        When a category is looked at: hour of its peak (UTC), relative swing over the day, factor
        on Saturdays and Sundays.
    text
        Per product, the CSV fields from product_id to price.
    appeal
        Per product, its relative chance of being bought once seen.
    """

    first: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    category_weights: npt.NDArray[np.float64]
    peak_hour: npt.NDArray[np.float64]
    swing: npt.NDArray[np.float64]
    weekend: npt.NDArray[np.float64]
    text: pl.Series
    appeal: npt.NDArray[np.float64]

    def choose_products(
        self, categories: npt.NDArray[np.int64], uniform: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.int64]:
        """Draw a product of each given category, Zipf-like with exponent 0.8.

        Parameters
        ----------
        categories
            Index of a category, one a draw.
        uniform
            Numbers in [0, 1), one a draw.
        """
        span = ((self.sizes + 1.0) ** 0.2 - 1)[categories]
        root = span * uniform + 1
        rank = (root * root * root * root * root).astype(np.int64) - 1
        chosen: npt.NDArray[np.int64] = np.minimum(rank, self.sizes[categories] - 1)
        return chosen + self.first[categories]

    def category_shares(self, hour: int, weekday: int) -> npt.NDArray[np.float64]:
        """Give the share of the sessions that each category draws in an hour (0 = Monday)."""
        phase = np.cos((hour - self.peak_hour) * (2 * np.pi / 24))
        weights = self.category_weights * (1 + self.swing * phase)
        if weekday >= 5:
            weights = weights * self.weekend
        return np.asarray(weights / weights.sum())


@cache
def make_catalogue() -> Catalogue:
    """Make the shop's catalogue: always the same one, whatever the seed of the visits."""
    rng = np.random.default_rng(20191001)
    weights = _category_weights()
    sizes = _category_sizes(weights)
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    category = np.repeat(np.arange(len(sizes)), sizes)
    rank = np.arange(len(category)) - first[category]
    views = weights[category] * _zipf_share(rank, sizes[category])

    codes = _codes(weights, rng)
    brand = _brands(category, rank, views, rng)
    brand_names = np.array(names.brand_names(calibration.BRANDS, rng))
    brand_appeal = np.exp(rng.normal(0, 0.4, calibration.BRANDS))
    category_appeal = np.exp(rng.normal(0, 0.35, len(sizes)))
    appeal = np.where(brand < 0, 0.8, brand_appeal[brand]) * category_appeal[category]
    price = _prices(category, brand, views, appeal, rng)

    departments = np.array([code.split(".")[0] for code in codes], dtype=object)
    category_ids = _LEADING_CATEGORY_ID + np.arange(len(sizes)) * 1_000_003
    product_ids = 1_000_000 + (np.arange(len(category)) * 48_271) % 59_999_999
    text = pl.select(
        pl.concat_str(
            pl.lit(pl.Series(product_ids)),
            pl.lit(pl.Series(category_ids[category])),
            pl.lit(pl.Series(np.array(codes)[category].tolist())),
            pl.lit(pl.Series(np.where(brand < 0, "", brand_names[brand]).tolist())),
            pl.lit(pl.Series(np.char.mod("%.2f", price).tolist())),
            separator=",",
        )
    ).to_series()
    peak = [
        _PEAK_HOUR.get(d, float(p))
        for d, p in zip(departments, rng.uniform(0, 24, len(sizes)), strict=True)
    ]
    swing = np.where(np.arange(len(sizes)) == 0, 0.05, rng.uniform(0.15, 0.5, len(sizes)))
    return Catalogue(
        first=first,
        sizes=sizes,
        category_weights=weights,
        peak_hour=np.array(peak),
        swing=swing,
        weekend=np.array([_WEEKEND.get(d, 1.0) for d in departments]),
        text=text,
        appeal=appeal,
    )


def _category_weights() -> npt.NDArray[np.float64]:
    tail = (np.arange(calibration.CATEGORY_IDS - 1) + 6.0) ** -1.1
    leading = calibration.LEADING_CATEGORY_SHARE
    return np.concatenate([[leading], tail / tail.sum() * (1 - leading)])


def _category_sizes(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    wanted = np.sqrt(weights) / np.sqrt(weights).sum() * calibration.PRODUCTS
    sizes: npt.NDArray[np.int64] = np.maximum(3, wanted).astype(np.int64)
    sizes[0] += calibration.PRODUCTS - sizes.sum()
    return sizes


def _zipf_share(
    rank: npt.NDArray[np.int64], size: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Share of a category's draws that each rank gets from ``Catalogue.choose_products``."""
    below = (rank + 1.0) ** 0.2
    share: npt.NDArray[np.float64] = ((rank + 2.0) ** 0.2 - below) / ((size + 1.0) ** 0.2 - 1)
    return share


def _codes(weights: npt.NDArray[np.float64], rng: np.random.Generator) -> list[str]:
    """Give each category its code, or the empty text so that the null share comes out."""
    known = names.category_codes()
    coded = np.ones(len(weights), dtype=bool)
    missing = calibration.NULL_CODE_SHARE
    for index in 1 + rng.permutation(len(weights) - 1):
        if weights[index] <= missing and coded.sum() > _CODED_IDS:
            coded[index] = False
            missing -= weights[index]
    codes = [""] * len(weights)
    for place, index in enumerate(np.flatnonzero(coded)):
        codes[index] = known[0] if place == 0 else known[1 + (place - 1) % (len(known) - 1)]
    return codes


def _brands(
    category: npt.NDArray[np.int64],
    rank: npt.NDArray[np.int64],
    views: npt.NDArray[np.float64],
    rng: np.random.Generator,
) -> npt.NDArray[np.int64]:
    """Give each product the index of its brand, or -1 so that the null share comes out."""
    shift = rng.integers(0, calibration.BRANDS, calibration.CATEGORY_IDS)
    shift[:40] = rng.integers(0, 4, 40)  # the big categories share the big brands
    shift[0] = 0
    width = np.clip(np.bincount(category) // 8, 4, 400)
    width[0] = 24
    place = (width[category] ** rng.random(len(category))).astype(np.int64) - 1
    brand = (shift[category] + place) % calibration.BRANDS
    order = rng.permutation(len(category))
    last = order[rank[order] > 5]
    brand[last[: calibration.BRANDS]] = np.arange(calibration.BRANDS)  # none is left out
    candidates = last[calibration.BRANDS :]
    candidates = candidates[(category[candidates] > 0) & (views[candidates] < _RARE)]
    upto = np.searchsorted(np.cumsum(views[candidates]), calibration.NULL_BRAND_SHARE)
    brand[candidates[:upto]] = -1
    return brand


def _prices(
    category: npt.NDArray[np.int64],
    brand: npt.NDArray[np.int64],
    views: npt.NDArray[np.float64],
    appeal: npt.NDArray[np.float64],
    rng: np.random.Generator,
) -> npt.NDArray[np.float64]:
    """Give each product its price; the mean purchase comes to the published revenue."""
    level = np.exp(rng.normal(4.7, 0.9, calibration.CATEGORY_IDS))
    level[0] = 420
    brand_level = np.exp(rng.normal(0, 0.3, calibration.BRANDS))
    price = level[category] * np.where(brand < 0, 0.7, brand_level[brand])
    price *= np.exp(rng.normal(0, 0.45, len(category)))
    price *= calibration.REVENUE_PER_PURCHASE / np.average(price, weights=views * appeal)
    price = np.clip(price, 0.5, 2574.07)
    price *= calibration.REVENUE_PER_PURCHASE / np.average(price, weights=views * appeal)
    price = np.asarray(np.minimum(price, 2574.07))
    free = rng.permutation(np.flatnonzero(views < _RARE / 10))
    zero = free[: np.searchsorted(np.cumsum(views[free]), calibration.ZERO_PRICE_SHARE)]
    price[zero] = 0
    appeal[zero] = 0  # nobody buys what has no price
    return price
