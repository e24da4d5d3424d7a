"""Dashboards: a definition a version, checked in the background; one of them is published."""

from local_aws.documents import Document
from local_aws.protocol.errors import not_supported
from local_aws.quicksight import definitions
from local_aws.quicksight.answers import answered, chosen, page, shown
from local_aws.quicksight.errors import conflict, exists, invalid, missing
from local_aws.quicksight.names import MANAGED, MANAGED_THEMES, arn, named
from local_aws.quicksight.operations import permissions, tags
from local_aws.quicksight.store import Store
from local_aws.tenant import Tenant

_REFUSED = (
    "AliasName",
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


def _key(dashboard: str, number: int) -> str:
    return f"{dashboard}/{number}"


def _put_version(store: Store, tenant: Tenant, given: Document, number: int) -> Document:
    name = given["DashboardId"]
    definition = given["Definition"]
    sheets = [chosen(sheet, ("SheetId", "Name")) for sheet in definition["Sheets"]]
    version = {
        "Key": _key(name, number),
        "VersionNumber": number,
        "Arn": f"{arn(tenant, 'dashboard', name)}/version/{number}",
        "CreatedTime": store.now(),
        "Status": _WAITING,
        "Errors": [],
        "DataSetArns": [each["DataSetArn"] for each in definition["DataSetIdentifierDeclarations"]],
        "Sheets": sheets,
        "Definition": definition,
        "Name": given["Name"],
        **chosen(given, ("ThemeArn", "DashboardPublishOptions")),
    }
    if "VersionDescription" in given:
        version["Description"] = given["VersionDescription"]
    store.documents.put(tenant, "dashboard_version", version["Key"], version, owner=name)
    mode = given.get("ValidationStrategy", {}).get("Mode", "STRICT")
    store.later(tenant, _conclude, version["Key"], mode == "STRICT")
    return version


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
    name = given["DashboardId"]
    own = arn(tenant, "dashboard", name)
    now = store.now()
    document = {
        "DashboardId": name,
        "Arn": own,
        "Name": given["Name"],
        "CreatedTime": now,
        "LastPublishedTime": now,
        "LastUpdatedTime": now,
        "PublishedVersionNumber": 1,
        "LatestVersionNumber": 1,
    }
    with store.lock:
        if store.documents.get(tenant, "dashboard", name) is not None:
            raise exists("DASHBOARD", name)
        permissions.grant(store, tenant, own, given.get("Permissions", []))
        tags.put(store, tenant, own, given.get("Tags", []))
        store.documents.put(tenant, "dashboard", name, document)
        version = _put_version(store, tenant, given, 1)
    return _made(own, name, version)


def _made(own: str, name: str, version: Document) -> Document:
    about = {"Arn": own, "VersionArn": version["Arn"], "DashboardId": name}
    return answered(202, **about, CreationStatus=version["Status"])


def find(store: Store, tenant: Tenant, name: str) -> Document:
    """Return a dashboard's document.

    Raises
    ------
    QuickSightError
        ResourceNotFoundException.
    """
    found = store.documents.get(tenant, "dashboard", name)
    if found is None:
        raise missing("DASHBOARD", name)
    return found


def _version(store: Store, tenant: Tenant, dashboard: Document, given: Document) -> Document:
    if given.get("AliasName"):
        raise not_supported("AliasName of a dashboard")
    number = int(given.get("VersionNumber") or dashboard["PublishedVersionNumber"])
    key = _key(dashboard["DashboardId"], number)
    found = store.documents.get(tenant, "dashboard_version", key)
    if found is None:
        raise missing("DASHBOARD", f"{dashboard['DashboardId']} version {number}")
    return found


def describe(store: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeDashboard: the published version unless another is asked for."""
    found = find(store, tenant, given["DashboardId"])
    version = shown(_version(store, tenant, found, given), _OF_VERSION)
    told = shown(found, (*_OF_DASHBOARD, "LastUpdatedTime"))
    return answered(Dashboard={**told, "Version": version})


def describe_definition(store: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeDashboardDefinition."""
    found = find(store, tenant, given["DashboardId"])
    version = _version(store, tenant, found, given)
    members = ("Errors", "Name", "ThemeArn", "Definition", "DashboardPublishOptions")
    told = {name: version[name] for name in members if name in version}
    about = {"DashboardId": found["DashboardId"], "ResourceStatus": version["Status"]}
    return answered(**about, **told)


def update(store: Store, tenant: Tenant, given: Document) -> Document:
    """UpdateDashboard: one more version, which nobody sees before it is published."""
    _check(store, tenant, given)
    name = given["DashboardId"]
    with store.lock:
        found = find(store, tenant, name)
        last = _key(name, found["LatestVersionNumber"])
        before = store.documents.get(tenant, "dashboard_version", last)
        if before is not None and before["Status"] == _WAITING:
            raise conflict(f"Dashboard {name} is being changed")
        number = found["LatestVersionNumber"] + 1
        found |= {"LatestVersionNumber": number, "Name": given["Name"]}
        found["LastUpdatedTime"] = store.now()
        store.documents.put(tenant, "dashboard", name, found)
        version = _put_version(store, tenant, given, number)
    return _made(found["Arn"], name, version)


def publish(store: Store, tenant: Tenant, given: Document) -> Document:
    """UpdateDashboardPublishedVersion."""
    with store.lock:
        found = find(store, tenant, given["DashboardId"])
        version = _version(store, tenant, found, given)
        if version["Status"] == _WAITING:
            raise conflict(f"Version {given['VersionNumber']} is being made")
        if version["Status"] not in _GOOD:
            raise invalid(f"Version {given['VersionNumber']} is {version['Status']}")
        found["PublishedVersionNumber"] = version["VersionNumber"]
        found["LastPublishedTime"] = store.now()
        store.documents.put(tenant, "dashboard", found["DashboardId"], found)
    return answered(DashboardId=found["DashboardId"], DashboardArn=found["Arn"])


def list_versions(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListDashboardVersions: the newest first."""
    find(store, tenant, given["DashboardId"])
    held = store.documents.all(tenant, "dashboard_version", given["DashboardId"])
    held.sort(key=lambda version: -version["VersionNumber"])
    items, token = page(held, given)
    members = ("Arn", "CreatedTime", "VersionNumber", "Status", "Description")
    return answered(DashboardVersionSummaryList=[shown(each, members) for each in items], **token)


def delete(store: Store, tenant: Tenant, given: Document) -> Document:
    """DeleteDashboard: all of it, or a version that is not published."""
    name = given["DashboardId"]
    with store.lock:
        found = find(store, tenant, name)
        if "VersionNumber" in given:
            version = _version(store, tenant, found, given)
            if version["VersionNumber"] == found["PublishedVersionNumber"]:
                raise conflict(f"Version {version['VersionNumber']} of {name} is published")
            store.documents.delete(tenant, "dashboard_version", version["Key"])
        else:
            store.documents.delete(tenant, "dashboard", name)
            store.documents.delete_owned(tenant, "dashboard_version", name)
            permissions.forget(store, tenant, found["Arn"])
            tags.forget(store, tenant, found["Arn"])
    return answered(Arn=found["Arn"], DashboardId=name)


def list_all(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListDashboards."""
    items, token = page(store.documents.all(tenant, "dashboard"), given)
    members = (*_OF_DASHBOARD, "LastUpdatedTime", "PublishedVersionNumber")
    return answered(DashboardSummaryList=[shown(each, members) for each in items], **token)
