"""Themes: colours and type of dashboards, in versions; the last one counts."""

from local_aws.documents import Document
from local_aws.protocol.errors import not_supported
from local_aws.quicksight.answers import answered, page, shown
from local_aws.quicksight.errors import exists, missing
from local_aws.quicksight.names import MANAGED_THEMES, arn
from local_aws.quicksight.operations import permissions, tags
from local_aws.quicksight.store import Store
from local_aws.tenant import Tenant

_OF_THEME = ("Arn", "Name", "ThemeId", "CreatedTime", "LastUpdatedTime")
_SUMMARY = ("VersionNumber", "Arn", "Description", "CreatedTime", "Status")
_OF_VERSION = (*_SUMMARY, "BaseThemeId", "Configuration")


def _key(theme: str, number: int) -> str:
    return f"{theme}/{number}"


def _put_version(store: Store, tenant: Tenant, given: Document, number: int) -> Document:
    name = given["ThemeId"]
    version = {
        "Key": _key(name, number),
        "VersionNumber": number,
        "Arn": f"{arn(tenant, 'theme', name)}/version/{number}",
        "BaseThemeId": given["BaseThemeId"],
        "CreatedTime": store.now(),
        "Configuration": given.get("Configuration", {}),
        "Status": "CREATION_SUCCESSFUL",  # what the model lets through is a theme
    }
    if "VersionDescription" in given:
        version["Description"] = given["VersionDescription"]
    store.documents.put(tenant, "theme_version", version["Key"], version, owner=name)
    return version


def _check_base(store: Store, tenant: Tenant, given: Document) -> None:
    base = given["BaseThemeId"]
    if base not in MANAGED_THEMES and store.documents.get(tenant, "theme", base) is None:
        raise missing("THEME", base)


def create(store: Store, tenant: Tenant, given: Document) -> Document:
    """CreateTheme."""
    _check_base(store, tenant, given)
    name = given["ThemeId"]
    own = arn(tenant, "theme", name)
    now = store.now()
    times = {"CreatedTime": now, "LastUpdatedTime": now}
    document = {"Arn": own, "Name": given["Name"], "ThemeId": name, **times}
    with store.lock:
        if store.documents.get(tenant, "theme", name) is not None:
            raise exists("THEME", name)
        permissions.grant(store, tenant, own, given.get("Permissions", []))
        tags.put(store, tenant, own, given.get("Tags", []))
        store.documents.put(tenant, "theme", name, {**document, "LatestVersionNumber": 1})
        version = _put_version(store, tenant, given, 1)
    return _made(own, name, version)


def _made(own: str, name: str, version: Document) -> Document:
    about = {"Arn": own, "VersionArn": version["Arn"], "ThemeId": name}
    return answered(202, **about, CreationStatus=version["Status"])


def find(store: Store, tenant: Tenant, name: str) -> Document:
    """Return a theme's document.

    Raises
    ------
    QuickSightError
        ResourceNotFoundException.
    """
    found = store.documents.get(tenant, "theme", name)
    if found is None:
        raise missing("THEME", name)
    return found


def describe(store: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeTheme."""
    if given.get("AliasName"):
        raise not_supported("AliasName of a theme")
    found = find(store, tenant, given["ThemeId"])
    number = int(given.get("VersionNumber") or found["LatestVersionNumber"])
    version = store.documents.get(tenant, "theme_version", _key(found["ThemeId"], number))
    if version is None:
        raise missing("THEME", f"{found['ThemeId']} version {number}")
    told = shown(found, _OF_THEME)
    return answered(Theme={**told, "Type": "CUSTOM", "Version": shown(version, _OF_VERSION)})


def update(store: Store, tenant: Tenant, given: Document) -> Document:
    """UpdateTheme: one more version."""
    _check_base(store, tenant, given)
    with store.lock:
        found = find(store, tenant, given["ThemeId"])
        number = found["LatestVersionNumber"] + 1
        found |= {"LatestVersionNumber": number, "LastUpdatedTime": store.now()}
        found["Name"] = given.get("Name", found["Name"])
        store.documents.put(tenant, "theme", found["ThemeId"], found)
        version = _put_version(store, tenant, given, number)
    return _made(found["Arn"], found["ThemeId"], version)


def delete(store: Store, tenant: Tenant, given: Document) -> Document:
    """DeleteTheme."""
    if "VersionNumber" in given:
        raise not_supported("VersionNumber of DeleteTheme")
    name = given["ThemeId"]
    with store.lock:
        found = find(store, tenant, name)
        store.documents.delete(tenant, "theme", name)
        store.documents.delete_owned(tenant, "theme_version", name)
        permissions.forget(store, tenant, found["Arn"])
        tags.forget(store, tenant, found["Arn"])
    return answered(Arn=found["Arn"], ThemeId=name)


def list_versions(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListThemeVersions: the newest first."""
    find(store, tenant, given["ThemeId"])
    held = store.documents.all(tenant, "theme_version", given["ThemeId"])
    held.sort(key=lambda version: -version["VersionNumber"])
    items, token = page(held, given)
    return answered(ThemeVersionSummaryList=[shown(each, _SUMMARY) for each in items], **token)


def list_all(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListThemes: the account's own, and by name those that the service has."""
    managed = [
        {"ThemeId": name, "Name": name.capitalize(), "Arn": f"arn:aws:quicksight::aws:theme/{name}"}
        for name in sorted(MANAGED_THEMES)
    ]
    own = [
        shown(each, (*_OF_THEME, "LatestVersionNumber"))
        for each in store.documents.all(tenant, "theme")
    ]
    kind = given.get("Type", "ALL")
    found = {"CUSTOM": own, "QUICKSIGHT": managed}.get(kind, own + managed)
    items, token = page(found, given)
    return answered(ThemeSummaryList=items, **token)
