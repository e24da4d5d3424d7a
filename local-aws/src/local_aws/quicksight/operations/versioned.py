"""What dashboards and themes have in common: a document, and versions of what it says."""

from dataclasses import dataclass

from local_aws.documents import Document
from local_aws.protocol.errors import not_supported
from local_aws.quicksight.answers import answered, page, shown
from local_aws.quicksight.errors import conflict, exists, invalid, missing
from local_aws.quicksight.names import Kind as Named
from local_aws.quicksight.names import arn
from local_aws.quicksight.operations import permissions, tags
from local_aws.quicksight.store import Kind, Store
from local_aws.tenant import Tenant


@dataclass(frozen=True)
class Versioned:
    """A kind of document with versions.

    Attributes
    ----------
    kind, version_kind : str
        As the store has it and its versions.
    named : str
        As an ARN has it.
    title : str
        As members of the API begin.
    """

    kind: Kind
    version_kind: Kind
    named: Named
    title: str

    @property
    def identifier(self) -> str:
        """The member with its id."""
        return f"{self.title}Id"

    @property
    def resource(self) -> str:
        """The kind as a value of ExceptionResourceType."""
        return self.title.upper()


DASHBOARD = Versioned("dashboard", "dashboard_version", "dashboard", "Dashboard")
THEME = Versioned("theme", "theme_version", "theme", "Theme")


def find(store: Store, tenant: Tenant, what: Versioned, name: str) -> Document:
    """Return a document.

    Raises
    ------
    QuickSightError
        ResourceNotFoundException.
    """
    found = store.documents.get(tenant, what.kind, name)
    if found is None:
        raise missing(what.resource, name)
    return found


def counts(found: Document) -> int:
    """Return the number of the version that is seen: the published one, of a theme the last."""
    number: int = found.get("PublishedVersionNumber") or found["LatestVersionNumber"]
    return number


def version(
    store: Store, tenant: Tenant, what: Versioned, found: Document, given: Document
) -> Document:
    """Return the version that is asked for, or the one that is seen.

    Raises
    ------
    QuickSightError
        ResourceNotFoundException.
    """
    number = int(given.get("VersionNumber") or _aliased(what, found, given.get("AliasName")))
    name = found[what.identifier]
    held = store.documents.get(tenant, what.version_kind, _key(name, number))
    if held is None:
        raise missing(what.resource, f"{name} version {number}")
    return held


def _aliased(what: Versioned, found: Document, alias: str | None) -> int:
    if alias == "$LATEST":
        return int(found["LatestVersionNumber"])
    if alias == "$PUBLISHED" and "PublishedVersionNumber" not in found:
        raise invalid(f"$PUBLISHED is not for a {what.kind}")
    if alias not in {None, "$PUBLISHED"}:
        raise not_supported(f"aliases of a {what.kind} other than $LATEST and $PUBLISHED")
    return counts(found)


def create(
    store: Store, tenant: Tenant, what: Versioned, given: Document, body: Document, **more: object
) -> tuple[Document, Document]:
    """Make a document and its first version; returns both.

    Parameters
    ----------
    store, tenant, what
        As everywhere.
    given : dict
        The arguments of the call.
    body : dict
        What the version says.
    **more : object
        Further members of the document.
    """
    name, now = given[what.identifier], store.now()
    own = arn(tenant, what.named, name)
    document = {
        what.identifier: name,
        "Arn": own,
        "Name": given["Name"],
        "CreatedTime": now,
        "LastUpdatedTime": now,
        "LatestVersionNumber": 1,
        **more,
    }
    with store.lock:
        if store.documents.get(tenant, what.kind, name) is not None:
            raise exists(what.resource, name)
        permissions.grant(store, tenant, own, given.get("Permissions", []))
        tags.put(store, tenant, own, given.get("Tags", []))
        store.documents.put(tenant, what.kind, name, document)
        return document, _put(store, tenant, what, document, _said(given, body))


def update(
    store: Store, tenant: Tenant, what: Versioned, given: Document, body: Document
) -> tuple[Document, Document]:
    """Make one more version; returns the document and it.

    Raises
    ------
    QuickSightError
        ConflictException while the version before is being made.
    """
    with store.lock:
        found = find(store, tenant, what, given[what.identifier])
        last = _key(found[what.identifier], found["LatestVersionNumber"])
        before = store.documents.get(tenant, what.version_kind, last)
        if before is not None and before["Status"].endswith("_IN_PROGRESS"):
            raise conflict(f"{what.title} {found[what.identifier]} is being changed")
        found["LatestVersionNumber"] += 1
        found |= {"LastUpdatedTime": store.now(), "Name": given.get("Name", found["Name"])}
        store.documents.put(tenant, what.kind, found[what.identifier], found)
        return found, _put(store, tenant, what, found, _said(given, body))


def _key(name: str, number: int) -> str:
    return f"{name}/{number}"


def _said(given: Document, body: Document) -> Document:
    described = "VersionDescription" in given
    return body | ({"Description": given["VersionDescription"]} if described else {})


def _put(
    store: Store, tenant: Tenant, what: Versioned, found: Document, body: Document
) -> Document:
    name, number = found[what.identifier], found["LatestVersionNumber"]
    version = {
        "Key": _key(name, number),
        "VersionNumber": number,
        "Arn": f"{found['Arn']}/version/{number}",
        "CreatedTime": store.now(),
        **body,
    }
    store.documents.put(tenant, what.version_kind, version["Key"], version, owner=name)
    return version


def made(what: Versioned, document: Document, version: Document) -> Document:
    """Answer what CreateDashboard, UpdateTheme and their like do."""
    about = {"Arn": document["Arn"], "VersionArn": version["Arn"]}
    name = {what.identifier: document[what.identifier]}
    return answered(202, **about, **name, CreationStatus=version["Status"])


def delete(store: Store, tenant: Tenant, what: Versioned, given: Document) -> Document:
    """Remove all of it, or a version that is not the one that is seen."""
    name = given[what.identifier]
    with store.lock:
        found = find(store, tenant, what, name)
        if "VersionNumber" in given:
            held = version(store, tenant, what, found, given)
            if held["VersionNumber"] == counts(found):
                raise conflict(f"Version {held['VersionNumber']} of {name} is the one that is seen")
            store.documents.delete(tenant, what.version_kind, held["Key"])
        else:
            store.documents.delete(tenant, what.kind, name)
            store.documents.delete_owned(tenant, what.version_kind, name)
            permissions.forget(store, tenant, found["Arn"])
            tags.forget(store, tenant, found["Arn"])
    return answered(**{"Arn": found["Arn"], what.identifier: name})


def list_versions(
    store: Store, tenant: Tenant, what: Versioned, given: Document, members: tuple[str, ...]
) -> Document:
    """List the versions, the newest first."""
    name = given[what.identifier]
    find(store, tenant, what, name)
    held = store.documents.all(tenant, what.version_kind, name)
    held.sort(key=lambda each: -each["VersionNumber"])
    items, token = page(held, given)
    told = {f"{what.title}VersionSummaryList": [shown(each, members) for each in items], **token}
    return answered(200, **told)
