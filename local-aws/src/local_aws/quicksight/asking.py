"""Athena, asked by a data source: in its role, through the service's own calls.

So workgroup, catalog and buckets decide on the role as they do on anybody else.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from botocore.credentials import Credentials

from local_aws import calling
from local_aws.documents import Document
from local_aws.iam import decisions
from local_aws.tenant import current

PRINCIPAL = "quicksight.amazonaws.com"
SERVICE_ROLE = "service-role/aws-quicksight-service-role-v0"
"""The account's role, of data sources that name none."""
_WORKGROUP = "primary"
_PAUSE_S = 0.02
_LONGEST_PAUSE_S = 0.5
_DENIED = ("AccessDenied", "Permission denied", "not authorized to perform")


class NotAnsweredError(Exception):
    """Athena did not answer; `kind` says why, as `Kinds` of the callers map it."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


class Found(NamedTuple):
    """An answer of Athena: names and types of its columns, and its rows as they are read."""

    columns: Sequence[tuple[str, str]]
    rows: Iterator[list[str | None]]


def ask(
    parameters: Document, statement: str, is_cancelled: Callable[[], bool] = lambda: False
) -> Found:
    """Ask a statement, for the tenant of the moment; from a thread that is not the server's.

    Parameters
    ----------
    parameters : dict
        ``AthenaParameters`` of the data source.
    statement : str
        In Athena's SQL.
    is_cancelled : callable
        Asked again and again; where it says yes, the query is stopped.

    Raises
    ------
    NotAnsweredError
        Of kind ``role``, ``denied``, ``cancelled``, or as Athena's reason begins, such as
        ``TABLE_NOT_FOUND``.
    """
    role = parameters.get("RoleArn") or f"arn:aws:iam::{current().account}:role/{SERVICE_ROLE}"
    try:
        session = decisions.assume(role, PRINCIPAL, "QuickSight-Athena")
    except decisions.AccessDeniedError as error:
        raise NotAnsweredError("role", error.message) from None
    caller = Credentials(session.access_key, session.secret_key, session.token)
    try:
        return _asked(caller, parameters.get("WorkGroup", _WORKGROUP), statement, is_cancelled)
    except calling.CallError as error:
        denied = any(word in f"{error.code} {error.message}" for word in _DENIED)
        raise NotAnsweredError("denied" if denied else "refused", error.message) from None


def _asked(
    caller: Credentials, workgroup: str, statement: str, is_cancelled: Callable[[], bool]
) -> Found:
    def athena(operation: str, **given: Any) -> Document:
        return calling.call(caller, "athena", operation, given)

    query = athena("StartQueryExecution", QueryString=statement, WorkGroup=workgroup)
    query_id = query["QueryExecutionId"]
    pause = _PAUSE_S
    while True:
        execution = athena("GetQueryExecution", QueryExecutionId=query_id)["QueryExecution"]
        status = execution["Status"]
        if status["State"] in {"SUCCEEDED", "FAILED", "CANCELLED"}:
            break
        if is_cancelled():
            athena("StopQueryExecution", QueryExecutionId=query_id)
            raise NotAnsweredError("cancelled", "The ingestion was canceled")
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE_S)
    if status["State"] != "SUCCEEDED":
        reason = status.get("StateChangeReason", status["State"])
        denied = any(word in reason for word in _DENIED)
        kind = "denied" if denied else reason.partition(":")[0]
        raise NotAnsweredError(kind, f"{reason} [Execution ID: {query_id}]")
    first = athena("GetQueryResults", QueryExecutionId=query_id)
    infos = first["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    columns = [(info["Name"], info["Type"]) for info in infos]
    return Found(columns, _rows(athena, query_id, first))


def _rows(
    athena: Callable[..., Document], query_id: str, first: Document
) -> Iterator[list[str | None]]:
    answer, head = first, 1  # the first row has the names
    while True:
        for row in answer["ResultSet"]["Rows"][head:]:
            yield [cell.get("VarCharValue") for cell in row["Data"]]
        if "NextToken" not in answer:
            return
        token = answer["NextToken"]
        answer, head = athena("GetQueryResults", QueryExecutionId=query_id, NextToken=token), 0
