"""Themes: colours and type of dashboards, in versions; the last one counts."""

from local_aws.documents import Document
from local_aws.quicksight.answers import answered, page, shown
from local_aws.quicksight.errors import missing
from local_aws.quicksight.names import MANAGED_THEMES
from local_aws.quicksight.operations import versioned
from local_aws.quicksight.operations.versioned import THEME
from local_aws.quicksight.store import Store
from local_aws.tenant import Tenant

_OF_THEME = ("Arn", "Name", "ThemeId", "CreatedTime", "LastUpdatedTime")
_SUMMARY = ("VersionNumber", "Arn", "Description", "CreatedTime", "Status")
_OF_VERSION = (*_SUMMARY, "BaseThemeId", "Configuration")


def _body(given: Document) -> Document:
    return {
        "BaseThemeId": given["BaseThemeId"],
        "Configuration": given.get("Configuration", {}),
        "Status": "CREATION_SUCCESSFUL",  # what the model lets through is a theme
    }


def _check_base(store: Store, tenant: Tenant, given: Document) -> None:
    base = given["BaseThemeId"]
    if base not in MANAGED_THEMES and store.documents.get(tenant, "theme", base) is None:
        raise missing("THEME", base)


def create(store: Store, tenant: Tenant, given: Document) -> Document:
    """CreateTheme."""
    _check_base(store, tenant, given)
    return versioned.made(THEME, *versioned.create(store, tenant, THEME, given, _body(given)))


def find(store: Store, tenant: Tenant, name: str) -> Document:
    """Return a theme's document.

    Raises
    ------
    QuickSightError
        ResourceNotFoundException.
    """
    return versioned.find(store, tenant, THEME, name)


def describe(store: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeTheme: the last version unless another is asked for."""
    found = find(store, tenant, given["ThemeId"])
    version = shown(versioned.version(store, tenant, THEME, found, given), _OF_VERSION)
    return answered(Theme={**shown(found, _OF_THEME), "Type": "CUSTOM", "Version": version})


def update(store: Store, tenant: Tenant, given: Document) -> Document:
    """UpdateTheme: one more version."""
    _check_base(store, tenant, given)
    return versioned.made(THEME, *versioned.update(store, tenant, THEME, given, _body(given)))


def delete(store: Store, tenant: Tenant, given: Document) -> Document:
    """DeleteTheme: all of it, or a version that is not the last."""
    return versioned.delete(store, tenant, THEME, given)


def list_versions(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListThemeVersions."""
    return versioned.list_versions(store, tenant, THEME, given, _SUMMARY)


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
