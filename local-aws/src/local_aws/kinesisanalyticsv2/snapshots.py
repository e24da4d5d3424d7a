"""Snapshots of applications: Flink's savepoints, with a name and a version."""

import time
from typing import Final

from local_aws.documents import Document
from local_aws.kinesisanalyticsv2 import configuration
from local_aws.kinesisanalyticsv2.errors import invalid_argument, invalid_configuration
from local_aws.kinesisanalyticsv2.flink.cluster import Cluster
from local_aws.kinesisanalyticsv2.flink.job import Job, Restore
from local_aws.kinesisanalyticsv2.store import Store
from local_aws.protocol.service import Record
from local_aws.tenant import Tenant

READY: Final = "READY"


def enabled(application: Document) -> bool:
    """Say whether stop and update take a snapshot."""
    given = application["Configuration"]["ApplicationSnapshotConfiguration"]
    return bool(given["SnapshotsEnabled"])


def check_whole(cluster: Cluster | None) -> Job:
    """Return a job that a snapshot can be taken of: each of its tasks runs.

    Raises
    ------
    ServiceError
        InvalidApplicationConfigurationException.
    """
    job = cluster.job if cluster and cluster.runs_whole() else None
    if job is None:
        raise invalid_configuration(
            "Failed to take snapshot for the application at this moment. The application is "
            "currently experiencing downtime. Please check the application's CloudWatch metrics or "
            "CloudWatch logs for any possible errors and retry the request. You can also retry the "
            "request after disabling the snapshots in the Managed Service for Apache Flink console "
            "or by updating the ApplicationSnapshotConfiguration through the AWS SDK."
        )
    return job


def restore(store: Store, tenant: Tenant, name: str, run: Record) -> Restore:
    """Find what an application is to begin with.

    Raises
    ------
    ServiceError
        InvalidArgumentException where a snapshot that was named cannot be restored.
    """
    wanted = run["ApplicationRestoreConfiguration"]
    allowed = run["FlinkRunConfiguration"]["AllowNonRestoredState"]
    kind = wanted["ApplicationRestoreType"]
    if kind == configuration.SKIP:
        return Restore(None, allowed)
    if kind == configuration.CUSTOM:
        found = store.snapshot(tenant, name, wanted["SnapshotName"])
        if found is None or found["SnapshotStatus"] != READY:
            what = "does not exist" if found is None else f"is {found['SnapshotStatus']}"
            raise invalid_argument(
                f"The snapshot {wanted['SnapshotName']} of the restore configuration {what}."
            )
        return Restore(found["Place"], allowed)
    latest = newest(store, tenant, name)
    return Restore(latest["Place"] if latest else None, allowed)


def newest(store: Store, tenant: Tenant, name: str) -> Document | None:
    """Return the last snapshot that can be restored."""
    ready = [
        each
        for each in store.of_application(tenant, "snapshot", name)
        if each["SnapshotStatus"] == READY
    ]
    return ready[-1] if ready else None


def begin(store: Store, tenant: Tenant, application: Document, name: str, version: int) -> Document:
    """Note that a snapshot of a version is being taken."""
    key = application["Configuration"]["ApplicationEncryptionConfiguration"]
    made: Document = {
        "SnapshotName": name,
        "SnapshotStatus": "CREATING",
        "ApplicationVersionId": version,
        "SnapshotCreationTimestamp": int(time.time()),
        "RuntimeEnvironment": application["Runtime"],
        "ApplicationEncryptionConfigurationDescription": key,
    }
    store.put_snapshot(tenant, application["Name"], made)
    return made


def finish(
    store: Store, tenant: Tenant, application: str, snapshot: Document, place: str | None
) -> None:
    """Note where a snapshot lies, or that it failed."""
    ended = {**snapshot, "SnapshotStatus": READY if place else "FAILED"}
    if place:
        ended["Place"] = place
    store.put_snapshot(tenant, application, ended)
