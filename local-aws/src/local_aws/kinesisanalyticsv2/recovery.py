"""Where an application goes on after its JobManager, or the server itself, was killed."""

import shutil
from pathlib import Path
from typing import Final

from local_aws.documents import Document
from local_aws.kinesisanalyticsv2 import snapshots
from local_aws.kinesisanalyticsv2.flink.job import Restore
from local_aws.kinesisanalyticsv2.store import Store
from local_aws.tenant import Tenant

_UNDER_WAY: Final = frozenset({"UPDATING", "ROLLING_BACK"})
RUN_ON: Final = frozenset({"STARTING", "RUNNING"}) | _UNDER_WAY
"""Statuses in which an application is started again with the server."""


def begin(store: Store, tenant: Tenant, application: Document, run: str, restore: Restore) -> Path:
    """Note that a run begins, and return the folder of its checkpoints.

    Those of former runs go, but for the one that it begins with.
    """
    place = store.kept(application) / "checkpoints"
    for folder in place.iterdir() if place.exists() else ():
        if not (restore.place or "").startswith(folder.as_uri()):
            shutil.rmtree(folder, ignore_errors=True)
    store.change(tenant, application["Name"], RunFolder=run, Restore=list(restore))
    return place / run


def newest(store: Store, tenant: Tenant, application: Document) -> Restore:
    """Find the state that an application had last: a checkpoint, else what it began with."""
    began = Restore(*application.get("Restore") or (None, False))
    run = store.kept(application) / "checkpoints" / str(application.get("RunFolder"))
    found = list(run.glob("*/chk-*/_metadata"))
    if application["Status"] in _UNDER_WAY:
        # the snapshot that was taken first may be newer
        latest = snapshots.newest(store, tenant, application["Name"])
        if latest:
            found.append(Path(latest["Place"].removeprefix("file:")) / "_metadata")
    if not found:
        return began
    last = max(found, key=lambda each: each.stat().st_mtime)
    return Restore(last.parent.as_uri(), began.allow_non_restored)


def settle(store: Store, tenant: Tenant, application: Document) -> str:
    """Put right what was under way when the server ended; return the operation that goes on."""
    name, goes_on = application["Name"], ""
    for snapshot in store.of_application(tenant, "snapshot", name):
        if snapshot["SnapshotStatus"] == "CREATING":
            snapshots.finish(store, tenant, name, snapshot, None)
    for operation in store.of_application(tenant, "operation", name):
        if operation["OperationStatus"] == "IN_PROGRESS":
            goes_on = operation["OperationId"]
    if application["Status"] == "DELETING":
        store.delete(tenant, application)
    elif application["Status"] not in RUN_ON | {"READY"}:  # it was being stopped
        store.change(tenant, name, Status="READY", Processes=[])
        store.finish(tenant, name, goes_on, "SUCCESSFUL")
    return goes_on
