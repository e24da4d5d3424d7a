"""A dashboard's page from rows that a test makes up, and a look at it in a browser."""

import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pandas as pd
from playwright.sync_api import Browser, Locator, Page

from dashboards import definition
from dashboards.datasets import BY_NAME
from dashboards.page import document, planning, writing

FIRST: Final = datetime.date(2019, 10, 1)
BRANDS: Final = ("acme", "bolt", "(others)", "(no brand)")
CATEGORIES: Final = ("electronics", "apparel", "(no code)")
GENEROUS_MS: Final = 60_000
Frames = dict[str, pd.DataFrame | str]


def frames(days: int = 14) -> Frames:
    """Rows for each data set: small numbers that follow a rule, so that sums can be said."""
    return {
        "days": frame("days", [_day(n) for n in range(days)]),
        "carts": frame("carts", [row for n in range(days) for row in _carts(n)]),
        "hours": frame("hours", [row for n in range(days) for row in _hours(n)]),
        "brands": frame("brands", [_brand(n, name) for n, name in enumerate(BRANDS[:3])]),
        "products": frame("products", [row for n in range(3) for row in _products(n)]),
        "alerts": frame("alerts", [_alert(n) for n in range(3)]),
        "funnel": frame("funnel", [row for n in range(days) for row in _funnel(n)]),
        "decisions": frame("decisions", list(_decisions())),
    }


def frame(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows with the columns of a data set, as Athena gives them."""
    columns = [column.name for column in BY_NAME[name].columns]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def plan_of(rows: Mapping[str, pd.DataFrame | str], changed: Any = None) -> Any:
    """The plan and data of the definition, or of a changed one."""
    return planning.plan(changed or definition.build(), rows, definition.matrix())


def render(plan: Any, data: Any, **words: Any) -> str:
    """The page of a plan."""
    said = document.Words(
        title="A shop",
        lead="Made up.",
        about={"run": "a test"},
        statements={"dashboard_days": "CREATE VIEW dashboard_days AS SELECT 1"},
        **words,
    )
    return document.render(plan, data, said)


def write(
    folder: Path, rows: Mapping[str, pd.DataFrame | str], *, first: bool = False, **words: Any
) -> Path:
    """Write the page of the definition; ``first``: with the sheet of answers."""
    plan, data = plan_of(rows)
    if first:
        plan["sheets"].insert(0, writing.FIRST)
    path = folder / "dashboard.html"
    path.write_text(render(plan, data, **words), encoding="utf-8")
    return path


def answered() -> dict[str, Any]:
    """What a run's notebooks would have answered: one of each kind."""
    one = {
        "notebook": "10_ingest", "question": "What came in?",
        "findings": ["19 rows came in."], "answers": {"rows": "19"},
        "failed": "", "link": "10_ingest.ipynb", "sheet": "",
    }  # fmt: skip
    return {
        "attention": [one, {**one, "failed": "no table"}],
        "questions": [{**one, "sheet": "carts"}, {**one, "findings": [], "failed": "no table"}],
        "report": "report.html",
    }


def card(page: Page, title: str) -> Locator:
    """A visual of the sheet that is shown, by its title."""
    return page.locator(".sheet:not([hidden]) .card").filter(
        has=page.get_by_role("heading", name=title, exact=True)
    )


def number(shown: str) -> Decimal:
    """The number that a cell shows."""
    return Decimal(shown.replace(",", ""))


class Seen:
    """What a browser said while a page was open."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.requests: list[str] = []


@contextmanager
def opened(
    browser: Browser, path: Path, hash_: str = "", **how: Any
) -> Iterator[tuple[Page, Seen]]:
    """Open a page from its file and wait until its first sheet is drawn."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **how})
    page = context.new_page()
    page.set_default_timeout(GENEROUS_MS)
    seen = Seen()
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on(
        "console",
        lambda said: seen.errors.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.goto(f"{path.as_uri()}{hash_}")
    page.wait_for_selector("html[data-ready=yes]")
    yield page, seen
    context.close()


def go(page: Page, hash_: str) -> None:
    """Follow a link of the page to one of its own addresses."""
    page.evaluate(
        """hash => new Promise((followed) => {
            if (location.hash === hash) followed();
            window.addEventListener("hashchange", () => setTimeout(followed), { once: true });
            location.hash = hash;
        })""",
        hash_,
    )
    settled(page)


def settled(page: Page) -> None:
    """Wait until what was asked is drawn."""
    page.wait_for_selector("html:not([data-busy=yes])")


def _date(number: int) -> datetime.date:
    return FIRST + datetime.timedelta(days=number)


def _money(text: str, times: int = 1) -> Decimal:
    return Decimal(text) * times


def _day(n: int) -> dict[str, Any]:
    weekday = ["1 Mon", "2 Tue", "3 Wed", "4 Thu", "5 Fri", "6 Sat", "7 Sun"][_date(n).weekday()]
    return {
        "day": _date(n), "weekday": weekday, "visitors": 100 + n, "new_visitors": 60,
        "returning_visitors": 40 + n, "sessions": 120 + n, "views": 1000 + n, "carts": 50,
        "purchases": 20 + n % 3, "revenue": _money("0.10", n + 1), "buyers": 15,
        "data_until": pd.Timestamp("2019-10-14 23:59:58"),
    }  # fmt: skip


def _carts(n: int) -> Iterator[dict[str, Any]]:
    for c, category in enumerate(CATEGORIES):
        for b, brand in enumerate(BRANDS):
            yield {
                "day": _date(n), **_levels(category), "brand": brand,
                "carted": 10 + c + b, "left_in_cart": 4 + c, "bought_later": 1,
                "value_left": _money("0.10", 1 + n + b),
            }  # fmt: skip


def _hours(n: int) -> Iterator[dict[str, Any]]:
    for hour in range(0, 24, 6):
        for c, category in enumerate(CATEGORIES):
            coded = category != "(no code)"
            yield {
                "day": _date(n), "weekday": _day(n)["weekday"], "hour": hour, **_levels(category),
                "views": 40 + hour + c, "carts": 3, "purchases": 1, "revenue": _money("9.99"),
                "expected_views": 40.1 + hour if coded else None,
            }  # fmt: skip


def _brand(n: int, brand: str) -> dict[str, Any]:
    return {
        "brand": brand, **_levels("electronics"), "product_id": f"100300{n}",
        "views": 500 + n, "purchases": 10 - n,
        "revenue": _money("100.00"), "expected_purchases": 12.3, "shortfall_purchases": 2.3 + n,
        "shortfall_revenue": 123.456 + n, "conversion_low": 0.01, "conversion_high": 0.03,
        "peer_conversion": 0.0246, "chance": 0.4, "verdict": "short, perhaps by chance",
    }  # fmt: skip


def _products(n: int) -> Iterator[dict[str, Any]]:
    for b, brand in enumerate(BRANDS):
        for product in ("1003001", "(others)"):
            yield {
                **_levels(CATEGORIES[n]), "brand": brand,
                "product_id": product, "carted": 10, "left_in_cart": 4, "bought_later": 1,
                "value_left": _money("1.10", n + b + 1),
            }  # fmt: skip


def _levels(category: str) -> dict[str, str]:
    deeper = "" if category.startswith("(") else ".x"
    return {
        "category": category,
        "category_2": category + deeper,
        "category_3": category + 2 * deeper,
    }


def _alert(n: int) -> dict[str, Any]:
    return {
        "day": FIRST, "minute": pd.Timestamp(f"2019-10-01 10:0{n}:00"),
        "rule": ("early", "sliding", "tumbling")[n], "alerts": n + 1, "users": 1,
        "most_actions": 20,
    }  # fmt: skip


def _funnel(n: int) -> Iterator[dict[str, Any]]:
    traits = {
        "price": ("1 below 20", "2 from 20"), "hour": ("08:00",),
        "visitor": ("1 new", "2 returning"), "views before the cart": ("1", "5 or more"),
        "time to the cart": ("1 below 1 minute", "(not carted)"),
    }  # fmt: skip
    for trait, values in traits.items():
        for value in values:
            yield {
                "day": _date(n), **_levels("electronics"), "trait": trait, "trait_value": value,
                "viewed": 100, "carted": 10, "bought": 6, "bought_without_cart": 2,
            }  # fmt: skip


def _decisions() -> Iterator[dict[str, Any]]:
    groups = (
        ("all", "(all)", "(all)"), ("category", "electronics", "(all)"),
        ("price", "(all)", "1 below 20"), ("category and price", "electronics", "1 below 20"),
    )  # fmt: skip
    for n, (level, category, price) in enumerate(groups):
        yield {
            "level": level, "of_category": category, "price_band": price, "viewed": 400,
            "carted": 40 - n, "bought": 20 + n, "views_before_cart": 60,
            "seconds_to_cart": 70 + n, "seconds_to_cart_low": 50, "seconds_to_cart_high": 90,
            "seconds_to_purchase": 45 + n, "seconds_to_purchase_low": None,
            "seconds_to_purchase_high": None,
        }  # fmt: skip
