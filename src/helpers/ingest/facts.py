"""What the lake holds of the days that came in, counted by Athena."""

import datetime
from collections.abc import Collection
from typing import Final

import pandas as pd

from helpers import athena
from helpers.errors import InputError
from helpers.events import EVENT_TYPES, FIELDS
from helpers.ingest.catalog import check_name
from helpers.ingest.load import Loaded
from helpers.words import count

DAYS: Final = "year * 10000 + month * 100 + day BETWEEN :first AND :last"
"""The days of a lake from the first to the last; `between` gives the values."""

_EVENTS: Final = """
    SELECT
        COUNT(*) AS events,
        COUNT_IF(event_type = 'view') AS views,
        COUNT_IF(event_type = 'cart') AS carts,
        COUNT_IF(event_type = 'remove_from_cart') AS removals,
        COUNT_IF(event_type = 'purchase') AS purchases,
        COUNT_IF(brand IS NULL) AS no_brand,
        COUNT_IF(category_code IS NULL) AS no_category_code,
        COUNT_IF(price = 0) AS zero_prices,
        COUNT(DISTINCT user_id) AS users,
        COUNT(DISTINCT user_session) AS sessions,
        SUM(price) FILTER (WHERE event_type = 'purchase') AS revenue
    FROM {table}
    WHERE {days}
"""

# only what shares its user and second with another row can repeat it: few rows, and two numbers
# are far cheaper to group by than all columns
DUPLICATES: Final = """
    WITH shared AS (
        SELECT user_id, event_time
        FROM {table}
        WHERE {days}
        GROUP BY user_id, event_time
        HAVING COUNT(*) > 1
    )
    SELECT COALESCE(SUM(times - 1), 0) AS duplicates
    FROM (
        SELECT COUNT(*) AS times
        FROM {table}
        JOIN shared USING (user_id, event_time)
        WHERE {days}
        GROUP BY {fields}
        HAVING COUNT(*) > 1
    )
"""

# any 10 s lie in two windows that follow each other: whoever has more in them than the fullest
# window holds has more than half of that in one of the two, so only such users are looked into
_MOST_IN_10_S: Final = """
    WITH windows AS (
        SELECT user_id, COUNT(*) AS events
        FROM {table}
        WHERE {days}
        GROUP BY user_id, FLOOR(TO_UNIXTIME(event_time) / 10)
    ),
    busy AS (
        SELECT DISTINCT user_id, fullest
        FROM (SELECT user_id, events, MAX(events) OVER () AS fullest FROM windows)
        WHERE events * 2 > fullest
    )
    SELECT MAX(sliding) AS sliding, MAX(fullest) AS tumbling
    FROM (
        SELECT
            fullest,
            COUNT(*) OVER (
                PARTITION BY user_id
                ORDER BY event_time
                RANGE BETWEEN INTERVAL '9' SECOND PRECEDING AND CURRENT ROW
            ) AS sliding
        FROM {table}
        JOIN busy USING (user_id)
        WHERE {days}
    )
"""

_MOST: Final = ("most_events_of_a_user_in_10_s", "most_events_of_a_user_in_a_10_s_window")

_MONTHS: Final = """
    SELECT
        year,
        month,
        COUNT(*) AS "rows",
        COUNT_IF(event_type = 'view') AS views,
        COUNT_IF(event_type = 'cart') AS carts,
        COUNT_IF(event_type = 'purchase') AS purchases,
        COUNT_IF(category_code IS NULL) AS no_code,
        COUNT_IF(brand IS NULL) AS no_brand,
        COUNT(DISTINCT user_id) AS users,
        SUM(price) FILTER (WHERE event_type = 'purchase') AS revenue
    FROM {table}
    WHERE {days}
    GROUP BY year, month
    ORDER BY year, month
"""

_DAILY: Final = """
    SELECT year, month, day, event_type, COUNT(*) AS events
    FROM {table}
    WHERE {days}
    GROUP BY year, month, day, event_type
    ORDER BY year, month, day
"""


def count_events(
    days: Collection[datetime.date], *, database: str, bucket: str, table: str
) -> pd.DataFrame:
    """Count what the lake holds between the first and the last of some days.

    Parameters
    ----------
    days : collection of date
        The days that came in.
    database, bucket, table : str
        Where the lake is.

    Returns
    -------
    pandas.DataFrame
        figure, value, and its share of the events where it counts rows. *Most events of a user in
        10 s* is the most that one user has less than 10 s apart, wherever these 10 s begin; *in a
        10 s window*, where they begin at a multiple of 10 s, as a tumbling window does.
    """
    row = _ask(_EVENTS, days, database=database, bucket=bucket, table=table).iloc[0]
    twice = _ask(DUPLICATES, days, database=database, bucket=bucket, table=table).iloc[0]
    of_all = ("events", "users", "sessions", "revenue", *_MOST)
    most = _ask(_MOST_IN_10_S, days, database=database, bucket=bucket, table=table).iloc[0]
    figures = {
        **row.to_dict(),
        "exact_duplicates": twice["duplicates"],
        **dict(zip(_MOST, most[["sliding", "tumbling"]], strict=True)),
    }
    lines = [
        {
            "figure": name.replace("_", " "),
            "value": 0 if pd.isna(value) else value,
            "share": None if name in of_all else int(value) / int(row["events"]),
        }
        for name, value in figures.items()
    ]
    return pd.DataFrame(lines)


def count_months(
    days: Collection[datetime.date], *, database: str, bucket: str, table: str
) -> pd.DataFrame:
    """Count each month of the days that came in, as `known_totals.compare` takes it."""
    return _ask(_MONTHS, days, database=database, bucket=bucket, table=table)


def count_days(
    days: Collection[datetime.date], *, database: str, bucket: str, table: str
) -> pd.DataFrame:
    """Count each day's events by type.

    Returns
    -------
    pandas.DataFrame
        One row a day from the first to the last, one column a type of event, in the order of
        view, cart, remove_from_cart, purchase.
    """
    counted = _ask(_DAILY, days, database=database, bucket=bucket, table=table)
    counted["date"] = pd.to_datetime(counted[["year", "month", "day"]].astype(int))
    table_of_days = counted.pivot_table(index="date", columns="event_type", values="events")
    order = [kind for kind in EVENT_TYPES if kind in table_of_days]
    return table_of_days[order].asfreq("D").fillna(0).astype(int)


def between(days: Collection[datetime.date]) -> dict[str, int]:
    """Give the values of `DAYS`."""
    return {"first": int(f"{min(days):%Y%m%d}"), "last": int(f"{max(days):%Y%m%d}")}


def sentences(loaded: Loaded, came_in: pd.DataFrame) -> list[str]:
    """Say what came in, for the report."""
    events = dict(zip(came_in["figure"], came_in["value"], strict=True))
    first, last = min(loaded.days), max(loaded.days)
    days = count(len(loaded.days), "day")
    when = f"{first}" if first == last else f"{days} from {first} to {last}"
    return [
        f"{count(loaded.rows_in, 'row')} came in: {count(loaded.rows_lake, 'event')} of {when}, "
        f"and {loaded.rows_quarantine:,} in quarantine.",
        f"{count(events['views'], 'view')}, {count(events['carts'], 'cart')} and "
        f"{count(events['purchases'], 'purchase')} by {count(events['users'], 'visitor')}, "
        f"worth {events['revenue']:,.2f}.",
        f"The most events of one visitor inside any 10 s is "
        f"{events['most events of a user in 10 s']:,}.",
    ]


def _ask(
    sql: str, days: Collection[datetime.date], *, database: str, bucket: str, table: str
) -> pd.DataFrame:
    if not days:
        raise InputError("no day came in: load raw files first")
    return athena.query(
        sql.format(table=check_name(table), days=DAYS, fields=", ".join(FIELDS)),
        params=between(days),
        database=database,
        bucket=bucket,
        if_empty=f"{table} holds no event of these days",
    )
