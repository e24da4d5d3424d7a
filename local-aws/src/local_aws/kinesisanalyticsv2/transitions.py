"""What follows a running application: its end, a new version, the former one."""

import time

from local_aws.documents import Document
from local_aws.kinesisanalyticsv2 import configuration, snapshots, versions
from local_aws.kinesisanalyticsv2.flink.job import CancelledError, ClusterError
from local_aws.kinesisanalyticsv2.keeper import Keeper
from local_aws.kinesisanalyticsv2.lifecycle import Lifecycle, told
from local_aws.tenant import Tenant


def stop(
    lifecycle: Lifecycle,
    tenant: Tenant,
    application: Document,
    operation: str,
    *,
    snapshot: bool,
    forced: bool,
) -> None:
    """Let an application become READY; where its snapshot fails, it goes on."""
    name = application["Name"]

    def run(keeper: Keeper) -> None:
        wrong = ""
        if snapshot:
            wrong = _end_with_snapshot(lifecycle, tenant, application, "STOP", keeper)
        if wrong:
            error = told(wrong)
            lifecycle.settle(tenant, name, keeper, "FAILED", Status="RUNNING", error=error)
            lifecycle.watch(tenant, name, keeper)
            return
        keeper.end()
        lifecycle.settle(tenant, name, keeper, "SUCCESSFUL", Status="READY", Processes=[])

    lifecycle.in_background(tenant, name, operation, run, at_once=forced)


def update(
    lifecycle: Lifecycle, tenant: Tenant, before: Document, after: Document, operation: str
) -> None:
    """Let the next version of a running application run, from a snapshot where it takes them."""
    name = after["Name"]
    store = lifecycle.store

    def run(keeper: Keeper) -> None:
        if snapshots.enabled(after):
            kind = "UPDATEAPPLICATION"
            if wrong := _end_with_snapshot(lifecycle, tenant, before, kind, keeper):
                versions.revert(store, tenant, name, before["Version"])
                error = told(wrong)
                lifecycle.settle(tenant, name, keeper, "FAILED", Status="RUNNING", error=error)
                lifecycle.watch(tenant, name, keeper)
                return
        keeper.end()
        restore = snapshots.restore(store, tenant, name, after["Run"])
        wrong = lifecycle.launch(tenant, name, restore, keeper)
        rolls_back = after["Configuration"]["ApplicationSystemRollbackConfiguration"]
        if wrong and rolls_back["RollbackEnabled"]:
            _roll_back_by_itself(lifecycle, tenant, before, keeper, wrong)
            return
        lifecycle.conclude(tenant, name, keeper, wrong)

    lifecycle.in_background(tenant, name, operation, run)


def roll_back(lifecycle: Lifecycle, tenant: Tenant, application: Document, operation: str) -> None:
    """Let an application that has become a former version again run, from the last snapshot."""
    name = application["Name"]

    def run(keeper: Keeper) -> None:
        restore = snapshots.restore(lifecycle.store, tenant, name, application["Run"])
        lifecycle.conclude(tenant, name, keeper, lifecycle.launch(tenant, name, restore, keeper))

    lifecycle.in_background(tenant, name, operation, run, at_once=True)


def _roll_back_by_itself(
    lifecycle: Lifecycle, tenant: Tenant, before: Document, keeper: Keeper, wrong: str
) -> None:
    """Let the version before run again, since the next one does not start."""
    store, name = lifecycle.store, before["Name"]
    made = versions.revert(store, tenant, name, before["Version"])
    change = {
        "ApplicationVersionUpdatedFrom": made["UpdatedFrom"],
        "ApplicationVersionUpdatedTo": made["Version"],
    }
    operation = store.begin(
        tenant, name, "RollbackApplication", ApplicationVersionChangeDetails=change
    )
    error = {**told(wrong), "RollbackOperationId": operation}
    run = configuration.run_configuration({})
    lifecycle.settle(tenant, name, keeper, "FAILED", Status="ROLLING_BACK", Run=run, error=error)
    keeper.operation = operation
    restore = snapshots.restore(store, tenant, name, run)
    lifecycle.conclude(tenant, name, keeper, lifecycle.launch(tenant, name, restore, keeper))


def _end_with_snapshot(
    lifecycle: Lifecycle, tenant: Tenant, application: Document, kind: str, keeper: Keeper
) -> str:
    """End a job with a snapshot; return what went wrong, and the job runs on then."""
    store, name = lifecycle.store, application["Name"]
    named = f"{kind}-{name}-{round(time.time() * 1000)}"
    version = application["Version"]
    snapshot = snapshots.begin(store, tenant, application, named, version)
    place, wrong = None, ""
    try:
        if keeper.cluster is None or keeper.cluster.job is None:
            raise ClusterError("The application has no job.")
        place = keeper.cluster.job.stop(store.kept(application) / "snapshots")
    except ClusterError as error:
        wrong = str(error)
    snapshots.finish(store, tenant, name, snapshot, place)
    if keeper.cancelled.is_set():
        raise CancelledError
    return wrong
