"""Ask Athena: one query at a time, with its state, bytes and price while it runs.

``%load_ext helpers.athena`` gives a notebook cells of SQL, see `helpers.athena_cells`.
"""

import itertools
import math
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import awswrangler as wr
import pandas as pd
from botocore.exceptions import BotoCoreError, ClientError

from helpers import athena_failures, aws, progress
from helpers.athena_sql import fill
from helpers.errors import InputError, ServiceError

DOLLARS_PER_TB: Final = 5.0
LEAST_BILLED_MB: Final = 10
_MB: Final = 1 << 20
_MB_PER_TB: Final = 1 << 20
_POLL_SECONDS: Final = 0.1
_LONGEST_POLL_SECONDS: Final = 2.0
_WRITES: Final = ("INSERT", "UNLOAD")
_PLAN: Final = "Query Plan"


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


def dollars(scanned_bytes: int) -> float:
    """Price a query as AWS bills it.

    Parameters
    ----------
    scanned_bytes : int
        What the query read, as Athena's ``DataScannedInBytes``.

    Returns
    -------
    float
        US dollars: 5 a terabyte, megabytes rounded up, at least 10 MB a query
        (https://aws.amazon.com/athena/pricing; DDL and failed queries are free).

    Examples
    --------
    >>> round(dollars(1), 6)
    4.8e-05
    >>> dollars(1 << 40)
    5.0
    """
    megabytes = max(LEAST_BILLED_MB, math.ceil(scanned_bytes / _MB))
    return DOLLARS_PER_TB * megabytes / _MB_PER_TB


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
    place = _at(database, bucket)
    execution = run(sql, database=place.database, bucket=place.bucket, params=params or {})
    if costs := cost(execution):
        print(costs)  # noqa: T201
    rows = fetch(execution)
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
    place = _at(database, bucket)
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
    place = _at(database, bucket)
    filled = fill(sql, params or {})
    request = {
        "QueryString": filled.text,
        "QueryExecutionContext": {"Database": place.database},
        "ResultConfiguration": {"OutputLocation": f"s3://{place.bucket}/athena-results/"},
        "WorkGroup": place.workgroup,
        "ClientRequestToken": str(uuid.uuid4()),
    }
    try:
        execution = _finished(request)
    except (ClientError, BotoCoreError) as error:
        raise athena_failures.of_start(error, sql, filled, place.database, place.bucket) from error
    status = execution["Status"]
    reason = status.get("StateChangeReason", "no reason was given")
    if status["State"] == "CANCELLED":
        raise ServiceError(f"The query was stopped before its end: {reason}")
    if status["State"] == "FAILED":
        raise athena_failures.of_query(reason, sql, filled, place.database, place.bucket)
    return execution


def cost(execution: Mapping[str, Any]) -> str:
    """Say what a query scanned and costs on AWS.

    Parameters
    ----------
    execution : mapping
        Athena's ``QueryExecution``.

    Returns
    -------
    str
        Empty for what is free: statements that describe or define and read no data.
    """
    scanned = execution["Statistics"].get("DataScannedInBytes", 0)
    if not scanned and execution.get("StatementType") != "DML":
        return ""
    return f"{scanned:,} bytes scanned, ${dollars(scanned):.6f} on AWS"


def fetch(execution: Mapping[str, Any]) -> pd.DataFrame:
    """Fetch the rows of a query that has succeeded.

    Parameters
    ----------
    execution : mapping
        Athena's ``QueryExecution``.

    Returns
    -------
    pandas.DataFrame
        As `query`.
    """
    identifier = execution["QueryExecutionId"]
    if execution.get("StatementType") == "UTILITY":
        return _text_rows(identifier)
    if execution.get("StatementType") == "DML" and execution.get("SubstatementType") not in _WRITES:
        rows: pd.DataFrame = wr.athena.get_query_results(identifier)
        return rows
    return pd.DataFrame()


def name_of_view(sql: str) -> str:
    """Give the name of the view that a ``CREATE OR REPLACE VIEW name AS …`` makes."""
    words = sql.split()
    return next(name for word, name in itertools.pairwise(words) if word.upper() == "VIEW")


def load_ipython_extension(shell: Any) -> None:
    """Give a kernel the cells of SQL; what ``%load_ext helpers.athena`` calls."""
    from helpers import athena_cells  # noqa: PLC0415 - it imports this module

    athena_cells.register(shell)


def _at(database: str | None, bucket: str | None) -> Place:
    if database and bucket:
        return Place(database, bucket, _place.workgroup if _place else "primary")
    if _place is None:
        raise InputError(
            "It is not said where the query runs: call athena.use(database, bucket), "
            "or `%athena database=… bucket=…` in a notebook."
        )
    return Place(database or _place.database, bucket or _place.bucket, _place.workgroup)


def _text_rows(identifier: str) -> pd.DataFrame:
    """Read what SHOW, DESCRIBE and EXPLAIN say: lines, whose columns may be parted by tabs."""
    pages = aws.client("athena").get_paginator("get_query_results").paginate
    names: list[str] = []
    rows = []
    for page in pages(QueryExecutionId=identifier):
        result = page["ResultSet"]
        names = [column["Name"] for column in result["ResultSetMetadata"]["ColumnInfo"]]
        for row in result["Rows"]:
            cells = [cell.get("VarCharValue", "") for cell in row["Data"]]
            if len(cells) < len(names):
                cells = "\t".join(cells).split("\t", len(names) - 1)
            cells += [""] * (len(names) - len(cells))
            rows.append([cell.rstrip() for cell in cells])
    # of EXPLAIN the header is a line too
    rows = rows[1:] if rows[:1] == [[_PLAN]] else rows
    return pd.DataFrame(rows, columns=names, dtype="string")


def _finished(request: Mapping[str, Any]) -> dict[str, Any]:
    """Start a query and poll until it ends, showing how far it is; stop it on Ctrl-C."""
    client = aws.client("athena")
    line = progress.Line()
    pause = _POLL_SECONDS
    try:
        identifier = client.start_query_execution(**request)["QueryExecutionId"]
        while True:
            execution: dict[str, Any] = client.get_query_execution(QueryExecutionId=identifier)[
                "QueryExecution"
            ]
            if execution["Status"]["State"] in {"SUCCEEDED", "FAILED", "CANCELLED"}:
                return execution
            line.write(_so_far(execution))
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_POLL_SECONDS)
    except KeyboardInterrupt:
        # The same token gives the same query, also where its answer was lost.
        identifier = client.start_query_execution(**request)["QueryExecutionId"]
        client.stop_query_execution(QueryExecutionId=identifier)
        raise
    finally:
        line.write("")


def _so_far(execution: Mapping[str, Any]) -> str:
    scanned = execution.get("Statistics", {}).get("DataScannedInBytes", 0)
    state = execution["Status"]["State"]
    price = f", ${dollars(scanned):.6f} so far" if scanned else ""
    return f"{state}: {scanned:,} bytes scanned{price}"
