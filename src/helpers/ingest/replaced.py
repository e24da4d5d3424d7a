"""The days that a load replaces: how many rows they hold, and whether one would lose too many."""

import datetime
from collections.abc import Collection, Mapping

import pyarrow.parquet as pq

from helpers import aws, paths, s3
from helpers.errors import InputError
from helpers.ingest import partitions

_NAMED = 3


def rows_before(
    days: Collection[datetime.date], *, bucket: str, database: str, table: str
) -> dict[datetime.date, int]:
    """Count the rows that the lake holds of some days, from the footers of their files.

    Parameters
    ----------
    days : collection of date
        The days that come in.
    bucket, database, table : str
        Where the lake is.

    Returns
    -------
    dict
        Rows of each of these days that is there.
    """
    glue = aws.client("glue")
    try:
        places = partitions.locations(database, table)
    except glue.exceptions.EntityNotFoundException:
        return {}
    found = {}
    for day in sorted(days):
        place = places.get((str(day.year), str(day.month), str(day.day)))
        if place is not None:
            prefix = paths.split_s3(place)[1].rstrip("/") + "/"
            found[day] = sum(_rows(bucket, file) for file in s3.objects(bucket, prefix))
    return found


def check_shrink(
    before: Mapping[datetime.date, int], after: Mapping[datetime.date, int], share: float
) -> None:
    """Make sure that no day loses more than a share of its rows.

    Parameters
    ----------
    before : mapping
        From `rows_before`.
    after : mapping
        Rows of each day that comes in.
    share : float
        0 to 1; a day may lose so much.

    Raises
    ------
    InputError
        If one would lose more; it says how to go on.
    """
    shrunk = [day for day, rows in before.items() if after[day] < rows * (1 - share)]
    if not shrunk:
        return
    named = ", ".join(
        f"{day} from {before[day]:,} to {after[day]:,} rows" for day in shrunk[:_NAMED]
    )
    more = f" and {len(shrunk) - _NAMED} more" if len(shrunk) > _NAMED else ""
    raise InputError(
        f"a day that comes in is replaced whole, and would shrink: {named}{more}, more than "
        f"max_day_shrink_share = {share:.0%} allows. The lake is unchanged: leave out the stray "
        "rows of these days, or set max_day_shrink_share to 1 where the new file is the better one."
    )


def _rows(bucket: str, file: s3.Object) -> int:
    with s3.opened(bucket, file) as stream:
        return int(pq.ParquetFile(stream).metadata.num_rows)
