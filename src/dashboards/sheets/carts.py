"""What is put in the cart and not bought."""

from typing import Final

from dashboards.fields import Value
from dashboards.sheets.model import HALF, TALL, Placed, Sheet, until
from dashboards.visuals import Text, bar, line, table

CARTS: Final = Sheet(
    "carts",
    "Carts",
    "What is put in the cart and not bought the same UTC day, and what it is worth.",
    "carts",
    (
        until("carts"),
        Placed(
            line(
                "carts-rate",
                "carts",
                "day",
                [Value("rate_left", "percent")],
                Text(
                    "Rate left",
                    "Pairs of user and product not bought the same day ÷ carted pairs.",
                    "A line over the days: the share of carted pairs that was left.",
                ),
            ),
            0,
            HALF,
            3,
            TALL,
        ),
        Placed(
            bar(
                "carts-value",
                "carts",
                "day",
                [Value("value_left", "money")],
                Text(
                    "Value left",
                    "Price of each pair left that day, once.",
                    "A bar a day: the value left in carts.",
                ),
            ),
            HALF,
            HALF,
            3,
            TALL,
        ),
        Placed(
            bar(
                "carts-drill",
                "products",
                "category",
                [Value("value_left", "money")],
                Text(
                    "Where the value is left",
                    "All days: a category opens into its second and third level, these into "
                    "brands, a brand into products; the sums hold.",
                    "Bars by category, the largest value left first; each opens into its second "
                    "and third level, these into brands, and a brand into its products.",
                ),
                horizontal=True,
                most=20,
                drill=["category_2", "category_3", "brand", "product_id"],
            ),
            0,
            HALF,
            12,
            12,
        ),
        Placed(
            table(
                "carts-brands",
                "carts",
                ["brand"],
                [
                    Value("carted"),
                    Value("left_in_cart"),
                    Value("rate_left", "percent"),
                    Value("bought_later"),
                    Value("value_left", "money"),
                ],
                Text(
                    "Brands",
                    "Bought later: of the pairs left, those bought within some days after.",
                    "A table with a row a brand: pairs carted, left and bought later, value left.",
                ),
                largest="value_left",
            ),
            HALF,
            HALF,
            12,
            12,
        ),
    ),
)
