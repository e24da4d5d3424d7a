"""What all kinds of resources share: names, ARNs, who changed them when, tags, pages of a list."""

import base64
import binascii
import re
import time
from collections.abc import Sequence
from typing import Any

from local_aws.databrew.errors import conflict, invalid, not_found
from local_aws.databrew.store import Document, Kind, Store
from local_aws.iam import decisions
from local_aws.protocol.codec import time_of
from local_aws.tenant import Tenant

# alphanumeric, hyphen, period and space, as the API reference says of each Name; letters of other
# scripts are none of them
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .-]*")
_TIMES = frozenset(
    {"CreateDate", "LastModifiedDate", "PublishedDate", "StartedOn", "CompletedOn"},
)
PAGE = 100


def arn(tenant: Tenant, kind: str, name: str) -> str:
    """Return the ARN of a resource, such as ``arn:aws:databrew:…:dataset/NAME``."""
    return f"arn:aws:databrew:{tenant.region}:{tenant.account}:{kind}/{name}"


def who(tenant: Tenant) -> str:
    """Return the ARN of whom the present request comes from."""
    requester = decisions.requester()
    return str(requester.arn) if requester else f"arn:aws:iam::{tenant.account}:root"


def made(store: Store, tenant: Tenant, kind: Kind, given: Document) -> Document:
    """Return a new resource's document, not yet kept.

    Raises
    ------
    DataBrewError
        ConflictException for a name that is taken, ValidationException for what is none.
    """
    name = given["Name"]
    if not _NAME.fullmatch(name):
        raise invalid(
            f"{name!r} is no name: take letters A to Z, digits, hyphens, periods and spaces."
        )
    if store.get(tenant, kind, name) is not None:
        raise conflict(f"The {kind} {name} already exists.")
    body = {**given, "CreatedBy": who(tenant), "CreateDate": time.time()}
    return {**body, "ResourceArn": arn(tenant, kind, name), "AccountId": tenant.account}


def found(store: Store, tenant: Tenant, kind: Kind, name: str) -> Document:
    """Return a resource's document.

    Raises
    ------
    DataBrewError
        ResourceNotFoundException where there is none.
    """
    document = store.get(tenant, kind, name)
    if document is None:
        raise not_found(f"The {kind} {name} wasn't found.")
    return document


def changed(tenant: Tenant, document: Document, given: Document) -> Document:
    """Return a document with what an update gives; what it leaves out goes, as it was replaced."""
    kept: Document = {
        name: document[name]
        for name in ("Name", "CreatedBy", "CreateDate", "ResourceArn", "AccountId", "Tags", "Type")
        if name in document
    }
    modified = {"LastModifiedBy": who(tenant), "LastModifiedDate": time.time()}
    return {**kept, **given, **modified}


def shown(document: Any) -> Any:
    """Return what an answer tells of a document: its times as the protocol writes them."""
    if isinstance(document, list):
        return [shown(each) for each in document]
    if not isinstance(document, dict):
        return document
    return {
        name: time_of(value) if name in _TIMES and value is not None else shown(value)
        for name, value in document.items()
        if not name.startswith("_")
    }


def page(name: str, documents: Sequence[Document], given: Document) -> Document:
    """Return one page of a list and, where more follows, the token for it.

    Raises
    ------
    DataBrewError
        ValidationException for a token that no list gave out.
    """
    start = 0
    if token := given.get("NextToken"):
        try:
            start = int(base64.urlsafe_b64decode(token))
        except (ValueError, binascii.Error):
            start = -1
        if start < 0:
            raise invalid("The NextToken is not valid.")
    end = start + given.get("MaxResults", PAGE)
    more = {}
    if end < len(documents):
        more = {"NextToken": base64.urlsafe_b64encode(str(end).encode()).decode()}
    return {name: shown(list(documents[start:end])), **more}
