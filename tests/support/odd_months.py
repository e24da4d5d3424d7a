"""Raw files as odd as a store's own: each case is a whole made-up file, always the same."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from helpers.events import FIELDS

START: Final = date(2019, 10, 1)
USUAL: Final = {"view": 0.9, "cart": 0.06, "purchase": 0.04}
BRANDS: Final = ("acme", "bolt", "cuprum", "")
CYRILLIC: Final = ("бирюса", "полёт", "заря", "")


def days(count: int, *, without: Sequence[int] = ()) -> list[date]:
    """So many days from `START` on, some of them (by number, from 0) left out."""
    return [START + timedelta(days=n) for n in range(count) if n not in without]


def month(
    of: Sequence[date],
    *,
    rows_a_day: int = 60,
    kinds: dict[str, float] | None = None,
    brands: Sequence[str] = BRANDS,
    prices: tuple[float, float] = (1, 300),
) -> pl.DataFrame:
    """Make events of some days, in order of time: the columns of a raw file, times as text."""
    rng = np.random.default_rng(len(of) * 1000 + rows_a_day)
    kinds = kinds or USUAL
    count = len(of) * rows_a_day
    seconds = np.sort(rng.integers(0, 86_400, (len(of), rows_a_day)), axis=1)
    times = [
        f"{datetime.combine(day, datetime.min.time()) + timedelta(seconds=int(second))} UTC"
        for day, row in zip(of, seconds, strict=True)
        for second in row
    ]
    users = 500_000_000 + rng.integers(0, max(1, count // 6), count)
    product = rng.permutation(max(count, len(brands)))[:count]
    price = np.round(rng.uniform(*prices, count), 2)
    names = list(kinds)
    return pl.DataFrame(
        {
            "event_time": times,
            "event_type": [names[n] for n in rng.choice(len(names), count, p=list(kinds.values()))],
            "product_id": 1_000_000 + product,
            "category_id": 2_053_013_555_631_882_655 + product % 7,
            "category_code": [("", "electronics.smartphone")[n % 2] for n in product],
            "brand": [brands[n % len(brands)] for n in product],
            "price": [f"{value:.2f}" for value in price],
            "user_id": users,
            "user_session": [f"s-{user}-{n % 3}" for n, user in enumerate(users)],
        }
    )


CASES: Final[dict[str, Callable[[], pl.DataFrame]]] = {
    "one row": lambda: month(days(1), rows_a_day=1, kinds={"view": 1}),
    "one day": lambda: month(days(1), rows_a_day=400),
    "no carts": lambda: month(days(7), kinds={"view": 0.95, "purchase": 0.05}),
    "no purchases": lambda: month(days(7), kinds={"view": 0.95, "cart": 0.05}),
    "views alone": lambda: month(days(7), kinds={"view": 1}),
    "more carts than purchases": lambda: month(
        days(7), kinds={"view": 0.8, "cart": 0.15, "purchase": 0.05}
    ),
    "carts that are emptied": lambda: month(
        days(7), kinds={"view": 0.5, "cart": 0.25, "remove_from_cart": 0.15, "purchase": 0.1}
    ),
    "a day that is a hole": lambda: month(days(7, without=[3])),
    "a day without purchases": lambda: month(days(7)).filter(
        (pl.col("event_type") != "purchase") | ~pl.col("event_time").str.starts_with("2019-10-04")
    ),
    "negative prices": lambda: month(days(3), prices=(-80, 300)),
    "Cyrillic brands": lambda: month(days(7), brands=CYRILLIC),
    "3,547 brands": lambda: month(
        days(7), rows_a_day=2000, brands=[f"brand{n}" for n in range(3547)]
    ),
    "158 sparse days": lambda: month(days(158), rows_a_day=2),
}


def write(case: str, path: Path) -> pl.DataFrame:
    """Write a case as a raw file; what it holds is given back."""
    events = CASES[case]().select(FIELDS)
    events.write_csv(path, quote_style="never")
    return events
