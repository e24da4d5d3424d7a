"""From view to purchase within a session."""

from typing import Final

from dashboards.fields import Value
from dashboards.sheets.model import ALL_PAIRS, COLUMNS, HALF, TALL, Placed, Sheet, until
from dashboards.visuals import Text, bar, kpi, table


def _trait(
    identifier: str, trait: str, place: tuple[int, int], text: Text, label: str = ""
) -> Placed:
    rate = [Value("rate_bought", "percent")]
    made = bar(identifier, "funnel", "trait_value", rate, text, label=label or trait)
    column, row = place
    return Placed(made, column, HALF, row, TALL, (("trait", trait, True), _CARTED))


def _step(place: int, value: Value, title: str, subtitle: str) -> Placed:
    text = Text(title, subtitle, f"One number: {title[0].lower()}{title[1:]}. {subtitle}")
    made = kpi(f"funnel-{value.name.replace('_', '-')}", "funnel", value, text)
    return Placed(made, place * 6, 6, 3, 5, ALL_PAIRS)


def _median(place: int, what: str, title: str, subtitle: str) -> Placed:
    text = Text(title, f"{subtitle} {_WHOLE}", f"One number: {title[0].lower()}{title[1:]}.")
    made = kpi(f"funnel-{what.replace('_', '-')}", "decisions", Value(f"seconds_{what}"), text)
    return Placed(made, place * 6, 6, 3, 5, (("level", "all", True),))


def _decisions(identifier: str, level: str, by: list[str], row: int, text: Text) -> Placed:
    values = [
        Value("carted"),
        Value("mean_views_before", "number"),
        Value("seconds_to_cart"),
        Value("seconds_to_cart_low"),
        Value("seconds_to_cart_high"),
        Value("share_bought", "percent"),
        Value("share_bought_low", "percent"),
        Value("share_bought_high", "percent"),
        Value("seconds_to_purchase"),
        Value("seconds_to_purchase_low"),
        Value("seconds_to_purchase_high"),
    ]
    shown = {*by, *(value.name for value in values)}
    labels = {name: label for name, label in _LABELS.items() if name in shown}
    made = table(identifier, "decisions", by, values, text, largest="carted", labels=labels)
    return Placed(made, 0, COLUMNS, row, TALL, (("level", level, True),))


_CARTED: Final = ("trait_value", "(not carted)", False)
_WHOLE: Final = "All days, whatever is chosen: medians do not add up."
_LABELS: Final = {
    "of_category": "category",
    "price_band": "price",
    "seconds_to_cart": "median seconds to cart",
    "seconds_to_cart_low": "to cart, low",
    "seconds_to_cart_high": "to cart, high",
    "seconds_to_purchase": "median seconds to purchase",
    "seconds_to_purchase_low": "to purchase, low",
    "seconds_to_purchase_high": "to purchase, high",
    "mean_views_before": "mean views before",
}


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
        _median(4, "to_cart", "Median seconds to the cart", "From the first view."),
        _median(5, "to_purchase", "Median seconds to the purchase", "From the cart."),
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
                labels={"trait_value": "price"},
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
            (0, 17),
            Text(
                "Bought, by hour of the first view",
                "Bought ÷ carted, by the local hour in which the product was first viewed.",
                "A bar an hour: the share of carted products that was bought.",
            ),
            "hour of the first view",
        ),
        _trait(
            "funnel-visitor",
            "visitor",
            (HALF, 17),
            Text(
                "Bought, by visitor",
                "Bought ÷ carted of users seen on an earlier day, and of new ones.",
                "Two bars: the share of carted products bought by new and by returning visitors.",
            ),
        ),
        _trait(
            "funnel-views",
            "views before the cart",
            (0, 26),
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
                label="time since the first view",
            ),
            HALF,
            HALF,
            26,
            TALL,
            (("trait", "time to the cart", True), _CARTED),
        ),
        Placed(
            bar(
                "funnel-categories",
                "funnel",
                "category",
                [Value("rate_bought", "percent")],
                Text(
                    "Bought, by category",
                    "Bought ÷ carted; a category opens into its second and third level.",
                    "Bars by category: the share of carted products that was bought; each opens "
                    "into its levels.",
                ),
                horizontal=True,
                most=20,
                drill=["category_2", "category_3"],
            ),
            0,
            COLUMNS,
            35,
            TALL,
            ALL_PAIRS,
        ),
        _decisions(
            "funnel-by-category",
            "category",
            ["of_category"],
            44,
            Text(
                "Decisions by category",
                f"Median seconds from first view to cart and from cart to purchase, each with its "
                f"95 % interval (none of fewer than 6). {_WHOLE}",
                "A table with a row a category: views before the cart, median times, and the "
                "share bought, with intervals.",
            ),
        ),
        _decisions(
            "funnel-by-price",
            "price",
            ["price_band"],
            53,
            Text(
                "Decisions by price",
                f"The same by the price at which the product was viewed. {_WHOLE}",
                "A table with a row a price band: views before the cart, median times, and the "
                "share bought, with intervals.",
            ),
        ),
        _decisions(
            "funnel-by-both",
            "category and price",
            ["of_category", "price_band"],
            62,
            Text(
                "Decisions by category and price",
                f"The same for each category and price band. {_WHOLE}",
                "A table with a row a category and price band: views before the cart, median "
                "times, and the share bought, with intervals.",
            ),
        ),
    ),
)
