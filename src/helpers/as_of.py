"""The lake as it was: a database of its own, in which any question can be asked of a snapshot."""

from typing import Final

from helpers import athena, athena_queries, aws
from helpers.errors import InputError, MissingError
from helpers.ingest.catalog import check_name

_VIEW: Final = """
    CREATE OR REPLACE VIEW {table} AS
    SELECT *
    FROM {database}.{table} FOR VERSION AS OF :snapshot
"""
_CURRENT: Final = """
    SELECT snapshot_id
    FROM "{table}$history"
    ORDER BY made_current_at DESC
    LIMIT 1
"""


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
    sql = _CURRENT.format(table=check_name(table))
    rows = athena_queries.fetch(athena.run(sql, database=database, bucket=bucket))
    if rows.empty:
        raise InputError(f"{database}.{table} has no snapshot: run notebooks/10_ingest.ipynb")
    return int(rows["snapshot_id"].iloc[0])


def database(snapshot: int, *, database: str, bucket: str, table: str) -> str:
    """Make the table of the database ``DATABASE_as_of`` the lake as of a snapshot.

    The notebooks of the questions answer of it as they did then, given this database.

    Parameters
    ----------
    snapshot : int
        The id of a snapshot, as a run's report carries it.
    database, bucket, table : str
        Where the lake is.

    Returns
    -------
    str
        The name of the database.

    Raises
    ------
    InputError, ServiceError
        Where there is no such snapshot, or none any more, or the database is missing.
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
