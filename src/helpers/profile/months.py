"""Which month of the lake is profiled, and which one it is held against."""

import datetime
import re
from collections.abc import Collection
from typing import Final, NamedTuple

from helpers import athena, athena_queries
from helpers.errors import InputError
from helpers.ingest.catalog import check_name

_MONTHS: Final = """
    SELECT year, month, MIN(day) AS first_day, MAX(day) AS last_day
    FROM {table}
    GROUP BY year, month
    ORDER BY year, month
"""


class Months(NamedTuple):
    """The first and the last day of the month that is profiled, and of the other, if any."""

    days: tuple[datetime.date, ...]
    other: tuple[datetime.date, ...]


def choose(wanted: str, other: str, *, database: str, bucket: str, table: str) -> Months:
    """Choose the months.

    Parameters
    ----------
    wanted : str
        As ``YYYY-MM``; empty for the newest that the lake has.
    other : str
        As ``YYYY-MM``; empty for the one before, where the lake has it.
    database, bucket, table : str
        Where the lake is.

    Raises
    ------
    InputError
        For what is no month, or a month that the lake does not have.
    """
    known = _known(database=database, bucket=bucket, table=table)
    if not known:
        raise InputError(f"{table} holds no event (database {database})")
    chosen = wanted or max(known)
    for each in filter(None, (chosen, other)):
        if not re.fullmatch(r"\d{4}-\d{2}", each) or each not in known:
            raise InputError(f"{each!r} is no month of the lake: it has {', '.join(known)}.")
    return Months(known[chosen], known.get(other or _before(known[chosen]), ()))


def before(
    days: Collection[datetime.date], *, database: str, bucket: str, table: str
) -> tuple[datetime.date, ...]:
    """Give the first and the last day that the lake has of the month before some days, if any."""
    return _known(database=database, bucket=bucket, table=table).get(_before(days), ())


def _before(days: Collection[datetime.date]) -> str:
    return f"{min(days).replace(day=1) - datetime.timedelta(days=1):%Y-%m}"


def _known(*, database: str, bucket: str, table: str) -> dict[str, tuple[datetime.date, ...]]:
    sql = _MONTHS.replace("{table}", check_name(table))
    rows = athena_queries.fetch(athena.run(sql, database=database, bucket=bucket))
    return {
        f"{year:04}-{month:02}": (
            datetime.date(year, month, first),
            datetime.date(year, month, last),
        )
        for year, month, first, last in rows.astype(int).to_numpy().tolist()
    }
