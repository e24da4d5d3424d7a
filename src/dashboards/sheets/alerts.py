"""Who was too fast to be a person."""

from typing import Final

from dashboards.fields import Value
from dashboards.sheets.model import COLUMNS, TALL, Placed, Sheet, until
from dashboards.visuals import Text, bar, line, table

ALERTS: Final = Sheet(
    "alerts",
    "Alerts",
    "Who was too fast to be a person: detections of the stream's rules, by the time of the burst.",
    "alerts",
    (
        until("alerts"),
        Placed(
            bar(
                "alerts-rules",
                "alerts",
                "rule",
                [Value("alerts")],
                Text(
                    "Detections by rule",
                    "Each rule reports a burst for itself, tumbling once a window.",
                    "A bar a rule: how many detections it made.",
                ),
            ),
            0,
            12,
            3,
            TALL,
        ),
        Placed(
            line(
                "alerts-minutes",
                "alerts",
                "minute",
                [Value("alerts")],
                Text(
                    "Detections by minute",
                    "By the minute of the burst's first action, event time in UTC.",
                    "A line over the minutes: detections of all rules.",
                ),
            ),
            12,
            24,
            3,
            TALL,
        ),
        Placed(
            table(
                "alerts-table",
                "alerts",
                ["minute", "rule"],
                [Value("alerts"), Value("users"), Value("most_actions")],
                Text(
                    "Minutes",
                    "Users are counted a minute and rule: they do not add up.",
                    "A table with a row a minute and rule: detections, users, most actions of one.",
                ),
            ),
            0,
            COLUMNS,
            12,
            TALL,
        ),
    ),
)
