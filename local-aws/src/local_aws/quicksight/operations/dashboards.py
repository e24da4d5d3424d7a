"""Dashboards: a definition a version, checked in the background; one of them is published."""

from local_aws.documents import Document
from local_aws.protocol.errors import not_supported
from local_aws.quicksight import definitions
from local_aws.quicksight.answers import answered, chosen, page, shown
from local_aws.quicksight.errors import conflict, invalid, missing
from local_aws.quicksight.names import MANAGED, MANAGED_THEMES, named
from local_aws.quicksight.operations import versioned
from local_aws.quicksight.operations.versioned import DASHBOARD
from local_aws.quicksight.store import Store
from local_aws.tenant import Tenant

_REFUSED = (
    "FolderArns",
    "LinkEntities",
    "LinkSharingConfiguration",
    "Parameters",
    "SourceEntity",
)
_OF_DASHBOARD = ("DashboardId", "Arn", "Name", "CreatedTime", "LastPublishedTime")
_OF_VERSION = (
    "CreatedTime",
    "Errors",
    "VersionNumber",
    "Status",
    "Arn",
    "DataSetArns",
    "Description",
    "ThemeArn",
    "Sheets",
)
_GOOD = ("CREATION_SUCCESSFUL", "UPDATE_SUCCESSFUL")
_WAITING = "CREATION_IN_PROGRESS"


def _check(store: Store, tenant: Tenant, given: Document) -> None:
    for member in _REFUSED:
        if given.get(member):
            raise not_supported(f"{member} of a dashboard")
    if "Definition" not in given:
        raise invalid("Either SourceEntity or Definition must be given")
    definition = given["Definition"]
    for member in ("StaticFiles", "TooltipSheets", "TopicIdentifierDeclarations"):
        if definition.get(member):
            raise not_supported(f"{member} of a dashboard's definition")
    if not definition.get("Sheets"):
        raise invalid("Definition.Sheets: a dashboard must have at least one sheet")
    definitions.check(definition)
    theme = given.get("ThemeArn")
    if theme is None or theme.removeprefix(MANAGED) in MANAGED_THEMES:
        return
    about = named(tenant, theme)
    if about is None or store.documents.get(tenant, "theme", about.id) is None:
        raise missing("THEME", theme)


def _body(given: Document) -> Document:
    definition = given["Definition"]
    return {
        "Status": _WAITING,
        "Errors": [],
        "DataSetArns": [each["DataSetArn"] for each in definition["DataSetIdentifierDeclarations"]],
        "Sheets": [chosen(sheet, ("SheetId", "Name")) for sheet in definition["Sheets"]],
        "Definition": definition,
        "Name": given["Name"],
        **chosen(given, ("ThemeArn", "DashboardPublishOptions")),
    }


def _begun(
    store: Store, tenant: Tenant, given: Document, made: tuple[Document, Document]
) -> Document:
    found, version = made
    mode = given.get("ValidationStrategy", {}).get("Mode", "STRICT")
    store.later(tenant, _conclude, version["Key"], mode == "STRICT")
    return versioned.made(DASHBOARD, found, version)


def _conclude(store: Store, tenant: Tenant, key: str, strict: bool) -> None:
    version = store.documents.get(tenant, "dashboard_version", key)
    if version is None:
        return
    there = {}
    for data_set in version["DataSetArns"]:
        about = named(tenant, data_set)
        found = store.documents.get(tenant, "data_set", about.id) if about else None
        if about and about.kind == "dataset" and found is not None:
            columns = {each["Name"]: each["Type"] for each in found["OutputColumns"]}
            there[data_set] = columns
    errors = definitions.errors(version["Definition"], there)
    status = "CREATION_FAILED" if errors and strict else "CREATION_SUCCESSFUL"
    store.change(tenant, "dashboard_version", key, Status=status, Errors=errors)


def create(store: Store, tenant: Tenant, given: Document) -> Document:
    """CreateDashboard: its first version is the published one."""
    _check(store, tenant, given)
    published = {"LastPublishedTime": store.now(), "PublishedVersionNumber": 1}
    made = versioned.create(store, tenant, DASHBOARD, given, _body(given), **published)
    return _begun(store, tenant, given, made)


def find(store: Store, tenant: Tenant, name: str) -> Document:
    """Return a dashboard's document.

    Raises
    ------
    QuickSightError
        ResourceNotFoundException.
    """
    return versioned.find(store, tenant, DASHBOARD, name)


def describe(store: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeDashboard: the published version unless another is asked for."""
    found = find(store, tenant, given["DashboardId"])
    version = shown(versioned.version(store, tenant, DASHBOARD, found, given), _OF_VERSION)
    told = shown(found, (*_OF_DASHBOARD, "LastUpdatedTime"))
    return answered(Dashboard={**told, "Version": version})


def describe_definition(store: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeDashboardDefinition."""
    found = find(store, tenant, given["DashboardId"])
    version = versioned.version(store, tenant, DASHBOARD, found, given)
    members = ("Errors", "Name", "ThemeArn", "Definition", "DashboardPublishOptions")
    told = {name: version[name] for name in members if name in version}
    about = {"DashboardId": found["DashboardId"], "ResourceStatus": version["Status"]}
    return answered(**about, **told)


def update(store: Store, tenant: Tenant, given: Document) -> Document:
    """UpdateDashboard: one more version, which nobody sees before it is published."""
    _check(store, tenant, given)
    made = versioned.update(store, tenant, DASHBOARD, given, _body(given))
    return _begun(store, tenant, given, made)


def publish(store: Store, tenant: Tenant, given: Document) -> Document:
    """UpdateDashboardPublishedVersion."""
    with store.lock:
        found = find(store, tenant, given["DashboardId"])
        version = versioned.version(store, tenant, DASHBOARD, found, given)
        if version["Status"] == _WAITING:
            raise conflict(f"Version {given['VersionNumber']} is being made")
        if version["Status"] not in _GOOD:
            raise invalid(f"Version {given['VersionNumber']} is {version['Status']}")
        found["PublishedVersionNumber"] = version["VersionNumber"]
        found["LastPublishedTime"] = store.now()
        store.documents.put(tenant, "dashboard", found["DashboardId"], found)
    return answered(DashboardId=found["DashboardId"], DashboardArn=found["Arn"])


def list_versions(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListDashboardVersions."""
    members = ("Arn", "CreatedTime", "VersionNumber", "Status", "Description")
    return versioned.list_versions(store, tenant, DASHBOARD, given, members)


def delete(store: Store, tenant: Tenant, given: Document) -> Document:
    """DeleteDashboard: all of it, or a version that is not published."""
    return versioned.delete(store, tenant, DASHBOARD, given)


def list_all(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListDashboards."""
    items, token = page(store.documents.all(tenant, "dashboard"), given)
    members = (*_OF_DASHBOARD, "LastUpdatedTime", "PublishedVersionNumber")
    return answered(DashboardSummaryList=[shown(each, members) for each in items], **token)
