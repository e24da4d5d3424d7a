"""Data sets: their tables checked, and what of them is in SPICE ingested anew when they change."""

from uuid import uuid4

from local_aws.documents import Document
from local_aws.protocol.errors import not_supported
from local_aws.quicksight import ingesting, row_rules, tables
from local_aws.quicksight.answers import answered, chosen, page, shown
from local_aws.quicksight.errors import exists, invalid, missing
from local_aws.quicksight.names import arn, named
from local_aws.quicksight.operations import data_sources, permissions, tags
from local_aws.quicksight.store import Store
from local_aws.tenant import Tenant

_REFUSED = (
    "ColumnGroups",
    "DataPrepConfiguration",
    "DatasetParameters",
    "FolderArns",
    "PerformanceConfiguration",
    "RowLevelPermissionTagConfiguration",
    "SemanticModelConfiguration",
)
_GIVEN = (
    "ColumnLevelPermissionRules",
    "DataSetUsageConfiguration",
    "FieldFolders",
    "ImportMode",
    "LogicalTableMap",
    "Name",
    "PhysicalTableMap",
    "RowLevelPermissionDataSet",
    "UseAs",
)
_TIMES = ("CreatedTime", "LastUpdatedTime")
_SHOWN = ("Arn", "DataSetId", *_TIMES, *_GIVEN, "OutputColumns", "ConsumedSpiceCapacityInBytes")
_SUMMARY = ("Arn", "DataSetId", "Name", *_TIMES, "ImportMode", "RowLevelPermissionDataSet", "UseAs")
_GOOD = ("CREATION_SUCCESSFUL", "UPDATE_SUCCESSFUL", "UPDATE_IN_PROGRESS")


def _read(store: Store, tenant: Tenant, given: Document) -> Document:
    """Check what a call declares; returns it as the data set's document has it."""
    for member in _REFUSED:
        if given.get(member):
            raise not_supported(f"{member} of a data set")
    table = tables.read(given)
    source = named(tenant, table.data_source)
    if source is None or source.kind != "datasource":
        raise invalid(f"{table.data_source} is no data source of this account and region")
    status = data_sources.find(store, tenant, source.id)["Status"]
    if status not in _GOOD:
        raise invalid(f"Data source {source.id} cannot be used: it is {status}")
    columns = [column.name for column in table.columns]
    for rule in given.get("ColumnLevelPermissionRules", []):
        _check_columns(columns, rule.get("ColumnNames", []), "ColumnLevelPermissionRules")
        for principal in rule.get("Principals", []):
            permissions.check_principal(store, tenant, principal)
    for folder in given.get("FieldFolders", {}).values():
        _check_columns(columns, folder.get("columns", []), "FieldFolders")
    if "RowLevelPermissionDataSet" in given:
        types = {column.name: column.type for column in table.columns}
        row_rules.check(store, tenant, given["RowLevelPermissionDataSet"], types)
    return {**chosen(given, _GIVEN), "OutputColumns": [each.shown for each in table.columns]}


def _check_columns(known: list[str], asked: list[str], where: str) -> None:
    if unknown := sorted(set(asked) - set(known)):
        raise invalid(f"{where}: there is no column {', '.join(unknown)}")


def create(store: Store, tenant: Tenant, given: Document) -> Document:
    """CreateDataSet: what goes into SPICE is ingested at once."""
    name = given["DataSetId"]
    own = arn(tenant, "dataset", name)
    with store.lock:
        if store.documents.get(tenant, "data_set", name) is not None:
            raise exists("DATA_SET", name)
        document = {
            "Arn": own,
            "DataSetId": name,
            "CreatedTime": store.now(),
            "LastUpdatedTime": store.now(),
            "ConsumedSpiceCapacityInBytes": 0,
            **_read(store, tenant, given),
        }
        permissions.grant(store, tenant, own, given.get("Permissions", []))
        tags.put(store, tenant, own, given.get("Tags", []))
        store.documents.put(tenant, "data_set", name, document)
    return _ingested(store, tenant, document, "INITIAL_INGESTION", 201)


def _ingested(store: Store, tenant: Tenant, document: Document, kind: str, status: int) -> Document:
    about = {"Arn": document["Arn"], "DataSetId": document["DataSetId"]}
    if document["ImportMode"] != "SPICE":
        return answered(status, **about)
    begun = ingesting.begin(store, tenant, document, str(uuid4()), kind, "MANUAL")
    more = {"IngestionArn": begun["Arn"], "IngestionId": begun["IngestionId"]}
    return answered(status, **about, **more)


def find(store: Store, tenant: Tenant, name: str) -> Document:
    """Return a data set's document.

    Raises
    ------
    QuickSightError
        ResourceNotFoundException.
    """
    found = store.documents.get(tenant, "data_set", name)
    if found is None:
        raise missing("DATA_SET", name)
    return found


def describe(store: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeDataSet."""
    return answered(DataSet=shown(find(store, tenant, given["DataSetId"]), _SHOWN))


def update(store: Store, tenant: Tenant, given: Document) -> Document:
    """UpdateDataSet."""
    name = given["DataSetId"]
    with store.lock:
        found = find(store, tenant, name)
        kept = {key: value for key, value in found.items() if key not in {*_GIVEN, "OutputColumns"}}
        use = chosen(found, ["UseAs"])  # no update takes it
        document = {**kept, **use, **_read(store, tenant, given), "LastUpdatedTime": store.now()}
        if document["ImportMode"] != "SPICE":
            document["ConsumedSpiceCapacityInBytes"] = 0
            store.spice.drop(tenant, name)
        store.documents.put(tenant, "data_set", name, document)
    return _ingested(store, tenant, document, "EDIT", 200)


def delete(store: Store, tenant: Tenant, given: Document) -> Document:
    """DeleteDataSet: its schedules and its rows go too, dashboards over it stay."""
    name = given["DataSetId"]
    with store.lock:
        found = find(store, tenant, name)
        store.documents.delete(tenant, "data_set", name)
        for kind in ("schedule", "ingestion"):
            store.documents.delete_owned(tenant, kind, name)
        permissions.forget(store, tenant, found["Arn"])
        tags.forget(store, tenant, found["Arn"])
        store.spice.drop(tenant, name)
    return answered(Arn=found["Arn"], DataSetId=name)


def list_all(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListDataSets."""
    items, token = page(store.documents.all(tenant, "data_set"), given)
    summaries = [
        {
            **shown(each, _SUMMARY),
            "RowLevelPermissionTagConfigurationApplied": False,
            "ColumnLevelPermissionRulesApplied": "ColumnLevelPermissionRules" in each,
        }
        for each in items
    ]
    return answered(DataSetSummaries=summaries, **token)
