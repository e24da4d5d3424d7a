"""The lake as it was: a database of its own, in which any question can be asked of a snapshot."""

import datetime
import re
from typing import Final

import pandas as pd

from helpers import athena, athena_queries, aws
from helpers.errors import InputError, MissingError
from helpers.ingest.catalog import check_name

_VIEW: Final = """
    CREATE OR REPLACE VIEW {table} AS
    SELECT *
    FROM {database}.{table} FOR VERSION AS OF :snapshot
"""
_STATES: Final = """
    SELECT
        snapshot_id,
        to_unixtime(made_current_at) AS made_at
    FROM "{table}$history"
    WHERE snapshot_id IN (SELECT snapshot_id FROM "{table}$snapshots")
    ORDER BY made_current_at
"""


def states(*, database: str, bucket: str, table: str) -> pd.DataFrame:
    """List the states that can be asked: ``snapshot_id``, and ``made_at`` in UTC, oldest first.

    Parameters
    ----------
    database, bucket, table : str
        Where the lake is.

    Raises
    ------
    InputError
        Where it never had a row.
    """
    sql = _STATES.format(table=check_name(table))
    rows = athena_queries.fetch(athena.run(sql, database=database, bucket=bucket))
    if rows.empty:
        raise InputError(f"{database}.{table} has no snapshot: run notebooks/10_ingest.ipynb")
    made_at = pd.to_datetime(rows["made_at"].astype(float), unit="s", utc=True)
    return pd.DataFrame({"snapshot_id": rows["snapshot_id"].astype("int64"), "made_at": made_at})


def current(*, database: str, bucket: str, table: str) -> int:
    """Give the id of the lake's present snapshot.

    Parameters
    ----------
    database, bucket, table : str
        Where the lake is.

    Raises
    ------
    InputError
        Where it never had a row.
    """
    known = states(database=database, bucket=bucket, table=table)
    return int(known["snapshot_id"].iloc[-1])


def find(wanted: str, *, database: str, bucket: str, table: str) -> int:
    """Give the id of the snapshot that is meant by a report's number, or by a day.

    Parameters
    ----------
    wanted : str
        A snapshot as a run's report carries it, or a UTC day such as ``2026-11-22``: the state at
        its end.
    database, bucket, table : str
        Where the lake is.

    Raises
    ------
    InputError
        Where it is neither, or there is no such state, or none any more.
    """
    known = states(database=database, bucket=bucket, table=table)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", wanted):
        try:
            after = datetime.date.fromisoformat(wanted) + datetime.timedelta(days=1)
        except ValueError as error:
            raise InputError(f"{wanted!r} is no day: {error}") from error
        meant = known[known["made_at"] < pd.Timestamp(after, tz="UTC")].tail(1)
    elif re.fullmatch(r"-?\d{1,19}", wanted):
        meant = known[known["snapshot_id"] == int(wanted)]
    else:
        raise InputError(
            f"{wanted!r} is no state of the lake: give the snapshot of a report, a number, or a "
            "day such as 2026-11-22"
        )
    if meant.empty:
        oldest = known.iloc[0]
        raise InputError(
            f"{database}.{table} has no state {wanted}: it never had, or VACUUM removed it (states "
            "older than the table's vacuum_max_snapshot_age_seconds go). The oldest that can be "
            f"asked is {oldest['snapshot_id']} of {oldest['made_at']:%Y-%m-%d %H:%M:%S} UTC. Of an "
            "older one only the raw files are left: 10_ingest.ipynb takes them into another `table`"
        )
    return int(meant["snapshot_id"].iloc[0])


def database(snapshot: int, *, database: str, bucket: str, table: str) -> str:
    """Make the table of the database ``DATABASE_as_of`` the lake as of a snapshot.

    The notebooks of the questions answer of it as they did then, given this database.

    Parameters
    ----------
    snapshot : int
        The id of a snapshot, from `find` or `current`.
    database, bucket, table : str
        Where the lake is.

    Returns
    -------
    str
        The name of the database.

    Raises
    ------
    MissingError
        Where the database is missing.
    ServiceError
        Where Athena knows no such snapshot.
    """
    made = f"{check_name(database)}_as_of"
    glue = aws.client("glue")
    try:
        glue.get_database(Name=made)
    except glue.exceptions.EntityNotFoundException as error:
        raise MissingError(f"The Glue database {made}") from error
    view = _VIEW.format(database=database, table=check_name(table))
    athena.run(view, database=made, bucket=bucket, params={"snapshot": snapshot})
    return made


def shown(database: str, table: str) -> str:
    """Give what a view of `database` is, as Glue keeps it: another text is another state.

    Parameters
    ----------
    database, table : str
        The database of former states, and the view.
    """
    found = aws.client("glue").get_table(DatabaseName=database, Name=table)
    return str(found["Table"]["ViewOriginalText"])
