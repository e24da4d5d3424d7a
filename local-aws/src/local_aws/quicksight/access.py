"""What a caller of QuickSight needs, after the Service Authorization Reference."""

from typing import get_args

from local_aws.protocol.service import Check, Record
from local_aws.quicksight.names import Kind, arn
from local_aws.tenant import Tenant

# the member that names what an operation is about, and its kind; the first that is given counts
_NAMED: tuple[tuple[str, Kind], ...] = (
    ("DataSourceId", "datasource"),
    ("DataSetId", "dataset"),
    ("DashboardId", "dashboard"),
    ("ThemeId", "theme"),
    ("UserName", "user"),
    ("GroupName", "group"),
)
_BELOW = {"IngestionId": "ingestion", "ScheduleId": "refresh-schedule"}


def checks(tenant: Tenant, operation: str, given: Record) -> list[Check]:
    """Return what a call needs.

    Parameters
    ----------
    tenant : Tenant
        Whose call it is.
    operation : str
        The operation's name.
    given : dict
        Its arguments, not checked.
    """
    found = [(operation, _resource(tenant, operation, given))]
    found += [("PassDataSource", source) for source in _sources(given)]
    found += [("PassDataSet", data_set) for data_set in _data_sets(given)]
    return [Check(f"quicksight:{action}", resource, {}) for action, resource in found]


def _resource(tenant: Tenant, operation: str, given: Record) -> str:
    if "ResourceArn" in given:
        return str(given["ResourceArn"])
    if operation == "RegisterUser":
        return arn(tenant, "user", "*")
    kind, name = next(((kind, given[key]) for key, kind in _NAMED if key in given), ("", ""))
    if kind not in get_args(Kind):
        return "*"
    whole = arn(tenant, kind, str(name))  # type: ignore[arg-type] # it is among them
    schedule = given.get("Schedule")
    inside = given | ({"ScheduleId": schedule.get("ScheduleId")} if schedule else {})
    below = [f"/{what}/{inside[key]}" for key, what in _BELOW.items() if key in inside]
    return whole + "".join(below)


def _sources(given: Record) -> list[str]:
    tables = given.get("PhysicalTableMap")
    if not isinstance(tables, dict):
        return []
    inside = [each for union in tables.values() if isinstance(union, dict) for each in _of(union)]
    return list(dict.fromkeys(each["DataSourceArn"] for each in inside if "DataSourceArn" in each))


def _of(union: Record) -> list[Record]:
    return [value for value in union.values() if isinstance(value, dict)]


def _data_sets(given: Record) -> list[str]:
    definition = given.get("Definition")
    declared = definition.get("DataSetIdentifierDeclarations") if definition else None
    return list(
        dict.fromkeys(each["DataSetArn"] for each in declared or () if "DataSetArn" in each)
    )
