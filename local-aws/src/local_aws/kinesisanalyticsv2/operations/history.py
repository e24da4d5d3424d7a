"""What an application was, and what was done with it."""

from typing import Any

from local_aws.documents import Document
from local_aws.kinesisanalyticsv2.errors import not_found
from local_aws.kinesisanalyticsv2.operations import pages
from local_aws.kinesisanalyticsv2.operations.described import detail
from local_aws.kinesisanalyticsv2.state import State
from local_aws.protocol.service import Record
from local_aws.tenant import Tenant

_SUMMARY = ("Operation", "OperationId", "StartTime", "EndTime", "OperationStatus")


def list_application_versions(state: State, tenant: Tenant, given: Record) -> Record:
    """List versions, the newest first."""
    application = state.store.application(tenant, given["ApplicationName"])
    found = state.store.of_application(tenant, "version", application["Name"])
    summaries = [
        {
            "ApplicationVersionId": each["Version"],
            "ApplicationStatus": _status(application, each),
        }
        for each in reversed(found)
    ]
    return pages.page("ApplicationVersionSummaries", summaries, given)


def describe_application_version(state: State, tenant: Tenant, given: Record) -> Record:
    """Tell an application as it was in a version."""
    application = state.store.application(tenant, given["ApplicationName"])
    number = given["ApplicationVersionId"]
    found = state.store.version(tenant, application["Name"], number)
    if found is None:
        raise not_found(f"The application '{application['Name']}' has no version {number}.")
    was = {**application, **found, "Status": _status(application, found)}
    if number != application["Version"]:
        was |= {"Run": {}, "Plan": None}
    return {"ApplicationVersionDetail": detail(was)}


def list_application_operations(state: State, tenant: Tenant, given: Record) -> Record:
    """List operations, the newest first."""
    name = state.store.application(tenant, given["ApplicationName"])["Name"]
    wanted = {key: given[key] for key in ("Operation", "OperationStatus") if key in given}
    found = [
        {key: each[key] for key in _SUMMARY if key in each}
        for each in reversed(state.store.of_application(tenant, "operation", name))
        if wanted.items() <= each.items()
    ]
    return pages.page("ApplicationOperationInfoList", found, given)


def describe_application_operation(state: State, tenant: Tenant, given: Record) -> Record:
    """Tell an operation, and why it failed."""
    name = state.store.application(tenant, given["ApplicationName"])["Name"]
    key = f"{name}/{given['OperationId']}"
    found = state.store.documents.get(tenant, "operation", key)
    if found is None:
        raise not_found(f"The application '{name}' has no operation {given['OperationId']}.")
    told: dict[str, Any] = {name: of for name, of in found.items() if name != "OperationId"}
    return {"ApplicationOperationInfoDetails": told}


def _status(application: Document, version: Document) -> str:
    if version["Version"] == application["Version"]:
        return str(application["Status"])
    return str(version.get("LastStatus", "READY"))
