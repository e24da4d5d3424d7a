"""The document of one query execution: what GetQueryExecution answers, and how it changes.

Beside ``QueryExecution``, the structure of the API, a document holds ``Prefix`` (where results
go), ``Location`` (the result in Athena's own storage, if it is there), ``Enforced`` (whether the
workgroup says where results go), ``ScannedLimit``, and after success ``Columns``
(``ColumnInfo``), ``HasHeader`` and ``UpdateCount`` for GetQueryResults.
"""

import hashlib
import json
import time
from uuid import uuid4

from local_aws.athena import managed, workgroups
from local_aws.athena.errors import InvalidRequestError
from local_aws.athena.results import column_infos
from local_aws.athena.store import Document
from local_aws.engine.context import Outcome

FINAL = ("SUCCEEDED", "FAILED", "CANCELLED")
SYSTEM_ERROR, USER_ERROR = 1, 2
# Athena's ErrorType where its users meet it: an internal error, and a query that is wrong
ERROR_TYPES = {SYSTEM_ERROR: 200, USER_ERROR: 1006}
NO_REUSE = {"ResultReuseByAgeConfiguration": {"Enabled": False}}


def new(
    payload: Document, workgroup: Document, kind: tuple[str, str], own_storage: str
) -> Document:
    """Return the document of a query that was just submitted.

    Parameters
    ----------
    payload : dict
        The StartQueryExecution call.
    workgroup : dict
        The workgroup that it runs in.
    kind : tuple of str
        Statement type and substatement type.
    own_storage : str
        Where results go of a workgroup whose results Athena manages.

    Raises
    ------
    InvalidRequestError
        When there is no place for the result.
    """
    query_id = str(uuid4())
    own = _is_managed(payload, workgroup)
    configuration = {} if own else _result_configuration(payload, workgroup)
    prefix = configuration.get("OutputLocation", own_storage).removesuffix("/") + "/"
    execution: Document = {
        "QueryExecutionId": query_id,
        "Query": payload["QueryString"].strip().removesuffix(";").strip(),
        "StatementType": kind[0],
        "ResultConfiguration": configuration,
        "ResultReuseConfiguration": payload.get("ResultReuseConfiguration", NO_REUSE),
        "QueryExecutionContext": _names(payload.get("QueryExecutionContext", {})),
        "Status": {"State": "QUEUED", "SubmissionDateTime": _now()},
        "Statistics": {},
        "WorkGroup": workgroup["Name"],
        "EngineVersion": workgroup["Configuration"]["EngineVersion"],
        "SubstatementType": kind[1],
    }
    if payload.get("ExecutionParameters"):
        execution["ExecutionParameters"] = payload["ExecutionParameters"]
    if own:
        execution[workgroups.MANAGED] = workgroup["Configuration"][workgroups.MANAGED]
    document = {
        "QueryExecution": execution,
        "Prefix": prefix,
        "Enforced": workgroups.enforces_location(workgroup),
        "ScannedLimit": workgroup["Configuration"].get("BytesScannedCutoffPerQuery"),
    }
    _place(document, kind)
    return document


def _is_managed(payload: Document, workgroup: Document) -> bool:
    """Return whether Athena keeps the result: a client's place counts where it may have one."""
    named = "OutputLocation" in payload.get("ResultConfiguration", {})
    enforced = workgroup["Configuration"]["EnforceWorkGroupConfiguration"]
    return workgroups.manages_results(workgroup) and (enforced or not named)


def _place(document: Document, kind: tuple[str, str]) -> str:
    """Note where the result goes; nobody is told of a place in Athena's own storage."""
    execution = document["QueryExecution"]
    location: str = document["Prefix"] + _result_name(execution["QueryExecutionId"], *kind)
    if managed.is_managed(location):
        document["Location"] = location
    else:
        execution["ResultConfiguration"]["OutputLocation"] = location
    return location


def _result_configuration(payload: Document, workgroup: Document) -> Document:
    of_group: Document = workgroup["Configuration"]["ResultConfiguration"]
    of_client: Document = payload.get("ResultConfiguration", {})
    enforced = workgroups.enforces_location(workgroup)
    chosen = of_group if enforced else {**of_group, **of_client}
    location = chosen.get("OutputLocation")
    if location is None:
        raise InvalidRequestError(
            "No output location provided. An output location is required either through the "
            "Workgroup result configuration setting or as an API input."
        )
    workgroups.check_location(chosen)
    return dict(chosen)


def _names(context: Document) -> Document:
    lower = {"Database": context["Database"].lower()} if "Database" in context else {}
    catalog = {"Catalog": context["Catalog"].lower()} if "Catalog" in context else {}
    return {**lower, **catalog}


# statements whose results are objects elsewhere, of which a manifest tells
_WRITES = ("DELETE", "INSERT", "MERGE", "OPTIMIZE", "UNLOAD", "UPDATE", "VACUUM")


def _result_name(query_id: str, statement_type: str, substatement_type: str) -> str:
    if substatement_type == "CREATE_TABLE_AS_SELECT":
        return f"tables/{query_id}"
    if substatement_type in _WRITES:
        return query_id
    return f"{query_id}.{'csv' if substatement_type in ('SELECT', 'EXECUTE') else 'txt'}"


def _now() -> float:
    return round(time.time(), 3)


def run(document: Document) -> None:
    """Mark a query as running, with the time that it waited."""
    status = document["QueryExecution"]["Status"]
    document["QueryExecution"]["Status"] = {**status, "State": "RUNNING"}


def count(document: Document, **statistics: object) -> None:
    """Set members of the statistics."""
    execution = document["QueryExecution"]
    execution["Statistics"] = {**execution["Statistics"], **statistics}


def locate(document: Document, outcome: Outcome) -> str:
    """Say what a statement turned out to be; returns where its result goes (EXECUTE can be any)."""
    execution = document["QueryExecution"]
    kind = (outcome.statement_type, outcome.substatement_type)
    execution["StatementType"], execution["SubstatementType"] = kind
    return _place(document, kind)


def succeed(document: Document, outcome: Outcome) -> None:
    """Mark a query as succeeded, with what its results look like."""
    document["Columns"] = column_infos(outcome.columns)
    document["HasHeader"] = outcome.sql is not None
    document["HasResult"] = outcome.sql is not None or outcome.lines is not None
    if outcome.update_count is not None:
        document["UpdateCount"] = outcome.update_count
    count(document, ResultReuseInformation={"ReusedPreviousResult": False})
    _end(document, "SUCCEEDED")


def reuse(document: Document, earlier: Document) -> None:
    """Mark a query as succeeded with the result of an earlier one."""
    before = earlier["QueryExecution"]
    location = before["ResultConfiguration"]["OutputLocation"]
    execution = document["QueryExecution"]
    execution["ResultConfiguration"]["OutputLocation"] = location
    for member in ("Columns", "HasHeader", "HasResult"):
        document[member] = earlier[member]
    reused = {"ReusedPreviousResult": True}
    count(document, DataScannedInBytes=0, ResultReuseInformation=reused)
    _end(document, "SUCCEEDED")


def fail(document: Document, reason: str, category: int, *, retryable: bool = False) -> None:
    """Mark a query as failed, with the reason as Athena words it."""
    error = {
        "ErrorCategory": category,
        "ErrorType": ERROR_TYPES[category],
        "Retryable": retryable,
        "ErrorMessage": reason,
    }
    _end(document, "FAILED", StateChangeReason=reason, AthenaError=error)


def cancel(document: Document, reason: str) -> None:
    """Mark a query as cancelled."""
    _end(document, "CANCELLED", StateChangeReason=reason or "Query cancelled by user")


def _end(document: Document, state: str, **members: object) -> None:
    execution = document["QueryExecution"]
    now = _now()
    total = round((now - execution["Status"]["SubmissionDateTime"]) * 1000)
    defaults = {
        "EngineExecutionTimeInMillis": 0,
        "DataScannedInBytes": 0,
        "QueryQueueTimeInMillis": 0,
        "ServicePreProcessingTimeInMillis": 0,
        "ServiceProcessingTimeInMillis": 0,
    }
    statistics = {**defaults, **execution["Statistics"], "TotalExecutionTimeInMillis": total}
    execution["Statistics"] = statistics
    status = {**execution["Status"], "State": state, "CompletionDateTime": now}
    execution["Status"] = {**status, **members}


def is_final(document: Document) -> bool:
    """Return whether the query has ended."""
    return document["QueryExecution"]["Status"]["State"] in FINAL


def reuse_key(document: Document) -> str:
    """Return what two queries must have in common for one to reuse the other's result."""
    execution = document["QueryExecution"]
    members = ("Query", "QueryExecutionContext", "WorkGroup", "ExecutionParameters")
    same = json.dumps([execution.get(member) for member in members] + [document["Prefix"]])
    return hashlib.sha256(same.encode()).hexdigest()
