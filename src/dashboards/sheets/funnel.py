"""From view to purchase within a session."""

from typing import Final

from dashboards.fields import Value
from dashboards.sheets.model import ALL_PAIRS, COLUMNS, HALF, TALL, Placed, Sheet, until
from dashboards.visuals import Text, bar, kpi, table


def _trait(identifier: str, trait: str, column: int, row: int, text: Text) -> Placed:
    made = bar(identifier, "funnel", "trait_value", [Value("rate_bought", "percent")], text)
    return Placed(made, column, HALF, row, TALL, ("trait", trait, True))


def _step(place: int, value: Value, title: str, subtitle: str) -> Placed:
    text = Text(title, subtitle, f"One number: {title[0].lower()}{title[1:]}. {subtitle}")
    made = kpi(f"funnel-{value.name.replace('_', '-')}", "funnel", value, text)
    return Placed(made, place * 9, 9, 3, 5, ALL_PAIRS)


FUNNEL: Final = Sheet(
    "funnel",
    "Funnel",
    "From view to cart to purchase of a product within one session, and what tells the carts apart "
    "that are bought.",
    "funnel",
    (
        until("funnel"),
        _step(0, Value("viewed"), "Viewed", "Products viewed, once a session."),
        _step(1, Value("carted"), "Carted", "Of these, put in the cart after the first view."),
        _step(2, Value("bought"), "Bought", "Of these, bought after the cart."),
        _step(
            3,
            Value("bought_without_cart"),
            "Bought without a cart",
            "Viewed and bought in the session, and not put in the cart in between.",
        ),
        Placed(
            table(
                "funnel-prices",
                "funnel",
                ["trait_value"],
                [
                    Value("viewed"),
                    Value("carted"),
                    Value("rate_carted", "percent"),
                    Value("bought"),
                    Value("rate_bought", "percent"),
                    Value("rate_bought_low", "percent"),
                    Value("rate_bought_high", "percent"),
                ],
                Text(
                    "By price",
                    "Carted ÷ viewed, and bought ÷ carted with its 95 % interval.",
                    "A table with a row a price band: steps of the funnel and their rates.",
                ),
            ),
            0,
            COLUMNS,
            8,
            TALL,
            ALL_PAIRS,
        ),
        _trait(
            "funnel-hour",
            "hour",
            0,
            17,
            Text(
                "Bought, by hour of the first view",
                "Bought ÷ carted, by the local hour in which the product was first viewed.",
                "A bar an hour: the share of carted products that was bought.",
            ),
        ),
        _trait(
            "funnel-visitor",
            "visitor",
            HALF,
            17,
            Text(
                "Bought, by visitor",
                "Bought ÷ carted of users seen on an earlier day, and of new ones.",
                "Two bars: the share of carted products bought by new and by returning visitors.",
            ),
        ),
        _trait(
            "funnel-views",
            "views before the cart",
            0,
            26,
            Text(
                "Bought, by views before the cart",
                "Bought ÷ carted, by how often the product was viewed before the cart.",
                "A bar for each number of views: the share of carted products that was bought.",
            ),
        ),
        Placed(
            bar(
                "funnel-time",
                "funnel",
                "trait_value",
                [Value("carted"), Value("bought")],
                Text(
                    "Time to the cart",
                    "Products carted, and bought of them, by the time since their first view.",
                    "Bars by time from first view to cart: products carted, and those bought.",
                ),
            ),
            HALF,
            HALF,
            26,
            TALL,
            ("trait", "time to the cart", True),
        ),
    ),
)
