"""Applications: made, told, listed and deleted."""

import secrets
import time
import uuid
from typing import Final

from local_aws.documents import Document
from local_aws.kinesisanalyticsv2 import code, configuration
from local_aws.kinesisanalyticsv2.errors import (
    concurrent,
    in_use,
    invalid_argument,
    limit_exceeded,
)
from local_aws.kinesisanalyticsv2.operations import logging_options, pages, tags
from local_aws.kinesisanalyticsv2.operations.described import detail
from local_aws.kinesisanalyticsv2.state import State
from local_aws.protocol.errors import not_supported
from local_aws.protocol.service import Record
from local_aws.tenant import Tenant

APPLICATIONS: Final = 100
"""Of an account in a region."""


def create_application(state: State, tenant: Tenant, given: Record) -> Record:
    """Make an application, READY to be started."""
    name, runtime = given["ApplicationName"], given["RuntimeEnvironment"]
    mode = given.get("ApplicationMode") or _mode(runtime)
    if runtime.startswith("SQL"):
        raise not_supported("applications in SQL (RuntimeEnvironment SQL-1_0)")
    if mode != _mode(runtime):
        raise invalid_argument(f"The ApplicationMode {mode} does not go with {runtime}.")
    now = int(time.time())
    application: Document = {
        "Id": uuid.uuid4().hex,
        "Name": name,
        "ARN": f"arn:aws:kinesisanalytics:{tenant.region}:{tenant.account}:application/{name}",
        "Created": now,
        "Updated": now,
        "VersionCreated": now,
        "Status": "READY",
        "Version": 1,
        "CodeVersion": 1,
        "Token": secrets.token_hex(8),
        "Runtime": runtime,
        "Role": given["ServiceExecutionRole"],
        "Mode": mode,
        "Description": given.get("ApplicationDescription", ""),
        "Configuration": configuration.checked(given.get("ApplicationConfiguration") or {}, mode),
        "Logging": [
            {"CloudWatchLoggingOptionId": f"1.{number}", **option}
            for number, option in enumerate(given.get("CloudWatchLoggingOptions") or [], start=1)
        ],
        "Window": "06:00",
        "Tags": tags.listed(given.get("Tags") or []),
        "Run": {},
        "Processes": [],
        "Ran": [],
    }
    tags.check(application["Tags"])
    logging_options.check(application["Logging"])
    found = code.read(application)
    with state.store.lock:
        if state.store.documents.get(tenant, "application", name):
            raise in_use(f"Application '{name}' already exists.")
        if len(state.store.documents.all(tenant, "application")) >= APPLICATIONS:
            raise limit_exceeded(f"There are {APPLICATIONS} applications in {tenant.region}.")
        if found:
            application["Code"] = found.facts
            code.keep(state.store.kept(application), 1, found)
        content = application["Configuration"].get("ApplicationCodeConfiguration", {})
        content.get("CodeContent", {}).pop("ZipFileContent", None)
        state.store.put(tenant, application)
        state.store.put_version(tenant, application)
    return {"ApplicationDetail": detail(application)}


def describe_application(state: State, tenant: Tenant, given: Record) -> Record:
    """Tell an application; its job's plan where it is asked for."""
    application = state.store.application(tenant, given["ApplicationName"])
    plan = bool(given.get("IncludeAdditionalDetails"))
    return {"ApplicationDetail": detail(application, plan=plan)}


def list_applications(state: State, tenant: Tenant, given: Record) -> Record:
    """List applications by their name."""
    found = state.store.documents.all(tenant, "application")
    summaries = [
        {
            "ApplicationName": each["Name"],
            "ApplicationARN": each["ARN"],
            "ApplicationStatus": each["Status"],
            "ApplicationVersionId": each["Version"],
            "RuntimeEnvironment": each["Runtime"],
            "ApplicationMode": each["Mode"],
        }
        for each in sorted(found, key=lambda each: str(each["Name"]))
    ]
    return pages.page("ApplicationSummaries", summaries, given)


def delete_application(state: State, tenant: Tenant, given: Record) -> Record:
    """Delete an application with its snapshots; one that runs is ended without a snapshot."""
    name = given["ApplicationName"]
    with state.store.lock:
        application = state.store.application(tenant, name)
        if round(given["CreateTimestamp"]) != application["Created"]:
            raise concurrent(
                f"The CreateTimestamp of the application '{name}' is another one: call "
                "DescribeApplication to fetch it."
            )
        if application["Status"] not in {"READY", "RUNNING"}:
            raise in_use(f"Application cannot be deleted in '{application['Status']}' state")
        state.store.change(tenant, name, Status="DELETING")
    state.lifecycle.forget(tenant, name)
    state.store.delete(tenant, application)
    return {}


def _mode(runtime: str) -> str:
    return "INTERACTIVE" if runtime.startswith("ZEPPELIN") else "STREAMING"
