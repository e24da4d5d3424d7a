"""Tags of every kind of resource."""

from local_aws.databrew import resources
from local_aws.databrew.errors import not_found
from local_aws.databrew.store import Document, Kind, Store
from local_aws.tenant import Tenant

_KINDS: tuple[Kind, ...] = ("dataset", "ruleset", "recipe", "job")


def tag(store: Store, tenant: Tenant, given: Document) -> Document:
    """TagResource."""
    kind, document = _tagged(store, tenant, given)
    document["Tags"] = document.get("Tags", {}) | given["Tags"]
    store.put(tenant, kind, document["Name"], document)
    return {}


def untag(store: Store, tenant: Tenant, given: Document) -> Document:
    """UntagResource."""
    kind, document = _tagged(store, tenant, given)
    tags = document.get("Tags", {})
    document["Tags"] = {key: tags[key] for key in tags if key not in given["TagKeys"]}
    store.put(tenant, kind, document["Name"], document)
    return {}


def list_all(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListTagsForResource."""
    return {"Tags": _tagged(store, tenant, given)[1].get("Tags", {})}


def _tagged(store: Store, tenant: Tenant, given: Document) -> tuple[Kind, Document]:
    arn = given["ResourceArn"]
    name = arn.rpartition("/")[2]
    for kind in _KINDS:
        document = store.get(tenant, kind, name)
        if document is not None and arn == resources.arn(tenant, kind, name):
            return kind, document
    raise not_found(f"The resource {arn} wasn't found.")
