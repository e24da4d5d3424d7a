"""Which month of the lake is profiled, and which one it is held against."""

import datetime
import re
from typing import Final, NamedTuple

from helpers import athena
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
    rows = athena.query(
        _MONTHS.replace("{table}", check_name(table)),
        database=database,
        bucket=bucket,
        if_empty=f"{table} holds no event",
    )
    known = {
        f"{year:04}-{month:02}": (
            datetime.date(year, month, first),
            datetime.date(year, month, last),
        )
        for year, month, first, last in rows.astype(int).to_numpy().tolist()
    }
    chosen = wanted or max(known)
    for each in filter(None, (chosen, other)):
        if not re.fullmatch(r"\d{4}-\d{2}", each) or each not in known:
            raise InputError(f"{each!r} is no month of the lake: it has {', '.join(known)}.")
    before = known[chosen][0].replace(day=1) - datetime.timedelta(days=1)
    return Months(known[chosen], known.get(other or f"{before:%Y-%m}", ()))
