"""The dashboard's page on a month of the store, in a headless Chromium: how soon a change is drawn.

``python benchmarks/dashboard.py [--rounds 9]`` makes up a month with as many rows as the store's
views may hold (31 days, 14 categories and the 30 most seen of two levels below, 200 brands), writes
the page, sets and takes away a filter on each sheet, and prints a Markdown table: rows behind the
sheet, milliseconds of the first drawing, and of a change (CPU of the page's thread; median and
largest by the clock), from the event until the browser has laid out the new charts. A change is to
be drawn within 100 ms.
"""

import argparse
import itertools
import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from dashboards.datasets import BY_NAME
from dashboards.views import Values
from support import pages

DAYS = 31
CATEGORIES = [f"category{n:02}" for n in range(14)]
TOP_CATEGORIES = Values().top_categories
LEVELS = [
    *(
        {"category": top, "category_2": f"{top}.{n}", "category_3": f"{top}.{n}.part"}
        for n, top in enumerate(CATEGORIES * 3)
        if n < TOP_CATEGORIES
    ),
    *(
        {"category": top, "category_2": f"{top}.{n}", "category_3": "(others)"}
        for n, top in enumerate(CATEGORIES * 3)
        if n < TOP_CATEGORIES
    ),
    *({"category": top, "category_2": "(others)", "category_3": "(others)"} for top in CATEGORIES),
]
"""As many as `Values` lets there be: the most seen of two levels, and the others of each."""
BRANDS = [f"brand{n:03}" for n in range(200)]
TRAITS = {
    "price": [f"{n} from" for n in range(6)],
    "hour": [f"{n:02}:00" for n in range(24)],
    "visitor": ["new", "returning"],
    "views before the cart": ["1", "2", "3", "4", "5 or more", "(not carted)"],
    "time to the cart": [f"{n} from" for n in range(5)],
    "time to the purchase": [f"{n} from" for n in range(5)],
}
OF_A_CATEGORY = 25
"""Brands with carts of a category on a day."""
CHANGED = """
hash => new Promise((drawn) => {
    const began = performance.now();
    window.addEventListener("hashchange", async () => {
        const { dataset } = document.documentElement;
        while (dataset.busy === "yes") await new Promise((soon) => setTimeout(soon));
        document.body.getBoundingClientRect();
        drawn(performance.now() - began);
    }, { once: true });
    location.hash = hash;
})
"""


def month() -> pages.Frames:
    """Rows of a month, as many as the views of a store of this size hold."""
    rows: dict[str, list[dict[str, Any]]] = {
        "days": [day for day, *_ in _days()],
        "carts": [
            {**cart, **levels, "brand": brand}
            for (_, cart, *_), (place, levels) in itertools.product(_days(), enumerate(LEVELS))
            for brand in (BRANDS * 2)[place : place + OF_A_CATEGORY]
        ],
        "hours": [
            {**cell, **levels, "hour": hour, "expected_views": 1e3 / (7 + place)}
            for (_, _, cell, _), (place, levels), hour in itertools.product(
                _days(), enumerate(LEVELS), range(24)
            )
        ],
        "funnel": [
            {**steps[0], **levels, "trait": trait, "trait_value": value}
            for (_, _, _, steps), levels in itertools.product(_days(), LEVELS)
            for trait, values in TRAITS.items()
            for value in values
        ],
    }
    small = pages.frames()
    (brand, *_), (product, *_) = (small[name].to_dict("records") for name in ("brands", "products"))
    rows["brands"] = [
        {**brand, "brand": name, **levels, "product_id": str(number)}
        for name, levels, number in itertools.product(BRANDS, LEVELS[:5], range(10))
    ]
    rows["products"] = [
        {**product, **levels, "brand": name, "product_id": str(number)}
        for levels in LEVELS
        for name, number in itertools.product(BRANDS[:OF_A_CATEGORY], range(10))
    ]
    return {
        **small,
        **{name: pages.frame(name, _varied(name, made)) for name, made in rows.items()},
    }


def _varied(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give sums that differ from row to row, as those of a store do: equal ones take no room."""
    chance = random.Random(13)  # noqa: S311 - the same each time
    for column in BY_NAME[name].columns:
        if column.adds != "sum":
            continue
        for row in rows:
            number = chance.expovariate(1 / 200)
            before = row[column.name]
            kind = Decimal if isinstance(before, Decimal) else type(before)
            row[column.name] = kind(f"{number:.2f}") if kind is Decimal else kind(number)
    return rows


def _days() -> Iterator[tuple[Any, ...]]:
    """A row of days, of carts and of hours for each day, and its steps of the funnel."""
    small = {name: rows.to_dict("records") for name, rows in pages.frames(DAYS).items()}
    carts, hours = ({row["day"]: row for row in small[name]} for name in ("carts", "hours"))
    steps: dict[Any, list[Any]] = {}
    for row in small["funnel"]:
        steps.setdefault(row["day"], []).append(row)
    for row in small["days"]:
        yield row, carts[row["day"]], hours[row["day"]], steps[row["day"]]


def cpu(page: Page) -> Callable[[], float]:
    """Milliseconds of CPU that the page's thread has taken, whenever it is asked."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def taken() -> float:
        told = session.send("Performance.getMetrics")["metrics"]
        return 1000 * float({one["name"]: one["value"] for one in told}["TaskDuration"])

    return taken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    chromium = shutil.which("chromium")
    if chromium is None:
        print("no Chromium is installed, so nothing is measured: apt-get install chromium")
        return 1
    rows = month()
    plan, _ = pages.plan_of(rows)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        path = pages.write(Path(folder), rows)
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        print(f"The page takes {path.stat().st_size:,} bytes.\n")
        print("| sheet | rows behind it | first drawn, ms | a change: CPU ms | ms | largest ms |")
        print("|---|---|---|---|---|---|")
        with pages.opened(browser, path) as (page, _):
            taken = cpu(page)
            for sheet in plan["sheets"]:
                views = {
                    visual["dataset"].removeprefix("dashboard_") for visual in sheet["visuals"]
                }
                heard = [one for one in plan["filters"] if sheet["id"] not in one["cannot"]]
                chosen = (
                    "&day=2019-10-08..2019-10-21"
                    if heard[0]["id"] == "day"
                    else (f"&{heard[0]['id']}={heard[0]['values'][0]}")
                )
                first = page.evaluate(CHANGED, f"#sheet={sheet['id']}")
                before = taken()
                changes = [
                    page.evaluate(CHANGED, f"#sheet={sheet['id']}{filter_}")
                    for _ in range(rounds)
                    for filter_ in (chosen, "")
                ]
                spent = (taken() - before) / len(changes)
                behind = sum(len(rows[name]) for name in views)
                print(
                    f"| {sheet['title']} | {behind:,} | {first:.0f} | {spent:.0f} | "
                    f"{statistics.median(changes):.0f} | {max(changes):.0f} |"
                )
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
