"""Who comes to the store."""

from typing import Final

from dashboards.fields import Value
from dashboards.sheets.model import COLUMNS, HALF, TALL, Placed, Sheet, until
from dashboards.visuals import Text, bar, line, table

VISITORS: Final = Sheet(
    "visitors",
    "Visitors",
    "Who comes to the store, day by day: visitors of several days must not be added up.",
    "days",
    (
        until("visitors"),
        Placed(
            line(
                "visitors-daily",
                "days",
                "day",
                [Value("visitors"), Value("buyers")],
                Text(
                    "Visitors and buyers",
                    "Different users of each UTC day, and those of them with a purchase.",
                    "Two lines over the days: visitors, and below them buyers.",
                ),
            ),
            0,
            COLUMNS,
            3,
            TALL,
        ),
        Placed(
            bar(
                "visitors-new",
                "days",
                "day",
                [Value("returning_visitors"), Value("new_visitors")],
                Text(
                    "New and returning",
                    "New on the first day on which the data shows a user; at its start all are.",
                    "A bar a day: returning visitors below, new visitors on top of them.",
                ),
                stacked=True,
            ),
            0,
            HALF,
            12,
            TALL,
        ),
        Placed(
            line(
                "visitors-conversion",
                "days",
                "day",
                [Value("view_conversion", "percent")],
                Text(
                    "View conversion",
                    "Purchase events ÷ view events of each UTC day.",
                    "A line over the days: purchases as a share of views.",
                ),
            ),
            HALF,
            HALF,
            12,
            TALL,
        ),
        Placed(
            table(
                "visitors-table",
                "days",
                ["day"],
                [
                    Value("visitors"),
                    Value("new_visitors"),
                    Value("sessions"),
                    Value("views"),
                    Value("carts"),
                    Value("purchases"),
                    Value("revenue", "money"),
                    Value("buyers"),
                ],
                Text(
                    "Days",
                    "Visitors, sessions and buyers are counted a day: their days do not add up.",
                    "A table with a row a day: visitors, sessions, events, revenue and buyers.",
                ),
            ),
            0,
            COLUMNS,
            21,
            TALL,
        ),
    ),
)
