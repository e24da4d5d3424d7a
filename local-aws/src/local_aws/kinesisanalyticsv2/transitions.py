"""What follows a running application: its end, a new version, the former one."""

import time

from local_aws.documents import Document
from local_aws.kinesisanalyticsv2 import snapshots
from local_aws.kinesisanalyticsv2.flink.cluster import ClusterError
from local_aws.kinesisanalyticsv2.lifecycle import Keeper, Lifecycle, told
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
        if snapshot and (wrong := _end_with_snapshot(lifecycle, tenant, name, "STOP", keeper)):
            error = told(wrong)
            lifecycle.settle(tenant, name, keeper, "FAILED", Status="RUNNING", error=error)
            lifecycle.watch(tenant, name, keeper)
            return
        if keeper.cluster:
            keeper.cluster.end()
        lifecycle.settle(tenant, name, keeper, "SUCCESSFUL", Status="READY", Processes=[])

    lifecycle.in_background(tenant, name, operation, run, at_once=forced)


def _end_with_snapshot(
    lifecycle: Lifecycle, tenant: Tenant, name: str, kind: str, keeper: Keeper
) -> str:
    """End a job with a snapshot; return what went wrong, and the job runs on then."""
    store = lifecycle.store
    application = store.application(tenant, name)
    named = f"{kind}-{name}-{round(time.time() * 1000)}"
    version = application["Version"]
    snapshot = snapshots.begin(store, tenant, application, named, version)
    place, wrong = None, ""
    try:
        if keeper.cluster is None:
            raise ClusterError("The application has no cluster.")
        place = keeper.cluster.stop(store.kept(application) / "snapshots")
    except ClusterError as error:
        wrong = str(error)
    snapshots.finish(store, tenant, name, snapshot, place)
    return wrong
