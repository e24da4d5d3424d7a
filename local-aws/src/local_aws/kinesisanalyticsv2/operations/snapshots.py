"""Snapshots: taken, told, listed and deleted."""

import threading
from typing import Final

from local_aws.documents import Document
from local_aws.kinesisanalyticsv2 import snapshots
from local_aws.kinesisanalyticsv2.errors import (
    AnalyticsError,
    in_use,
    invalid_argument,
    invalid_request,
    limit_exceeded,
    not_found,
)
from local_aws.kinesisanalyticsv2.flink.job import ClusterError, Job
from local_aws.kinesisanalyticsv2.operations import pages
from local_aws.kinesisanalyticsv2.state import State
from local_aws.protocol.service import Record
from local_aws.tenant import Tenant, request_scope

SNAPSHOTS: Final = 1000
"""Of an application."""


def create_application_snapshot(state: State, tenant: Tenant, given: Record) -> Record:
    """Take a snapshot of a running application, which runs on."""
    store, name = state.store, given["ApplicationName"]
    with store.lock:
        application = _streaming(state, tenant, given)
        if application["Status"] != "RUNNING":
            raise invalid_request(
                f"Application {name} is in {application['Status']} status. Snapshot creation is "
                "only allowed when application is in RUNNING status"
            )
        if store.snapshot(tenant, name, given["SnapshotName"]):
            raise in_use(
                f"Provided Snapshot name {given['SnapshotName']} already exists for application "
                f"{name}"
            )
        if len(store.of_application(tenant, "snapshot", name)) >= SNAPSHOTS:
            raise limit_exceeded(f"The application '{name}' has {SNAPSHOTS} snapshots.")
        job = snapshots.check_whole(state.lifecycle.cluster(tenant, name))
        version = application["Version"]
        made = snapshots.begin(store, tenant, application, given["SnapshotName"], version)
    threading.Thread(
        target=_take, args=(state, tenant, application, job, made), daemon=True
    ).start()
    return {}


def describe_application_snapshot(state: State, tenant: Tenant, given: Record) -> Record:
    """Tell a snapshot."""
    return {"SnapshotDetails": _told(_found(state, tenant, given))}


def list_application_snapshots(state: State, tenant: Tenant, given: Record) -> Record:
    """List snapshots, the oldest first."""
    _streaming(state, tenant, given)
    found = state.store.of_application(tenant, "snapshot", given["ApplicationName"])
    return pages.page("SnapshotSummaries", [_told(each) for each in found], given)


def delete_application_snapshot(state: State, tenant: Tenant, given: Record) -> Record:
    """Delete a snapshot; its creation time says that it is the right one."""
    with state.store.lock:
        snapshot = _found(state, tenant, given)
        if snapshot["SnapshotStatus"] == "CREATING":
            raise in_use(f"The snapshot {snapshot['SnapshotName']} is being taken.")
        if round(given["SnapshotCreationTimestamp"]) != snapshot["SnapshotCreationTimestamp"]:
            raise invalid_argument(
                f"Snapshot '{snapshot['SnapshotName']}' has another SnapshotCreationTimestamp: "
                "call DescribeApplicationSnapshot to fetch it."
            )
        state.store.delete_snapshot(tenant, given["ApplicationName"], snapshot)
    return {}


def _take(state: State, tenant: Tenant, application: Document, job: Job, made: Document) -> None:
    with request_scope(tenant.account, tenant.region):
        try:
            place = job.savepoint(state.store.kept(application) / "snapshots")
        except ClusterError:
            place = None
        snapshots.finish(state.store, tenant, application["Name"], made, place)


def _streaming(state: State, tenant: Tenant, given: Record) -> Document:
    application = state.store.application(tenant, given["ApplicationName"])
    if application["Mode"] != "STREAMING":
        raise AnalyticsError(
            "UnsupportedOperationException", "Interactive applications have no snapshots."
        )
    return application


def _found(state: State, tenant: Tenant, given: Record) -> Document:
    name, snapshot = given["ApplicationName"], given["SnapshotName"]
    _streaming(state, tenant, given)
    found = state.store.snapshot(tenant, name, snapshot)
    if found is None:
        raise not_found(f"Snapshot '{snapshot}' does not exist for application {name}.")
    return found


def _told(snapshot: Document) -> Record:
    return {name: value for name, value in snapshot.items() if name != "Place"}
