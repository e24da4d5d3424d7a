"""Applications at work: each in a thread that starts its cluster and keeps it as it should be."""

import contextlib
import logging
import threading
from collections.abc import Callable
from typing import Any, Final

from local_aws.documents import Document
from local_aws.kinesisanalyticsv2 import launching, recovery
from local_aws.kinesisanalyticsv2.flink import processes
from local_aws.kinesisanalyticsv2.flink.cluster import Cluster
from local_aws.kinesisanalyticsv2.flink.distribution import FlinkMissingError
from local_aws.kinesisanalyticsv2.flink.job import ENDED, CancelledError, ClusterError, Restore
from local_aws.kinesisanalyticsv2.flink.processes import Known
from local_aws.kinesisanalyticsv2.keeper import Keeper
from local_aws.kinesisanalyticsv2.store import Store
from local_aws.tenant import Tenant, request_scope

log = logging.getLogger("local_aws")

WATCH_S: Final = 1.0
_PATIENCE_S: Final = 5.0  # with a thread that the end of the server meets at work
_ERROR_CHARACTERS: Final = 512

Key = tuple[Tenant, str]


class Lifecycle:
    """What becomes of applications in the background.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.endpoint = ""
        self._keepers: dict[Key, Keeper] = {}

    def begin(self, endpoint: str) -> None:
        """Start the applications that ran when the server ended, and end what is left of them.

        Parameters
        ----------
        endpoint : str
            The local AWS, for what applications call.
        """
        self.endpoint = endpoint
        for tenant, application in self.store.every():
            processes.end(*[Known(*each) for each in application["Processes"]])
            operation = recovery.settle(self.store, tenant, application)
            if application["Status"] in recovery.RUN_ON:
                restore = recovery.newest(self.store, tenant, application)
                with self.store.lock:
                    self.start(tenant, application, operation, restore)

    def stop(self) -> None:
        """End every cluster; what ran is started again with the server."""
        keepers, self._keepers = list(self._keepers.values()), {}
        for keeper in keepers:
            keeper.cancelled.set()
        clusters = [keeper.cluster for keeper in keepers if keeper.cluster]
        for cluster in clusters:
            cluster.close()
        processes.end(*[each for cluster in clusters for each in cluster.processes])
        for keeper in keepers:
            if keeper.teller:
                keeper.teller.stop()
            if keeper.thread:
                keeper.thread.join(_PATIENCE_S)

    def cluster(self, tenant: Tenant, name: str) -> Cluster | None:
        """Return the cluster of an application, None where it has none."""
        keeper = self._keepers.get((tenant, name))
        return keeper.cluster if keeper else None

    def start(
        self, tenant: Tenant, application: Document, operation: str, restore: Restore
    ) -> None:
        """Let an application become RUNNING, or READY where it does not start."""
        name = application["Name"]

        def run(keeper: Keeper) -> None:
            wrong = self.launch(tenant, name, restore, keeper)
            self.conclude(tenant, name, keeper, wrong)

        self.in_background(tenant, name, operation, run)

    def in_background(
        self,
        tenant: Tenant,
        name: str,
        operation: str,
        work: Callable[[Keeper], None],
        *,
        at_once: bool = False,
    ) -> None:
        """Let a thread of the application's own do something, in the place of what it does now.

        Parameters
        ----------
        tenant, name
            Whose; the store's lock is held.
        operation : str
            The operation that this is, cancelled where another takes its place.
        work : callable
            Is given the keeper, with the cluster that there is.
        at_once : bool
            Whether the cluster is ended first, so that nothing has to be waited for.
        """
        keeper = Keeper(operation)
        previous = self._keepers.get((tenant, name))
        if previous:
            previous.cancelled.set()

        def run() -> None:
            with request_scope(tenant.account, tenant.region):
                if previous:
                    keeper.succeed(previous, at_once=at_once)
                    self.store.finish(tenant, name, previous.operation, "CANCELLED")
                with contextlib.suppress(CancelledError):
                    work(keeper)

        keeper.thread = threading.Thread(target=run, daemon=True, name=f"application-{name}")
        self._keepers[tenant, name] = keeper
        keeper.thread.start()

    def forget(self, tenant: Tenant, name: str) -> None:
        """End the cluster of an application that is deleted."""
        keeper = self._keepers.pop((tenant, name), None)
        if keeper:
            keeper.cancelled.set()
            Keeper("").succeed(keeper, at_once=True)

    def launch(self, tenant: Tenant, name: str, restore: Restore, keeper: Keeper) -> str:
        """Start a cluster and its job; return what went wrong, nothing where every task runs."""
        try:
            application = self.store.application(tenant, name)
            launching.bring_up(self.store, self.endpoint, tenant, application, restore, keeper)
        except (ClusterError, FlinkMissingError, OSError) as error:
            if keeper.cancelled.is_set():
                raise CancelledError from error
            log.warning("the application %s: %s", name, error)
            if keeper.cluster:
                keeper.cluster.end()
            if keeper.teller:
                keeper.teller.failed(str(error))
            return str(error)
        return ""

    def conclude(self, tenant: Tenant, name: str, keeper: Keeper, wrong: str) -> None:
        """Note that an application runs, and watch it; or that it does not, and is READY."""
        if wrong:
            self.settle(
                tenant, name, keeper, "FAILED", Status="READY", Processes=[], error=told(wrong)
            )
            return
        application = self.store.application(tenant, name)
        ran = [each for each in application["Ran"] if each != application["Version"]]
        self.settle(
            tenant,
            name,
            keeper,
            "SUCCESSFUL",
            Status="RUNNING",
            Plan=launching.plan(keeper),
            Ran=[*ran, application["Version"]],
        )
        self.watch(tenant, name, keeper)

    def settle(
        self, tenant: Tenant, name: str, keeper: Keeper, outcome: str, **members: Any
    ) -> None:
        """Note what came of an operation, where nothing has taken its place.

        Raises
        ------
        CancelledError
            Where something has.
        """
        failure = {"OperationFailureDetails": members.pop("error")} if "error" in members else {}
        with self.store.lock:
            if keeper.cancelled.is_set():
                raise CancelledError
            self.store.change(tenant, name, **members)
            self.store.finish(tenant, name, keeper.operation, outcome, **failure)

    def watch(self, tenant: Tenant, name: str, keeper: Keeper) -> None:
        """Keep an application's processes alive, until it ends or something takes its place."""
        while (cluster := keeper.cluster) and not keeper.cancelled.wait(WATCH_S):
            if not cluster.job_manager_runs:
                # what a JobManager knew went with it, but not its checkpoints
                keeper.end()
                application = self.store.application(tenant, name)
                restore = recovery.newest(self.store, tenant, application)
                if wrong := self.launch(tenant, name, restore, keeper):
                    self.settle(tenant, name, keeper, "FAILED", Status="READY", Processes=[])
                    log.warning("the application %s could not be started again: %s", name, wrong)
                    return
                continue
            cluster.replace_task_manager()
            if cluster.job and cluster.job.state()[0] in ENDED:
                keeper.end()
                self.settle(tenant, name, keeper, "SUCCESSFUL", Status="READY", Processes=[])
                return


def told(error: str) -> dict[str, object]:
    """Make the failure of an operation; of a long text the beginning and the end count."""
    half = _ERROR_CHARACTERS // 2 - 2
    short = error if len(error) <= _ERROR_CHARACTERS else f"{error[:half]} … {error[-half:]}"
    return {"ErrorInfo": {"ErrorString": short}}
