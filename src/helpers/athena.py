"""Ask Athena: one query at a time, with its state, bytes and price while it runs.

``%load_ext helpers.athena`` gives a notebook cells of SQL, see `helpers.athena_cells`.
"""

import itertools
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from botocore.exceptions import BotoCoreError, ClientError

from helpers import athena_failures, athena_queries
from helpers.athena_sql import fill
from helpers.errors import InputError, ServiceError


@dataclass(frozen=True)
class Place:
    """Where queries run.

    Attributes
    ----------
    database : str
        The Glue database of tables that are named without one.
    bucket : str
        Where Athena keeps results, under ``athena-results/``.
    workgroup : str
        The Athena workgroup.
    """

    database: str
    bucket: str
    workgroup: str = "primary"


_place: Place | None = None


def use(database: str, bucket: str, workgroup: str = "primary") -> None:
    """Say once where the queries that follow run.

    Parameters
    ----------
    database, bucket, workgroup
        As in `Place`.
    """
    global _place  # noqa: PLW0603 - one kernel asks one Athena
    _place = Place(database, bucket, workgroup)


def query(
    sql: str,
    *,
    database: str | None = None,
    bucket: str | None = None,
    params: Mapping[str, Any] | None = None,
    if_empty: str | None = None,
) -> pd.DataFrame:
    """Run any statement and fetch its rows; one line shows what it scanned and costs.

    Parameters
    ----------
    sql : str
        One statement; ``:name`` stands where a value of `params` goes.
    database, bucket : str, optional
        Where it runs; by default where `use` said.
    params : mapping of str to object, optional
        Value of each ``:name``, see `helpers.athena_sql.literal`.
    if_empty : str, optional
        What to raise where no row comes back; without it, no row is an answer too.

    Returns
    -------
    pandas.DataFrame
        One row a row, with its columns even where there is none; nullable dtypes, decimals as
        `decimal.Decimal`. Of SHOW, DESCRIBE and EXPLAIN, text; of a statement that writes,
        nothing.

    Raises
    ------
    InputError
        Where a table, view, column or value is missing or the SQL is wrong (with a caret under
        the place), or no row comes back.
    ServiceError
        Where Athena is out of reach or the query fails.
    KeyboardInterrupt
        On an interrupt, once the query is stopped.

    Examples
    --------
    >>> query(
    ...     "SELECT * FROM v_unique_visitors WHERE visitors >= :least",
    ...     database="db_commerce", bucket="shop", params={"least": 10},
    ... )  # doctest: +SKIP
    """
    place = at(database, bucket)
    execution = run(sql, database=place.database, bucket=place.bucket, params=params or {})
    if costs := athena_queries.cost(execution):
        print(costs)  # noqa: T201
    rows = athena_queries.fetch(execution)
    if if_empty is not None and rows.empty:
        raise InputError(f"{if_empty} (database {place.database})")
    return rows


def create_view(sql: str, *, database: str | None = None, bucket: str | None = None) -> None:
    """Create or replace a view and say so.

    Parameters
    ----------
    sql : str
        One ``CREATE OR REPLACE VIEW name AS …``.
    database, bucket
        As in `query`.

    Raises
    ------
    InputError, ServiceError
        As `query`.
    """
    place = at(database, bucket)
    run(sql, database=place.database, bucket=place.bucket, params={})
    print(f"{name_of_view(sql)} is a view of {place.database}")  # noqa: T201


def run(
    sql: str,
    *,
    database: str | None = None,
    bucket: str | None = None,
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Run a statement to its end, and fetch nothing.

    Parameters
    ----------
    sql, database, bucket, params
        As in `query`.

    Returns
    -------
    dict
        Athena's ``QueryExecution``.

    Raises
    ------
    InputError, ServiceError, KeyboardInterrupt
        As `query`.
    """
    place = at(database, bucket)
    filled = fill(sql, params or {})
    request = {
        "QueryString": filled.text,
        "QueryExecutionContext": {"Database": place.database},
        "ResultConfiguration": {"OutputLocation": f"s3://{place.bucket}/athena-results/"},
        "WorkGroup": place.workgroup,
        "ClientRequestToken": str(uuid.uuid4()),
    }
    try:
        execution = athena_queries.finished(request)
    except (ClientError, BotoCoreError) as error:
        raise athena_failures.of_start(error, sql, filled, place.database, place.bucket) from error
    status = execution["Status"]
    reason = status.get("StateChangeReason", "no reason was given")
    if status["State"] == "CANCELLED":
        raise ServiceError(f"The query was stopped before its end: {reason}")
    if status["State"] == "FAILED":
        raise athena_failures.of_query(reason, sql, filled, place.database, place.bucket)
    return execution


def at(database: str | None = None, bucket: str | None = None) -> Place:
    """Say where a query runs.

    Parameters
    ----------
    database, bucket : str, optional
        As in `query`.

    Returns
    -------
    Place
        What is named here, the rest as `use` said.

    Raises
    ------
    InputError
        Where neither says it.
    """
    if database and bucket:
        return Place(database, bucket, _place.workgroup if _place else "primary")
    if _place is None:
        raise InputError(
            "It is not said where the query runs: call athena.use(database, bucket), "
            "or `%athena database=… bucket=…` in a notebook."
        )
    return Place(database or _place.database, bucket or _place.bucket, _place.workgroup)


def name_of_view(sql: str) -> str:
    """Give the name of the view that a ``CREATE OR REPLACE VIEW name AS …`` makes."""
    words = sql.split()
    return next(name for word, name in itertools.pairwise(words) if word.upper() == "VIEW")


def load_ipython_extension(shell: Any) -> None:
    """Give a kernel the cells of SQL; what ``%load_ext helpers.athena`` calls."""
    from helpers import athena_cells  # noqa: PLC0415 - it imports this module

    athena_cells.register(shell)
