"""Applications changed, and taken back to the version before."""

from typing import Final

from local_aws.documents import Document
from local_aws.kinesisanalyticsv2 import code, configuration, snapshots, transitions, versions
from local_aws.kinesisanalyticsv2.errors import (
    concurrent,
    in_use,
    invalid_argument,
    invalid_request,
)
from local_aws.kinesisanalyticsv2.operations import logging_options, running
from local_aws.kinesisanalyticsv2.operations.described import detail
from local_aws.kinesisanalyticsv2.state import State
from local_aws.protocol.errors import not_supported
from local_aws.protocol.service import Record
from local_aws.tenant import Tenant

_ROLLED_BACK: Final = frozenset({"UPDATING", "AUTOSCALING", "RUNNING"})
_RESTARTS: Final = (
    "ApplicationConfigurationUpdate",
    "ServiceExecutionRoleUpdate",
    "RuntimeEnvironmentUpdate",
    "RunConfigurationUpdate",
)


def update_application(state: State, tenant: Tenant, given: Record) -> Record:
    """Change an application; one that runs is started anew, from a snapshot where it takes them."""
    store, name = state.store, given["ApplicationName"]
    with store.lock:
        before = versions.present(store, tenant, given)
        run = configuration.run_configuration(given.get("RunConfigurationUpdate") or {})
        after = _changed(before, given)
        snapshots.restore(store, tenant, name, run)
        restarts = before["Status"] == "RUNNING" and any(given.get(each) for each in _RESTARTS)
        if restarts:
            running.check_runnable(state, after)
            if snapshots.enabled(after):
                snapshots.check_whole(state.lifecycle.cluster(tenant, name))
        found = _new_code(before, after)
        if found:
            after |= {"Code": found.facts, "CodeVersion": before["Version"] + 1}
            code.keep(store.kept(before), before["Version"] + 1, found)
        members = {key: after[key] for key in after if after[key] != before.get(key)}
        made = versions.advance(store, tenant, before, **members, Run=run)
        operation = store.begin(
            tenant, name, "UpdateApplication", ApplicationVersionChangeDetails=_change(made)
        )
        if restarts:
            made["Status"] = "UPDATING"
            store.put(tenant, made)
            transitions.update(state.lifecycle, tenant, before, made, operation)
        else:
            store.finish(tenant, name, operation, "SUCCESSFUL")
    return {"ApplicationDetail": detail(made), "OperationId": operation}


def rollback_application(state: State, tenant: Tenant, given: Record) -> Record:
    """Let the version that ran before run again, from the last snapshot."""
    store, name = state.store, given["ApplicationName"]
    with store.lock:
        application = store.application(tenant, name)
        if given["CurrentApplicationVersionId"] != application["Version"]:
            raise concurrent(f"The present version of '{name}' is {application['Version']}.")
        if application["Status"] not in _ROLLED_BACK:
            raise in_use(f"Application cannot be rolled back in '{application['Status']}' state")
        ran = [each for each in application["Ran"] if each != application["Version"]]
        if not ran:
            raise invalid_request(f"The application '{name}' ran in no version before this one.")
        if snapshots.newest(store, tenant, name) is None:
            raise invalid_request(f"The application '{name}' has no snapshot to be rolled back to.")
        made = versions.revert(store, tenant, name, ran[-1])
        operation = store.begin(
            tenant, name, "RollbackApplication", ApplicationVersionChangeDetails=_change(made)
        )
        made |= {"Status": "ROLLING_BACK", "Run": configuration.run_configuration({})}
        store.put(tenant, made)
        transitions.roll_back(state.lifecycle, tenant, made, operation)
    return {"ApplicationDetail": detail(made), "OperationId": operation}


def _changed(before: Document, given: Record) -> Document:
    after = dict(before)
    if role := given.get("ServiceExecutionRoleUpdate"):
        after["Role"] = role
    if runtime := given.get("RuntimeEnvironmentUpdate"):
        if runtime.startswith("ZEPPELIN") != (before["Mode"] == "INTERACTIVE"):
            raise invalid_argument(f"{before['Runtime']} cannot become {runtime}.")
        if runtime.startswith("SQL"):
            raise not_supported("applications in SQL (RuntimeEnvironment SQL-1_0)")
        after["Runtime"] = runtime
    if update := given.get("ApplicationConfigurationUpdate"):
        after["Configuration"] = configuration.updated(
            before["Configuration"], update, before["Mode"]
        )
    after["Logging"] = list(before["Logging"])
    for change in given.get("CloudWatchLoggingOptionUpdates") or []:
        known = [each["CloudWatchLoggingOptionId"] for each in after["Logging"]]
        if change["CloudWatchLoggingOptionId"] not in known:
            raise invalid_argument(
                f"There is no CloudWatchLoggingOptionId {change['CloudWatchLoggingOptionId']}."
            )
        at = known.index(change["CloudWatchLoggingOptionId"])
        stream = change.get("LogStreamARNUpdate") or after["Logging"][at]["LogStreamARN"]
        after["Logging"][at] = {**after["Logging"][at], "LogStreamARN": stream}
    logging_options.check(after["Logging"])
    return after


def _new_code(before: Document, after: Document) -> code.Code | None:
    """Read the code where another one is named: the same object is not loaded again."""
    was, becomes = (
        (each["Configuration"].get("ApplicationCodeConfiguration") or {}).get("CodeContent") or {}
        for each in (before, after)
    )
    same = was == becomes and "ZipFileContent" not in becomes
    found = None if same and before["Role"] == after["Role"] else code.read(after)
    becomes.pop("ZipFileContent", None)
    return None if same else found


def _change(application: Document) -> Record:
    return {
        "ApplicationVersionUpdatedFrom": application["UpdatedFrom"],
        "ApplicationVersionUpdatedTo": application["Version"],
    }
