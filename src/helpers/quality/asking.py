"""Many questions about some days of a table: without a line for each, with one price for all."""

import datetime
from collections.abc import Collection, Mapping
from typing import Any, Final

import pandas as pd

from helpers import athena, athena_queries
from helpers.errors import InputError
from helpers.events import FIELDS
from helpers.ingest import facts
from helpers.ingest.catalog import check_name

AT_ONCE: Final = 4
"""Days asked about at once where a statement holds every row: about 6 million of a full month."""
SCANNED: Final = "scanned bytes"
"""Where in a frame's `attrs` stands what Athena read for it."""


def ask(
    sql: str,
    values: Mapping[str, Any],
    days: Collection[datetime.date],
    *,
    database: str,
    bucket: str,
    table: str,
    days_sql: str = facts.DAYS,
) -> pd.DataFrame:
    """Ask a table about some days.

    Parameters
    ----------
    sql : str
        A statement in which ``{table}`` and ``{days}`` stand for both, and ``:name`` for a value.
    values : mapping
        The values.
    days : collection of date
        From the first to the last of them.
    database, bucket, table : str
        Where the table is.
    days_sql : str
        How days are told from the table's partitions.

    Raises
    ------
    InputError
        Where there is no day, or the SQL is wrong.
    """
    if not days:
        raise InputError("no day came in: load raw files first")
    execution = athena.run(
        sql.replace("{table}", check_name(table)).replace("{days}", days_sql),
        params={**values, **facts.between(days)},
        database=database,
        bucket=bucket,
    )
    rows = athena_queries.fetch(execution)
    rows.attrs[SCANNED] = execution["Statistics"].get("DataScannedInBytes", 0)
    return rows


def duplicates(
    days: Collection[datetime.date], *, database: str, bucket: str, table: str
) -> tuple[int, list[pd.DataFrame]]:
    """Count the rows of the lake that repeat another in every column.

    Rows that are equal are of one day, so that a few days are asked about at once: what a statement
    has to hold does not grow with the month.

    Returns
    -------
    tuple of int and list of DataFrame
        The count, and what was asked for it.
    """
    first, last = min(days), max(days)
    every = [first + datetime.timedelta(n) for n in range((last - first).days + 1)]
    sql = facts.DUPLICATES.replace("{fields}", ", ".join(FIELDS))
    asked = [
        ask(sql, {}, every[at : at + AT_ONCE], database=database, bucket=bucket, table=table)
        for at in range(0, len(every), AT_ONCE)
    ]
    return sum(int(rows["duplicates"].iloc[0]) for rows in asked), asked


def scanned(frame: pd.DataFrame, *asked: pd.DataFrame) -> pd.DataFrame:
    """Note in a frame what Athena read for those that it was made of, and return it."""
    frame.attrs[SCANNED] = sum(each.attrs.get(SCANNED, 0) for each in asked)
    return frame


def cost(*frames: pd.DataFrame) -> str:
    """Say what Athena scanned for some frames, and what that costs."""
    every = sum(frame.attrs.get(SCANNED, 0) for frame in frames)
    return f"{every:,} bytes scanned, ${athena_queries.dollars(every):.6f} on AWS"
