"""Tags of workgroups and data catalogs."""

import re

from local_aws.athena import workgroups
from local_aws.athena.errors import InvalidRequestError, NotFoundError
from local_aws.athena.pages import page
from local_aws.athena.store import Document, Store
from local_aws.tenant import Tenant

MAX_TAGS = 50
_ARN = re.compile(r"arn:aws[a-z-]*:athena:([^:]*):([^:]*):(workgroup|datacatalog)/(.+)")


def _key(store: Store, tenant: Tenant, arn: str) -> str:
    match = _ARN.fullmatch(arn)
    if match is None or match[3] != "workgroup":
        raise InvalidRequestError(f"Resource {arn} cannot be tagged")
    region, account, kind, name = match.groups()
    if (account, region) != (tenant.account, tenant.region):
        raise NotFoundError(f"Resource {arn} was not found", arn)
    try:
        workgroups.find(store, tenant, name)
    except InvalidRequestError:
        raise NotFoundError(f"Resource {arn} was not found", arn) from None
    return f"{kind}/{name}"


def tag(store: Store, tenant: Tenant, payload: Document) -> Document:
    """TagResource."""
    key = _key(store, tenant, payload["ResourceARN"])
    tags = store.get(tenant, "tags", key) or {}
    tags.update({tag["Key"]: tag.get("Value", "") for tag in payload["Tags"]})
    if len(tags) > MAX_TAGS:
        raise InvalidRequestError(f"A resource has at most {MAX_TAGS} tags")
    store.put(tenant, "tags", key, tags)
    return {}


def untag(store: Store, tenant: Tenant, payload: Document) -> Document:
    """UntagResource."""
    key = _key(store, tenant, payload["ResourceARN"])
    tags = store.get(tenant, "tags", key) or {}
    kept = {name: value for name, value in tags.items() if name not in payload["TagKeys"]}
    store.put(tenant, "tags", key, kept)
    return {}


def list_tags(store: Store, tenant: Tenant, payload: Document) -> Document:
    """ListTagsForResource."""
    tags = store.get(tenant, "tags", _key(store, tenant, payload["ResourceARN"])) or {}
    shown, token = page([{"Key": k, "Value": v} for k, v in tags.items()], payload, 75)
    return {"Tags": shown, **token}
