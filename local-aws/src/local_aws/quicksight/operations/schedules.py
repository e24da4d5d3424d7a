"""Refresh schedules: a full ingestion whenever one is due."""

from uuid import uuid4

from local_aws.documents import Document
from local_aws.protocol.errors import not_supported
from local_aws.quicksight import due, ingesting
from local_aws.quicksight.answers import answered, shown
from local_aws.quicksight.errors import exists, invalid, limit, missing
from local_aws.quicksight.operations import data_sets
from local_aws.quicksight.store import Store
from local_aws.tenant import Tenant, request_scope

MOST = 5
_SHOWN = ("ScheduleId", "ScheduleFrequency", "StartAfterDateTime", "RefreshType", "Arn")


def _checked(store: Store, given: Document) -> Document:
    schedule = given["Schedule"]
    if schedule["RefreshType"] == "INCREMENTAL_REFRESH":
        raise not_supported("incremental refreshes")
    after = schedule.get("StartAfterDateTime")
    if after is not None and after < store.now():
        raise invalid("StartAfterDateTime is in the past")
    due.check(schedule["ScheduleFrequency"])
    return {name: value for name, value in schedule.items() if name != "Arn"}


def _key(data_set: str, schedule: str) -> str:
    return f"{data_set}/{schedule}"


def _put(store: Store, tenant: Tenant, data_set: Document, schedule: Document) -> Document:
    name = data_set["DataSetId"]
    arn = f"{data_set['Arn']}/refresh-schedule/{schedule['ScheduleId']}"
    start = max(schedule.get("StartAfterDateTime", 0), store.now())
    next_run = due.after(schedule["ScheduleFrequency"], start)
    document = {**schedule, "Arn": arn, "DataSetId": name, "NextRun": next_run}
    key = _key(name, schedule["ScheduleId"])
    store.documents.put(tenant, "schedule", key, document, owner=name)
    return answered(ScheduleId=schedule["ScheduleId"], Arn=arn)


def create(store: Store, tenant: Tenant, given: Document) -> Document:
    """CreateRefreshSchedule."""
    schedule = _checked(store, given)
    with store.lock:
        data_set = data_sets.find(store, tenant, given["DataSetId"])
        if data_set["ImportMode"] != "SPICE":
            raise invalid(f"Data set {given['DataSetId']} is not in SPICE")
        held = store.documents.all(tenant, "schedule", given["DataSetId"])
        if any(each["ScheduleId"] == schedule["ScheduleId"] for each in held):
            raise exists("REFRESH_SCHEDULE", schedule["ScheduleId"])
        if len(held) >= MOST:
            raise limit("REFRESH_SCHEDULE", f"A data set has at most {MOST} schedules")
        return _put(store, tenant, data_set, schedule)


def _find(store: Store, tenant: Tenant, data_set: str, schedule: str) -> Document:
    data_sets.find(store, tenant, data_set)
    found = store.documents.get(tenant, "schedule", _key(data_set, schedule))
    if found is None:
        raise missing("REFRESH_SCHEDULE", schedule)
    return found


def describe(store: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeRefreshSchedule."""
    found = _find(store, tenant, given["DataSetId"], given["ScheduleId"])
    return answered(RefreshSchedule=shown(found, _SHOWN), Arn=found["Arn"])


def list_all(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListRefreshSchedules."""
    data_sets.find(store, tenant, given["DataSetId"])
    held = store.documents.all(tenant, "schedule", given["DataSetId"])
    return answered(RefreshSchedules=[shown(each, _SHOWN) for each in held])


def update(store: Store, tenant: Tenant, given: Document) -> Document:
    """UpdateRefreshSchedule."""
    schedule = _checked(store, given)
    with store.lock:
        _find(store, tenant, given["DataSetId"], schedule["ScheduleId"])
        data_set = data_sets.find(store, tenant, given["DataSetId"])
        return _put(store, tenant, data_set, schedule)


def delete(store: Store, tenant: Tenant, given: Document) -> Document:
    """DeleteRefreshSchedule."""
    with store.lock:
        found = _find(store, tenant, given["DataSetId"], given["ScheduleId"])
        key = _key(given["DataSetId"], given["ScheduleId"])
        store.documents.delete(tenant, "schedule", key)
    return answered(ScheduleId=given["ScheduleId"], Arn=found["Arn"])


def run_due(store: Store) -> None:
    """Begin the ingestions that are due by the clock; called once a minute."""
    for tenant in store.documents.tenants():
        with request_scope(tenant.account, tenant.region), store.lock:
            for schedule in store.documents.all(tenant, "schedule"):
                if schedule["NextRun"] > store.now():
                    continue
                data_set = data_sets.find(store, tenant, schedule["DataSetId"])
                kind = schedule["RefreshType"]
                ingesting.begin(store, tenant, data_set, str(uuid4()), kind, "SCHEDULED")
                key = _key(schedule["DataSetId"], schedule["ScheduleId"])
                next_run = due.after(schedule["ScheduleFrequency"], store.now())
                store.change(tenant, "schedule", key, NextRun=next_run)
