"""Applications started and stopped."""

from typing import Final

from local_aws.documents import Document
from local_aws.kinesisanalyticsv2 import code, configuration, snapshots, transitions
from local_aws.kinesisanalyticsv2.errors import in_use
from local_aws.kinesisanalyticsv2.flink import distribution
from local_aws.kinesisanalyticsv2.state import State
from local_aws.protocol.errors import not_supported
from local_aws.protocol.service import Record
from local_aws.tenant import Tenant

_FORCED: Final = frozenset({"STARTING", "UPDATING", "STOPPING", "AUTOSCALING", "RUNNING"})


def start_application(state: State, tenant: Tenant, given: Record) -> Record:
    """Start an application, from the snapshot that is asked for."""
    store, name = state.store, given["ApplicationName"]
    with store.lock:
        application = store.application(tenant, name)
        if application["Status"] != "READY":
            raise in_use(f"Application cannot be started in '{application['Status']}' state")
        check_runnable(state, application)
        run = configuration.run_configuration(given.get("RunConfiguration") or {})
        restore = snapshots.restore(store, tenant, name, run)
        operation = store.begin(tenant, name, "StartApplication")
        store.change(tenant, name, Status="STARTING", Run=run)
        state.lifecycle.start(tenant, application, operation, restore)
    return {"OperationId": operation}


def stop_application(state: State, tenant: Tenant, given: Record) -> Record:
    """Stop an application: with a snapshot where it takes them, at once where that is forced."""
    store, name, forced = state.store, given["ApplicationName"], bool(given.get("Force"))
    with store.lock:
        application = store.application(tenant, name)
        status = application["Status"]
        if status not in _FORCED or (status != "RUNNING" and not forced):
            raise in_use(f"Application cannot be stopped in '{status}' state")
        snapshot = not forced and snapshots.enabled(application)
        if snapshot:
            snapshots.check_whole(state.lifecycle.cluster(tenant, name))
        operation = store.begin(tenant, name, "StopApplication")
        store.change(tenant, name, Status="FORCE_STOPPING" if forced else "STOPPING")
        transitions.stop(
            state.lifecycle, tenant, application, operation, snapshot=snapshot, forced=forced
        )
    return {"OperationId": operation}


def check_runnable(state: State, application: Document) -> None:
    """Refuse by name what cannot run here."""
    if application["Mode"] == "INTERACTIVE":
        raise not_supported(
            "notes of Studio that run: run the note in JupyterLab, where each of its paragraphs is "
            "a cell (%flink.ssql becomes %%flink.ssql)"
        )
    if application["Runtime"] != distribution.RUNTIME:
        raise not_supported(f"{application['Runtime']}: applications run on {distribution.RUNTIME}")
    try:
        distribution.find()
    except distribution.FlinkMissingError as error:
        raise not_supported(f"StartApplication here: {error}") from error
    archive = state.store.kept(application) / "code" / f"{application['CodeVersion']}.zip"
    code.refuse_java(application, archive)
