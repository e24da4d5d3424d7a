"""Versions of an application: each change makes a new one, the former ones are kept."""

import secrets
import time
from typing import Final

from local_aws.documents import Document
from local_aws.kinesisanalyticsv2.errors import concurrent, in_use, invalid_argument
from local_aws.kinesisanalyticsv2.store import OF_VERSION, Store
from local_aws.protocol.service import Record
from local_aws.tenant import Tenant

_SETTLED: Final = frozenset({"READY", "RUNNING"})


def present(store: Store, tenant: Tenant, given: Record) -> Document:
    """Return an application that a call wants to change, if it knows the present version.

    Raises
    ------
    ServiceError
        ConcurrentModificationException where it does not, ResourceInUseException where something
        else is being done.
    """
    application = store.application(tenant, given["ApplicationName"])
    version, token = given.get("CurrentApplicationVersionId"), given.get("ConditionalToken")
    if version is None and token is None:
        raise invalid_argument("Give CurrentApplicationVersionId or ConditionalToken.")
    if version is not None and version != application["Version"]:
        raise concurrent(
            f"The version {version} of the application '{application['Name']}' is not the present "
            f"one, {application['Version']}."
        )
    if token is not None and token != application["Token"]:
        raise concurrent(
            f"The ConditionalToken of the application '{application['Name']}' is not the present "
            "one."
        )
    if application["Status"] not in _SETTLED:
        raise in_use(f"Application cannot be updated in '{application['Status']}' state")
    return application


def advance(store: Store, tenant: Tenant, application: Document, **members: object) -> Document:
    """Write the next version of an application, and return it."""
    _close(store, tenant, application)
    now = int(time.time())
    made = {
        **application,
        "UpdatedFrom": application["Version"],
        "RolledBackFrom": None,
        "RolledBackTo": None,
        **members,
        "Version": application["Version"] + 1,
        "Token": secrets.token_hex(8),
        "Updated": now,
        "VersionCreated": now,
    }
    store.put(tenant, made)
    store.put_version(tenant, made)
    return made


def revert(store: Store, tenant: Tenant, name: str, to: int) -> Document:
    """Write a next version of an application that is like a former one, and return it."""
    with store.lock:
        application = store.application(tenant, name)
        former = store.version(tenant, name, to) or {}
        members = [each for each in OF_VERSION if each in former and each != "LastStatus"]
        kept = {member: former[member] for member in members}
        from_ = application["Version"]
        return advance(
            store,
            tenant,
            application,
            **{**kept, "UpdatedFrom": from_, "RolledBackFrom": from_, "RolledBackTo": to},
        )


def _close(store: Store, tenant: Tenant, application: Document) -> None:
    """Keep of a version that ends the state that it had."""
    kept = store.version(tenant, application["Name"], application["Version"]) or {}
    store.put_version(tenant, {**application, **kept, "LastStatus": application["Status"]})
