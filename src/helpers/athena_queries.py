"""One query of Athena, from its start to its rows and its price."""

import math
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from helpers import athena_results, aws, progress
from helpers.interrupts import held

DOLLARS_PER_TB: Final = 5.0
LEAST_BILLED_MB: Final = 10
_MB: Final = 1 << 20
_MB_PER_TB: Final = 1 << 20
_POLL_SECONDS: Final = 0.1
_LONGEST_POLL_SECONDS: Final = 2.0
_WRITES: Final = ("INSERT", "UNLOAD")
_PLAN: Final = "Query Plan"


def finished(request: Mapping[str, Any]) -> dict[str, Any]:
    """Start a query and wait until it ends, showing how far it is.

    Parameters
    ----------
    request : mapping
        Of ``StartQueryExecution``.

    Returns
    -------
    dict
        Athena's ``QueryExecution``, in whatever state it ended.

    Raises
    ------
    botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError
        Where Athena does not take it or does not answer.
    KeyboardInterrupt
        On an interrupt, once the query is stopped.
    """
    client = aws.client("athena")
    line = progress.Line()
    pause = _POLL_SECONDS
    try:
        with held(second_raises=True) as pressed:
            identifier = client.start_query_execution(**request)["QueryExecutionId"]
            while True:
                execution: dict[str, Any] = client.get_query_execution(QueryExecutionId=identifier)[
                    "QueryExecution"
                ]
                if execution["Status"]["State"] in {"SUCCEEDED", "FAILED", "CANCELLED"}:
                    break
                line.write(_so_far(execution))
                if pressed.wait(pause):
                    client.stop_query_execution(QueryExecutionId=identifier)
                    break
                pause = min(pause * 1.5, _LONGEST_POLL_SECONDS)
        if pressed.is_set():
            raise KeyboardInterrupt
    finally:
        line.write("")
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


def fetch(execution: Mapping[str, Any]) -> pd.DataFrame:
    """Fetch the rows of a query that has succeeded.

    Parameters
    ----------
    execution : mapping
        Athena's ``QueryExecution``.

    Returns
    -------
    pandas.DataFrame
        As `helpers.athena.query`.
    """
    identifier = execution["QueryExecutionId"]
    if execution.get("StatementType") == "UTILITY":
        return _text_rows(identifier)
    if execution.get("StatementType") == "DML" and execution.get("SubstatementType") not in _WRITES:
        return athena_results.read(execution)
    return pd.DataFrame()


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


def _so_far(execution: Mapping[str, Any]) -> str:
    scanned = execution.get("Statistics", {}).get("DataScannedInBytes", 0)
    state = execution["Status"]["State"]
    price = f", ${dollars(scanned):.6f} so far" if scanned else ""
    return f"{state}: {scanned:,} bytes scanned{price}"
