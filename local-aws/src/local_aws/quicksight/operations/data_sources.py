"""Data sources of Athena: a query in the background proves that they work."""

from local_aws.documents import Document
from local_aws.protocol.errors import not_supported
from local_aws.quicksight import asking
from local_aws.quicksight.answers import answered, page, shown
from local_aws.quicksight.errors import conflict, exists, invalid, missing
from local_aws.quicksight.names import arn
from local_aws.quicksight.operations import permissions, tags
from local_aws.quicksight.store import Store
from local_aws.quicksight.variants import the_one
from local_aws.tenant import Tenant

_REFUSED = ("Credentials", "FolderArns", "VpcConnectionProperties")
_SUMMARY = ("Arn", "DataSourceId", "Name", "Type", "CreatedTime", "LastUpdatedTime")
_SHOWN = (*_SUMMARY, "Status", "DataSourceParameters", "SslProperties", "ErrorInfo")
_PROOF = "SELECT 1"


def _check(given: Document) -> None:
    for member in _REFUSED:
        if given.get(member):
            raise not_supported(f"{member} of a data source")
    if given.get("SslProperties", {}).get("DisableSsl"):
        raise invalid("SSL cannot be disabled for ATHENA")
    if "DataSourceParameters" not in given:
        return
    kind, parameters = the_one(given["DataSourceParameters"], "DataSourceParameters")
    if kind != "AthenaParameters":
        raise invalid(f"{kind} are not those of the type ATHENA")
    for member in ("ConsumerAccountRoleArn", "IdentityCenterConfiguration"):
        if parameters.get(member):
            raise not_supported(f"{member} of AthenaParameters")


def create(store: Store, tenant: Tenant, given: Document) -> Document:
    """CreateDataSource."""
    if given["Type"] != "ATHENA":
        raise not_supported(f"data sources of the type {given['Type']}")
    _check(given)
    name = given["DataSourceId"]
    own = arn(tenant, "datasource", name)
    parameters = given.get("DataSourceParameters", {"AthenaParameters": {}})
    document = {
        "Key": name,
        "Arn": own,
        "DataSourceId": name,
        "Name": given["Name"],
        "Type": "ATHENA",
        "Status": "CREATION_IN_PROGRESS",
        "CreatedTime": store.now(),
        "LastUpdatedTime": store.now(),
        "DataSourceParameters": parameters,
        "SslProperties": {"DisableSsl": False},
    }
    with store.lock:
        if store.documents.get(tenant, "data_source", name) is not None:
            raise exists("DATA_SOURCE", name)
        permissions.grant(store, tenant, own, given.get("Permissions", []))
        tags.put(store, tenant, own, given.get("Tags", []))
        store.documents.put(tenant, "data_source", name, document)
    store.later(tenant, _prove, name, "CREATION")
    status = document["Status"]
    return answered(202, Arn=own, DataSourceId=name, CreationStatus=status)


def _prove(store: Store, tenant: Tenant, name: str, what: str) -> None:
    found = store.documents.get(tenant, "data_source", name)
    if found is None:
        return
    try:
        answer = asking.ask(found["DataSourceParameters"]["AthenaParameters"], _PROOF)
        list(answer.rows)
    except asking.NotAnsweredError as error:
        denied = error.kind in {"role", "denied"}
        kind = "ACCESS_DENIED" if denied else "GENERIC_SQL_FAILURE"
        info = {"Type": kind, "Message": error.message}
        store.change(tenant, "data_source", name, Status=f"{what}_FAILED", ErrorInfo=info)
        return
    with store.lock:
        found = store.documents.get(tenant, "data_source", name)
        if found is not None:
            found.pop("ErrorInfo", None)
            document = {**found, "Status": f"{what}_SUCCESSFUL"}
            store.documents.put(tenant, "data_source", name, document)


def find(store: Store, tenant: Tenant, name: str) -> Document:
    """Return a data source's document.

    Raises
    ------
    QuickSightError
        ResourceNotFoundException.
    """
    found = store.documents.get(tenant, "data_source", name)
    if found is None:
        raise missing("DATA_SOURCE", name)
    return found


def describe(store: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeDataSource."""
    found = find(store, tenant, given["DataSourceId"])
    return answered(DataSource=shown(found, _SHOWN))


def update(store: Store, tenant: Tenant, given: Document) -> Document:
    """UpdateDataSource."""
    _check(given)
    name = given["DataSourceId"]
    with store.lock:
        found = find(store, tenant, name)
        if found["Status"].endswith("_IN_PROGRESS"):
            raise conflict(f"Data source {name} is being changed")
        found |= {"Name": given["Name"], "LastUpdatedTime": store.now()}
        found["Status"] = "UPDATE_IN_PROGRESS"
        if "DataSourceParameters" in given:
            found["DataSourceParameters"] = given["DataSourceParameters"]
        store.documents.put(tenant, "data_source", name, found)
    store.later(tenant, _prove, name, "UPDATE")
    status = found["Status"]
    return answered(202, Arn=found["Arn"], DataSourceId=name, UpdateStatus=status)


def delete(store: Store, tenant: Tenant, given: Document) -> Document:
    """DeleteDataSource: data sets over it stay, and fail when they are refreshed."""
    name = given["DataSourceId"]
    with store.lock:
        found = find(store, tenant, name)
        store.documents.delete(tenant, "data_source", name)
        permissions.forget(store, tenant, found["Arn"])
        tags.forget(store, tenant, found["Arn"])
    return answered(Arn=found["Arn"], DataSourceId=name)


def list_all(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListDataSources."""
    items, token = page(store.documents.all(tenant, "data_source"), given)
    return answered(DataSources=[shown(each, _SHOWN) for each in items], **token)
