"""Ask Athena: one query at a time, with its state, bytes and price while it runs."""

import math
import time
from collections.abc import Mapping
from typing import Any, Final

import awswrangler as wr
import pandas as pd
from botocore.exceptions import BotoCoreError, ClientError
from IPython import get_ipython
from IPython.display import display

from helpers import aws
from helpers.errors import InputError, PlatformError, ServiceError

DOLLARS_PER_TB: Final = 5.0
LEAST_BILLED_MB: Final = 10
_MB: Final = 1 << 20
_MB_PER_TB: Final = 1 << 20
_POLL_SECONDS: Final = 0.1
_LONGEST_POLL_SECONDS: Final = 2.0
_GONE: Final = ("TABLE_NOT_FOUND", "SCHEMA_NOT_FOUND", "does not exist", "INVALID_VIEW")


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


def create_view(sql: str, *, database: str, bucket: str) -> None:
    """Create or replace a view and say so.

    Parameters
    ----------
    sql : str
        One ``CREATE OR REPLACE VIEW name AS …``.
    database : str
        The Glue database that holds the tables and the view.
    bucket : str
        Where Athena keeps results, under ``athena-results/``.

    Raises
    ------
    InputError
        Where a table that the view reads is missing.
    ServiceError
        Where Athena refuses the statement.
    """
    _execute(sql, database, bucket, {})
    print(f"{_name_of_view(sql)} is a view of {database}")  # noqa: T201


def run(sql: str, *, database: str, bucket: str, params: Mapping[str, Any]) -> None:
    """Run a statement that writes: CTAS, INSERT or UNLOAD.

    Parameters
    ----------
    sql, database, bucket, params
        As in `query`.

    Raises
    ------
    InputError
        Where a table that the statement reads is missing.
    ServiceError
        Where Athena refuses the statement.
    """
    _execute(sql, database, bucket, params)


def query(
    sql: str,
    *,
    database: str,
    bucket: str,
    params: Mapping[str, Any] | None = None,
    if_empty: str,
) -> pd.DataFrame:
    """Run a SELECT and fetch its rows; one line shows what it scanned and costs.

    Parameters
    ----------
    sql : str
        The statement; ``:name`` stands where a value of `params` goes. (Athena's
        own ``?`` is allowed in WHERE alone, so awswrangler puts the values in, as
        quoted literals.)
    database : str
        The Glue database.
    bucket : str
        Where Athena keeps results, under ``athena-results/``.
    params : mapping of str to object, optional
        Value of each ``:name``: text, numbers, dates.
    if_empty : str
        What to tell the user where no row comes back.

    Returns
    -------
    pandas.DataFrame
        At least one row; nullable dtypes, decimals as `decimal.Decimal`.

    Raises
    ------
    InputError
        Where a table or view is missing, or no row comes back.
    ServiceError
        Where Athena is out of reach or the query fails.

    Examples
    --------
    >>> query(
    ...     "SELECT * FROM v_unique_visitors WHERE visitors >= :least",
    ...     database="db_commerce", bucket="shop", params={"least": 10},
    ...     if_empty="no day has 10 visitors",
    ... )  # doctest: +SKIP
    """
    execution = _execute(sql, database, bucket, params or {})
    scanned = execution["Statistics"]["DataScannedInBytes"]
    print(f"{scanned:,} bytes scanned, ${dollars(scanned):.6f} on AWS")  # noqa: T201
    rows: pd.DataFrame = wr.athena.get_query_results(execution["QueryExecutionId"])
    if rows.empty:
        raise InputError(f"{if_empty} (database {database})")
    return rows


def _execute(sql: str, database: str, bucket: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Start a statement, wait for its end, and return its description."""
    try:
        identifier = wr.athena.start_query_execution(
            sql,
            database=database,
            s3_output=f"s3://{bucket}/athena-results/",
            params=dict(params),
        )
        execution = _wait(identifier)
    except (ClientError, BotoCoreError) as error:
        raise ServiceError(
            f"Athena did not take the query (database {database}, bucket {bucket}): {error}"
        ) from error
    if execution["Status"]["State"] != "SUCCEEDED":
        raise _failure(execution["Status"], database, bucket)
    return execution


def _wait(identifier: str) -> dict[str, Any]:
    """Poll until a query ends, showing how far it is; stop it on Ctrl-C."""
    client = aws.client("athena")
    progress = _Progress()
    pause = _POLL_SECONDS
    try:
        while True:
            execution: dict[str, Any] = client.get_query_execution(QueryExecutionId=identifier)[
                "QueryExecution"
            ]
            if execution["Status"]["State"] in {"SUCCEEDED", "FAILED", "CANCELLED"}:
                progress.clear()
                return execution
            progress.show(execution)
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_POLL_SECONDS)
    except KeyboardInterrupt:
        client.stop_query_execution(QueryExecutionId=identifier)
        progress.clear()
        raise


class _Progress:
    """A line that a notebook shows while a query runs and that leaves nothing behind."""

    def __init__(self) -> None:
        self._line = display(_text(""), raw=True, display_id=True) if get_ipython() else None

    def show(self, execution: Mapping[str, Any]) -> None:
        scanned = execution.get("Statistics", {}).get("DataScannedInBytes", 0)
        state = execution["Status"]["State"]
        self._update(f"{state}: {scanned:,} bytes scanned, ${dollars(scanned):.6f} so far")

    def clear(self) -> None:
        self._update("")

    def _update(self, text: str) -> None:
        if self._line is not None:
            self._line.update(_text(text), raw=True)


def _text(text: str) -> dict[str, str]:
    return {"text/plain": text}


def _failure(status: Mapping[str, Any], database: str, bucket: str) -> PlatformError:
    reason = status.get("StateChangeReason", "no reason was given")
    if status["State"] == "CANCELLED":
        return ServiceError(f"The query was stopped before its end: {reason}")
    if any(mark in reason for mark in _GONE):
        return InputError(
            f"A table or view is missing in database {database}: {reason}. "
            "Run notebooks/10_ingest.ipynb, then this notebook from its first cell."
        )
    return ServiceError(
        f"Athena could not run the query (database {database}, results in s3://{bucket}/): {reason}"
    )


def _name_of_view(sql: str) -> str:
    words = sql.split()
    return words[words.index("VIEW") + 1]
