"""The answers computed without SQL, from the lake's events in memory.

Written from the definitions in the notebooks and not from their statements, so that a
mistake in one does not hide in the other.
"""

import math
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

Row = dict[str, Any]


def _by_day(events: pl.DataFrame) -> list[tuple[date, pl.DataFrame]]:
    dated = events.with_columns(day=pl.col("event_time").dt.date()).sort("day")
    return [(key[0], part) for key, part in dated.group_by("day", maintain_order=True)]


def _kind(events: pl.DataFrame, kind: str) -> pl.DataFrame:
    return events.filter(pl.col("event_type") == kind)


def visitors(events: pl.DataFrame) -> list[Row]:
    """One row a day."""
    rows, seen = [], set()
    for day, today in _by_day(events):
        users = set(today["user_id"])
        views, purchases = _kind(today, "view"), _kind(today, "purchase")
        buyers = len(set(purchases["user_id"]))
        rows.append(
            {
                "day": day,
                "visitors": len(users),
                "new_visitors": len(users - seen),
                "returning_visitors": len(users & seen),
                "sessions": len(set(today["user_session"].drop_nulls())),
                "views": len(views),
                "carts": len(_kind(today, "cart")),
                "purchases": len(purchases),
                "revenue": sum(purchases["price"], Decimal(0)),
                "buyers": buyers,
                "visitor_conversion": buyers / len(users),
                "view_conversion": len(purchases) / len(views) if len(views) else None,
            }
        )
        seen |= users
    return rows


def cart_outcomes(events: pl.DataFrame) -> list[Row]:
    """One row for each user, product and day with a cart event."""
    bought: dict[tuple[int, int], set[date]] = defaultdict(set)
    purchases_of: Counter[date] = Counter()
    for row in _kind(events, "purchase").iter_rows(named=True):
        bought[row["user_id"], row["product_id"]].add(row["event_time"].date())
        purchases_of[row["event_time"].date()] += 1
    removed: dict[tuple[date, int, int], int] = defaultdict(int)
    for row in _kind(events, "remove_from_cart").iter_rows(named=True):
        removed[row["event_time"].date(), row["user_id"], row["product_id"]] += 1
    carted: dict[tuple[date, int, int], list[Row]] = defaultdict(list)
    for row in _kind(events, "cart").iter_rows(named=True):
        carted[row["event_time"].date(), row["user_id"], row["product_id"]].append(row)
    return [
        {
            "day": day,
            "user_id": user,
            "product_id": product,
            "brand": max((r["brand"] for r in rows if r["brand"] is not None), default=None),
            "category_code": max(
                (r["category_code"] for r in rows if r["category_code"] is not None), default=None
            ),
            "price": max(r["price"] for r in rows),
            "cart_events": len(rows),
            "remove_events": removed[day, user, product],
            "bought_that_day": day in bought[user, product],
            "next_purchase_day": min(
                (later for later in bought[user, product] if later > day), default=None
            ),
            "purchases_of_day": purchases_of[day],
        }
        for (day, user, product), rows in sorted(carted.items())
    ]


def carts_by_day(outcomes: list[Row], later_days: int) -> list[Row]:
    """The rate of each day with a cart event."""
    days: dict[date, list[Row]] = defaultdict(list)
    for row in outcomes:
        days[row["day"]].append(row)
    return [
        {
            "day": day,
            "carted": len(rows),
            "left_in_cart": len(left := [row for row in rows if not row["bought_that_day"]]),
            "bought_later": sum(_later(row, later_days) for row in left),
            "value_left": sum((row["price"] for row in left), Decimal(0)),
            "purchases": rows[0]["purchases_of_day"],
        }
        for day, rows in sorted(days.items())
    ]


def pairs_left(outcomes: list[Row], day: date, later_days: int) -> list[Row]:
    """The pairs that were left on one day, the dearest first."""
    left = [row for row in outcomes if row["day"] == day and not row["bought_that_day"]]
    return [
        {
            "user_id": row["user_id"],
            "product_id": row["product_id"],
            "brand": row["brand"] or "(no brand)",
            "category": row["category_code"] or "(no code)",
            "price": row["price"],
            "cart_events": row["cart_events"],
            "remove_events": row["remove_events"],
            "next_purchase_day": row["next_purchase_day"],
            "bought_later": _later(row, later_days),
        }
        for row in sorted(left, key=lambda r: (-r["price"], r["user_id"], r["product_id"]))
    ]


def _later(row: Row, later_days: int) -> bool:
    following = row["next_purchase_day"]
    return following is not None and following - row["day"] <= timedelta(days=later_days)


def categories(events: pl.DataFrame, time_zone: str, depth: int) -> list[Row]:
    """One row for each weekday, hour of the wall clock and category that has an event."""
    zone = ZoneInfo(time_zone)
    utc = ZoneInfo("UTC")
    cells: dict[tuple[int, int, str | None], Row] = {}
    for row in events.iter_rows(named=True):
        local = row["event_time"].replace(tzinfo=utc).astimezone(zone)
        code = row["category_code"]
        category = None if code is None else ".".join(code.split(".")[:depth])
        cell = cells.setdefault(
            (local.isoweekday(), local.hour, category),
            {"views": 0, "carts": 0, "purchases": 0, "revenue": Decimal(0)},
        )
        if row["event_type"] == "view":
            cell["views"] += 1
        elif row["event_type"] == "cart":
            cell["carts"] += 1
        elif row["event_type"] == "purchase":
            cell["purchases"] += 1
            cell["revenue"] += row["price"]
    return [
        {"weekday": weekday, "hour": hour, "category": category, **cell}
        for (weekday, hour, category), cell in sorted(
            cells.items(), key=lambda item: (item[0][0], item[0][1], item[0][2] is None, item[0][2])
        )
    ]


def brands(events: pl.DataFrame) -> list[Row]:
    """One row for each brand that is viewed in a category that has other brands' views too."""
    seen: dict[tuple[str | None, int], Row] = {}
    for row in events.iter_rows(named=True):
        if row["event_type"] in ("view", "purchase"):
            cell = seen.setdefault(
                (row["brand"], row["category_id"]),
                {"view": 0, "purchase": 0, "revenue": Decimal(0), "prices": []},
            )
            cell[row["event_type"]] += 1
            cell["prices"].append(row["price"])
            if row["event_type"] == "purchase":
                cell["revenue"] += row["price"]
    totals: dict[str, Row] = {}
    for (brand, category), own in seen.items():
        peers = [cell for (b, c), cell in seen.items() if c == category and b != brand]
        peer_views = sum(cell["view"] for cell in peers)
        if brand is None or not peer_views:
            continue
        expected = own["view"] * sum(cell["purchase"] for cell in peers) / peer_views
        mean_price = float(sum(own["prices"])) / len(own["prices"])
        total = totals.setdefault(
            brand,
            {"views": 0, "purchases": 0, "revenue": Decimal(0), "expected": 0.0, "missing": 0.0},
        )
        total["views"] += own["view"]
        total["purchases"] += own["purchase"]
        total["revenue"] += own["revenue"]
        total["expected"] += expected
        total["missing"] += (expected - own["purchase"]) * mean_price
    return [_brand(name, total) for name, total in sorted(totals.items()) if total["views"]]


def _brand(name: str, total: Row) -> Row:
    views, purchases = total["views"], total["purchases"]
    low, high = wilson(min(purchases, views), views)
    return {
        "brand": name,
        "views": views,
        "purchases": purchases,
        "revenue": total["revenue"],
        "conversion": min(purchases / views, 1.0),
        "conversion_low": low,
        "conversion_high": high,
        "peer_conversion": total["expected"] / views,
        "expected_purchases": total["expected"],
        "shortfall_purchases": total["expected"] - purchases,
        "shortfall_revenue": total["missing"],
    }


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's score interval: the p for which the score test does not reject at z = 1.96."""
    z = 1.96
    centre = (successes + z * z / 2) / (trials + z * z)
    half = z / (trials + z * z) * math.sqrt(successes * (trials - successes) / trials + z * z / 4)
    return centre - half, centre + half


PRICE_BANDS = [
    (20, "1 below 20"),
    (50, "2 from 20"),
    (100, "3 from 50"),
    (250, "4 from 100"),
    (500, "5 from 250"),
    (math.inf, "6 from 500"),
]


def session_products(events: pl.DataFrame) -> list[Row]:
    """One row for each product that a session viewed, and how far it came."""
    first_days: dict[int, date] = {}
    for row in events.iter_rows(named=True):
        day = row["event_time"].date()
        first_days[row["user_id"]] = min(day, first_days.get(row["user_id"], day))
    seen: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in events.sort("event_time").iter_rows(named=True):
        if row["user_session"] is not None:
            seen[row["user_session"], row["product_id"]].append(row)
    return [
        _session_product(rows, first_days)
        for rows in seen.values()
        if any(row["event_type"] == "view" for row in rows)
    ]


def _session_product(rows: list[Row], first_days: dict[int, date]) -> Row:
    def first(kind: str, since: datetime | None) -> datetime | None:
        times = [row["event_time"] for row in rows if row["event_type"] == kind]
        return min((time for time in times if since and time >= since), default=None)

    views = [row for row in rows if row["event_type"] == "view"]
    viewed = min(row["event_time"] for row in views)
    carted = first("cart", viewed)
    bought = first("purchase", carted)
    price = max(row["price"] for row in views)
    codes = [row["category_code"] for row in views if row["category_code"] is not None]
    returning = first_days[min(row["user_id"] for row in views)] < viewed.date()
    return {
        "day": viewed.date(),
        "category_code": max(codes, default=None),
        "price_band": next(band for end, band in PRICE_BANDS if price < end),
        "visitor": "returning" if returning else "new",
        "first_view": viewed,
        "first_cart": carted,
        "views_before_cart": sum(row["event_time"] <= carted for row in views) if carted else None,
        "bought_at": bought,
        "bought_without_cart": carted is None and first("purchase", viewed) is not None,
        "seconds_to_cart": int((carted - viewed).total_seconds()) if carted else None,
        "seconds_to_purchase": (
            int((bought - carted).total_seconds()) if carted and bought else None
        ),
    }


def funnel(products: list[Row], depth: int) -> list[Row]:
    """The steps of all products, of each category, and of each price band."""
    groups: dict[tuple[str | None, str | None], list[Row]] = defaultdict(list)
    for row in products:
        code = row["category_code"]
        category = "(no code)" if code is None else ".".join(code.split(".")[:depth])
        for key in ((None, None), (category, None), (None, row["price_band"])):
            groups[key].append(row)
    return [
        {
            "category": category,
            "price": price,
            "viewed": len(rows),
            "carted": len(carted := [row for row in rows if row["first_cart"]]),
            "bought": len(bought := [row for row in carted if row["bought_at"]]),
            "rate_bought_low": wilson(len(bought), len(carted))[0] if carted else None,
            "rate_bought_high": wilson(len(bought), len(carted))[1] if carted else None,
            "bought_without_cart": sum(row["bought_without_cart"] for row in rows),
            "views_before_cart": sum(row["views_before_cart"] for row in carted) or None,
            "median_seconds_to_cart": _upper_median([row["seconds_to_cart"] for row in carted]),
            "median_seconds_to_purchase": _upper_median(
                [row["seconds_to_purchase"] for row in bought]
            ),
        }
        for (category, price), rows in sorted(
            groups.items(), key=lambda item: [(part is not None, part or "") for part in item[0]]
        )
    ]


def _upper_median(values: list[int]) -> int | None:
    return sorted(values)[len(values) // 2] if values else None


def traits(products: list[Row], time_zone: str) -> list[Row]:
    """What of the carted products was bought, by each thing that is known of them."""
    zone, utc = ZoneInfo(time_zone), ZoneInfo("UTC")
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in products:
        if row["first_cart"]:
            local = row["first_view"].replace(tzinfo=utc).astimezone(zone)
            views = row["views_before_cart"]
            for key in (
                ("price", row["price_band"]),
                ("hour", f"{local:%H}:00"),
                ("visitor", row["visitor"]),
                ("views before the cart", str(views) if views < 5 else "5 or more"),
            ):
                groups[key].append(row)
    answer = []
    for (trait, value), rows in sorted(groups.items()):
        bought = sum(row["bought_at"] is not None for row in rows)
        low, high = wilson(bought, len(rows))
        answer.append(
            {
                "trait": trait,
                "trait_value": value,
                "carted": len(rows),
                "bought": bought,
                "rate_bought_low": low,
                "rate_bought_high": high,
            }
        )
    return answer
