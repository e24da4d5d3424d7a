"""Ingestions, from QUEUED to their end: the data set's statement asked, its rows held.

What SPICE held before stays where an ingestion fails.
"""

from collections.abc import Mapping
from typing import Any

from local_aws.documents import Document
from local_aws.quicksight import asking, spice, tables
from local_aws.quicksight.names import named
from local_aws.quicksight.store import Store
from local_aws.quicksight.tables import Column, Table
from local_aws.tenant import Tenant

# the reasons of Athena for which ingestions have an error type of their own
_OF_RELATIONS = {
    "CATALOG_NOT_FOUND": "SQL_TABLE_NOT_FOUND",
    "COLUMN_NOT_FOUND": "SQL_SCHEMA_MISMATCH_ERROR",
    "SCHEMA_NOT_FOUND": "SQL_TABLE_NOT_FOUND",
    "TABLE_NOT_FOUND": "SQL_TABLE_NOT_FOUND",
}
_OF_ALL = {
    "role": "FAILURE_TO_ASSUME_ROLE",
    "denied": "PERMISSION_DENIED",
    "cancelled": "INGESTION_CANCELED",
    "Bytes scanned limit was exceeded": "SOURCE_RESOURCE_LIMIT_EXCEEDED",
    "NUMERIC_VALUE_OUT_OF_RANGE": "SQL_NUMERIC_OVERFLOW",
}
# the types of Athena that a column of a source may have
_FITTING: Mapping[str, frozenset[str]] = {
    "BIT": frozenset({"boolean"}),
    "BOOLEAN": frozenset({"boolean"}),
    "DATETIME": frozenset({"date", "timestamp", "timestamp with time zone"}),
    "DECIMAL": frozenset(
        {"decimal", "double", "float", "real", "bigint", "integer", "smallint", "tinyint"}
    ),
    "INTEGER": frozenset({"bigint", "integer", "smallint", "tinyint"}),
    "JSON": frozenset({"json", "varchar"}),
    "SEMISTRUCT": frozenset({"array", "json", "map", "row", "varchar"}),
}


class _FailedError(Exception):
    """An ingestion that fails, with its error type."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.error = {"Type": kind, "Message": message}


def key(data_set: str, ingestion: str) -> str:
    """Return the key of an ingestion's document."""
    return f"{data_set}/{ingestion}"


def begin(  # noqa: PLR0917 - what an ingestion is told when it begins
    store: Store, tenant: Tenant, data_set: Document, ingestion: str, kind: str, source: str
) -> Document:
    """Put an ingestion in the queue of its data set.

    Parameters
    ----------
    data_set : dict
        The data set's document.
    ingestion : str
        The id.
    kind : str
        ``RequestType``.
    source : str
        ``RequestSource``: MANUAL or SCHEDULED.

    Returns
    -------
    dict
        The ingestion's document.
    """
    name = data_set["DataSetId"]
    own = key(name, ingestion)
    document = {
        "Key": own,
        "Arn": f"{data_set['Arn']}/ingestion/{ingestion}",
        "IngestionId": ingestion,
        "IngestionStatus": "QUEUED",
        "CreatedTime": store.now(),
        "RequestSource": source,
        "RequestType": kind,
    }
    store.documents.put(tenant, "ingestion", own, document, owner=name)
    store.later(tenant, run, name, ingestion)
    return document


def run(store: Store, tenant: Tenant, data_set: str, ingestion: str) -> None:
    """Carry out an ingestion that is queued; whatever happens is in its document afterwards."""
    own = key(data_set, ingestion)
    mark = (tenant, data_set, ingestion)
    with store.turn(tenant, data_set):
        began = store.now()
        store.change(tenant, "ingestion", own, IngestionStatus="RUNNING")
        try:
            kept = _kept(store, tenant, data_set, ingestion)
        except _FailedError as failed:
            status = "CANCELLED" if failed.error["Type"] == "INGESTION_CANCELED" else "FAILED"
            ended: Document = {"IngestionStatus": status, "ErrorInfo": failed.error}
        else:
            rows = kept.table.num_rows
            ended = {
                "IngestionStatus": "COMPLETED",
                "IngestionSizeInBytes": kept.size,
                "RowInfo": {
                    "RowsIngested": rows,
                    "RowsDropped": kept.skipped,
                    "TotalRowsInDataset": rows,
                },
            }
        ended["IngestionTimeInSeconds"] = round(store.now() - began)
        store.change(tenant, "ingestion", own, **ended)
        store.cancelled.discard(mark)


def _kept(store: Store, tenant: Tenant, data_set: str, ingestion: str) -> spice.Kept:
    found = store.documents.get(tenant, "data_set", data_set)
    if found is None:
        raise _FailedError("DATA_SET_DELETED", f"The data set {data_set} was deleted")
    if found["ImportMode"] != "SPICE":
        raise _FailedError("DATA_SET_NOT_SPICE", f"The data set {data_set} is not in SPICE")
    table = tables.read(found)
    mark = (tenant, data_set, ingestion)
    answer = _answer(store, tenant, table, mark)
    _compare(table.columns, answer)
    types = [kind for _, kind in answer.columns]
    kept = spice.fitted(table.columns, types, answer.rows)
    if kept.skipped > spice.MOST_SKIPPED:
        reason = f"{kept.skipped} rows do not fit the types of their columns"
        raise _FailedError("DATA_TOLERANCE_EXCEPTION", reason)
    if kept.table.num_rows > spice.MOST_ROWS:
        raise _FailedError("DATA_SET_SIZE_LIMIT_EXCEEDED", f"{kept.table.num_rows} rows")
    with store.lock:
        if mark in store.cancelled:
            raise _FailedError("INGESTION_CANCELED", "The ingestion was canceled")
        _check_capacity(store, tenant, data_set, kept.size)
        size = {"ConsumedSpiceCapacityInBytes": kept.size}
        if store.change(tenant, "data_set", data_set, **size) is None:
            raise _FailedError("DATA_SET_DELETED", f"The data set {data_set} was deleted")
        store.spice.put(tenant, data_set, kept.table)
    return kept


def _answer(store: Store, tenant: Tenant, table: Table, mark: tuple[Any, ...]) -> asking.Found:
    source = named(tenant, table.data_source)
    found = store.documents.get(tenant, "data_source", source.id) if source else None
    if found is None:
        raise _FailedError("DATA_SOURCE_NOT_FOUND", f"{table.data_source} is not found")
    parameters = found["DataSourceParameters"]["AthenaParameters"]
    try:
        return asking.ask(parameters, table.statement, lambda: mark in store.cancelled)
    except asking.NotAnsweredError as error:
        special = _OF_RELATIONS if table.relation is not None else {}
        kind = (special | _OF_ALL).get(error.kind, "SQL_EXCEPTION")
        raise _FailedError(kind, error.message) from None


def _compare(columns: tuple[Column, ...], answer: asking.Found) -> None:
    """Refuse an answer whose types are not those that the data set declares."""
    wrong = [
        f"{column.source} is {kind} and not {column.source_type}"
        for column, (_, kind) in zip(columns, answer.columns, strict=True)
        if column.source_type != "STRING" and kind not in _FITTING[column.source_type]
    ]
    if wrong:
        raise _FailedError("SQL_SCHEMA_MISMATCH_ERROR", "; ".join(wrong))


def _check_capacity(store: Store, tenant: Tenant, data_set: str, size: int) -> None:
    others = sum(
        each.get("ConsumedSpiceCapacityInBytes", 0)
        for each in store.documents.all(tenant, "data_set")
        if each["DataSetId"] != data_set
    )
    if others + size > spice.capacity():
        raise _FailedError(
            "ACCOUNT_CAPACITY_LIMIT_EXCEEDED",
            f"The data set takes {size} bytes of SPICE; {others} of {spice.capacity()} are taken",
        )
