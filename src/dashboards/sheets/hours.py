"""When which category is wanted."""

from typing import Final

from dashboards.datasets import NO_CODE
from dashboards.fields import Value
from dashboards.sheets.model import COLUMNS, TALL, Placed, Sheet, until
from dashboards.visuals import Text, heat_map, table

HOURS: Final = Sheet(
    "hours",
    "Categories by hour",
    "When the store is busy and when a category gets more than its usual share, in local time.",
    "hours",
    (
        until("hours"),
        Placed(
            heat_map(
                "hours-busy",
                "hours",
                Value("views"),
                Text(
                    "Busy hours",
                    "Views of each weekday and hour, added up: some weekdays occur more often.",
                    "A field of seven weekdays by 24 hours, darker where there are more views.",
                ),
                rows="weekday",
                columns="hour",
            ),
            0,
            COLUMNS,
            3,
            TALL,
        ),
        Placed(
            heat_map(
                "hours-lift",
                "hours",
                Value("lift", "number"),
                Text(
                    "Lift",
                    "Views ÷ the views expected at the category's usual share, 10 added to both; "
                    "1 is as usual. A category opens into its second and third level.",
                    "A field of categories by 24 hours, darker where a category gets more than "
                    "its usual share of the views; a category opens into its levels.",
                ),
                rows="category",
                columns="hour",
                drill=["category_2", "category_3"],
            ),
            0,
            COLUMNS,
            12,
            12,
            (("category", NO_CODE, False),),
        ),
        Placed(
            table(
                "hours-categories",
                "hours",
                ["category", "category_2"],
                [
                    Value("views"),
                    Value("carts"),
                    Value("purchases"),
                    Value("revenue", "money"),
                ],
                Text(
                    "Categories",
                    "Events of the first two levels of the category's code; (no code) has none.",
                    "A table with a row a category and second level: views, carts, purchases "
                    "and revenue.",
                ),
                largest="views",
            ),
            0,
            COLUMNS,
            24,
            TALL,
        ),
    ),
)
