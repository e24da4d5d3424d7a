"""Tags of every kind of resource."""

from local_aws.documents import Document
from local_aws.quicksight.answers import answered
from local_aws.quicksight.errors import invalid, limit, missing
from local_aws.quicksight.names import named
from local_aws.quicksight.store import Kind, Store
from local_aws.tenant import Tenant

MOST = 200
_KINDS: dict[str, Kind] = {
    "dashboard": "dashboard",
    "dataset": "data_set",
    "datasource": "data_source",
    "theme": "theme",
    "user": "user",
}


def _check(store: Store, tenant: Tenant, resource: str) -> None:
    about = named(tenant, resource)
    kind = _KINDS.get(about.kind) if about else None
    if about is None or kind is None or store.documents.get(tenant, kind, about.id) is None:
        raise missing("RESOURCE", resource)


def put(store: Store, tenant: Tenant, resource: str, given: list[Document]) -> None:
    """Add tags to a resource, over those of the same keys.

    Raises
    ------
    QuickSightError
        LimitExceededException for more than there may be, InvalidParameterValueException for a
        key that is given twice.
    """
    keys = [tag["Key"] for tag in given]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise invalid(f"Duplicate tag keys found: {', '.join(twice)}")
    held = store.documents.get(tenant, "tags", resource) or {}
    held |= {tag["Key"]: tag["Value"] for tag in given}
    if len(held) > MOST:
        raise limit("RESOURCE", f"A resource has at most {MOST} tags")
    if held:
        store.documents.put(tenant, "tags", resource, held)


def forget(store: Store, tenant: Tenant, resource: str) -> None:
    """Keep nothing about a resource that goes."""
    store.documents.delete(tenant, "tags", resource)


def tag(store: Store, tenant: Tenant, given: Document) -> Document:
    """TagResource."""
    with store.lock:
        _check(store, tenant, given["ResourceArn"])
        put(store, tenant, given["ResourceArn"], given["Tags"])
    return answered()


def untag(store: Store, tenant: Tenant, given: Document) -> Document:
    """UntagResource."""
    with store.lock:
        _check(store, tenant, given["ResourceArn"])
        held = store.documents.get(tenant, "tags", given["ResourceArn"]) or {}
        left = {key: value for key, value in held.items() if key not in given["TagKeys"]}
        store.documents.put(tenant, "tags", given["ResourceArn"], left)
    return answered()


def list_tags(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListTagsForResource."""
    _check(store, tenant, given["ResourceArn"])
    held = store.documents.get(tenant, "tags", given["ResourceArn"]) or {}
    return answered(Tags=[{"Key": key, "Value": value} for key, value in held.items()])
