"""The month in ten numbers."""

from typing import Final

from dashboards.fields import Value
from dashboards.sheets.model import ALL_PAIRS, Only, Placed, Sheet, until
from dashboards.visuals import Text, kpi

_KPI: Final = 7


def _number(
    place: int,
    dataset: str,
    value: Value,
    title: str,
    subtitle: str,
    *,
    only: tuple[Only, ...] = (),
) -> Placed:
    """One of the month's numbers, five in a row."""
    text = Text(title, subtitle, f"One number: {title[0].lower()}{title[1:]}. {subtitle}")
    made = kpi(f"month-{value.name.replace('_', '-')}", dataset, value, text)
    row, column = divmod(place, 5)
    return Placed(made, column * _KPI, _KPI, 3 + row * 5, 5, only)


MONTH: Final = Sheet(
    "month",
    "The month in ten numbers",
    "How the store did in the days chosen, in ten numbers; each of the other sheets explains some.",
    "days",
    (
        until("month"),
        _number(
            0,
            "days",
            Value("new_visitors"),
            "New visitors",
            "Users first seen on the days chosen; over all days, all different visitors.",
        ),
        _number(1, "days", Value("views"), "Views", "View events."),
        _number(2, "days", Value("purchases"), "Purchases", "Purchase events, one an article."),
        _number(3, "days", Value("revenue", "money"), "Revenue", "Prices of all purchases."),
        _number(
            4,
            "days",
            Value("view_conversion", "percent"),
            "View conversion",
            "Purchase events ÷ view events.",
        ),
        _number(
            5,
            "carts",
            Value("carted"),
            "Carted pairs",
            "Pairs of user and product put in the cart, once a UTC day.",
        ),
        _number(
            6,
            "carts",
            Value("rate_left", "percent"),
            "Rate left",
            "Pairs not bought the same UTC day ÷ carted pairs.",
        ),
        _number(
            7,
            "carts",
            Value("value_left", "money"),
            "Value left in carts",
            "Price of each pair left, once.",
        ),
        _number(
            8,
            "funnel",
            Value("rate_bought", "percent"),
            "Carts bought in the session",
            "Products bought after the cart ÷ products carted after a view, in one session.",
            only=ALL_PAIRS,
        ),
        _number(
            9,
            "alerts",
            Value("alerts"),
            "Alerts",
            "Detections of bots; each rule reports a burst for itself.",
        ),
    ),
)
