"""Ingestions: asked for by hand, by a schedule, or by a change of the data set."""

from local_aws.documents import Document
from local_aws.protocol.errors import not_supported
from local_aws.quicksight import ingesting
from local_aws.quicksight.answers import answered, page, shown
from local_aws.quicksight.errors import exists, invalid, limit, missing
from local_aws.quicksight.operations import data_sets
from local_aws.quicksight.store import Store
from local_aws.tenant import Tenant

MOST_A_DAY = 32
_DAY_S = 24 * 3600
_ENDED = ("COMPLETED", "FAILED", "CANCELLED")
_SHOWN = (
    "Arn",
    "IngestionId",
    "IngestionStatus",
    "ErrorInfo",
    "RowInfo",
    "CreatedTime",
    "IngestionTimeInSeconds",
    "IngestionSizeInBytes",
    "RequestSource",
    "RequestType",
)


def create(store: Store, tenant: Tenant, given: Document) -> Document:
    """CreateIngestion."""
    name, ingestion = given["DataSetId"], given["IngestionId"]
    kind = given.get("IngestionType", "FULL_REFRESH")
    if kind == "INCREMENTAL_REFRESH":
        raise not_supported("incremental refreshes")
    with store.lock:
        data_set = data_sets.find(store, tenant, name)
        if store.documents.get(tenant, "ingestion", ingesting.key(name, ingestion)) is not None:
            raise exists("INGESTION", ingestion)
        since = store.now() - _DAY_S
        by_hand = [
            each
            for each in store.documents.all(tenant, "ingestion", name)
            if each["RequestSource"] == "MANUAL" and each["CreatedTime"] > since
        ]
        if len(by_hand) >= MOST_A_DAY:
            reason = f"A data set is refreshed by hand at most {MOST_A_DAY} times in 24 hours"
            raise limit("INGESTION", reason)
        begun = ingesting.begin(store, tenant, data_set, ingestion, kind, "MANUAL")
    status = begun["IngestionStatus"]
    return answered(201, Arn=begun["Arn"], IngestionId=ingestion, IngestionStatus=status)


def _find(store: Store, tenant: Tenant, given: Document) -> Document:
    data_sets.find(store, tenant, given["DataSetId"])
    key = ingesting.key(given["DataSetId"], given["IngestionId"])
    found = store.documents.get(tenant, "ingestion", key)
    if found is None:
        raise missing("INGESTION", given["IngestionId"])
    return found


def describe(store: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeIngestion."""
    return answered(Ingestion=shown(_find(store, tenant, given), _SHOWN))


def list_all(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListIngestions: the newest first."""
    data_sets.find(store, tenant, given["DataSetId"])
    found = store.documents.all(tenant, "ingestion", given["DataSetId"])[::-1]
    items, token = page(found, given)
    return answered(Ingestions=[shown(each, _SHOWN) for each in items], **token)


def cancel(store: Store, tenant: Tenant, given: Document) -> Document:
    """CancelIngestion: it ends when its query has been stopped."""
    with store.lock:
        found = _find(store, tenant, given)
        if found["IngestionStatus"] in _ENDED:
            raise invalid(f"Ingestion {found['IngestionId']} is {found['IngestionStatus']}")
        store.cancelled.add((tenant, given["DataSetId"], given["IngestionId"]))
    return answered(Arn=found["Arn"], IngestionId=found["IngestionId"])
