"""Applications at work: each in a thread that starts its cluster and keeps it as it should be."""

import contextlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from local_aws.documents import Document
from local_aws.functions import credentials
from local_aws.kinesisanalyticsv2 import code
from local_aws.kinesisanalyticsv2.flink import processes
from local_aws.kinesisanalyticsv2.flink.cluster import (
    ENDED,
    CancelledError,
    Cluster,
    ClusterError,
    Restore,
)
from local_aws.kinesisanalyticsv2.flink.processes import Known
from local_aws.kinesisanalyticsv2.flink.setup import Folders, Setup
from local_aws.kinesisanalyticsv2.store import Store
from local_aws.tenant import Tenant, request_scope

log = logging.getLogger("local_aws")

WATCH_S: Final = 1.0
_FOREVER_S: Final = 10 * 365 * 86_400
"""The service gives a running application new credentials before the old ones expire."""
_ERROR_CHARACTERS: Final = 512

Key = tuple[Tenant, str]


@dataclass
class Keeper:
    """The thread of one application, what it does, and what it keeps."""

    operation: str
    cancelled: threading.Event = field(default_factory=threading.Event)
    cluster: Cluster | None = None
    thread: threading.Thread | None = None


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
            _end_left(application)
            if application["Status"] in {"RUNNING", "STARTING", "UPDATING", "ROLLING_BACK"}:
                self.start(tenant, application, "", _newest_checkpoint(self.store, application))
            elif application["Status"] != "READY":
                self.store.change(tenant, application["Name"], Status="READY")

    def stop(self) -> None:
        """End every cluster; what ran is started again with the server."""
        keepers, self._keepers = list(self._keepers.values()), {}
        for keeper in keepers:
            keeper.cancelled.set()
        processes.end(*[each for keeper in keepers for each in _processes(keeper)])

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
            if wrong := self.launch(tenant, name, restore, keeper):
                self.settle(
                    tenant, name, keeper, "FAILED", Status="READY", Processes=[], error=told(wrong)
                )
                return
            self.settle(tenant, name, keeper, "SUCCESSFUL", Status="RUNNING")
            self.watch(tenant, name, keeper)

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
                    self._succeed(previous, keeper, at_once=at_once)
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
            self._succeed(keeper, Keeper(""), at_once=True)

    @staticmethod
    def _succeed(previous: Keeper, keeper: Keeper, *, at_once: bool) -> None:
        if at_once and previous.cluster:
            previous.cluster.end()
        if previous.thread:
            previous.thread.join()
        if at_once and previous.cluster:
            previous.cluster.end()  # it may have come up meanwhile
        keeper.cluster = previous.cluster

    def settle(
        self, tenant: Tenant, name: str, keeper: Keeper, outcome: str, **members: object
    ) -> None:
        """Note what came of an operation, where nothing has taken its place.

        Raises
        ------
        CancelledError
            Where something has.
        """
        with self.store.lock:
            if keeper.cancelled.is_set():
                raise CancelledError
            error = members.pop("error", None)
            self.store.change(tenant, name, **members)
            failure = {"OperationFailureDetails": error} if error else {}
            self.store.finish(tenant, name, keeper.operation, outcome, **failure)

    def launch(self, tenant: Tenant, name: str, restore: Restore, keeper: Keeper) -> str:
        """Start a cluster and its job; return what went wrong, nothing where every task runs."""
        try:
            self.bring_up(tenant, self.store.application(tenant, name), restore, keeper)
        except ClusterError as error:
            if keeper.cancelled.is_set():
                raise CancelledError from error
            log.warning("the application %s: %s", name, error)
            if keeper.cluster:
                keeper.cluster.end()
            return str(error)
        return ""

    def bring_up(
        self, tenant: Tenant, application: Document, restore: Restore, keeper: Keeper
    ) -> None:
        """Start a cluster of an application's present version, and its job.

        Raises
        ------
        ClusterError, CancelledError
        """
        name = application["Name"]
        work = self.store.scratch(application)
        kept = self.store.kept(application)
        archive = kept / "code" / f"{application['CodeVersion']}.zip"
        program, properties = code.lay_out(application, archive, work)

        def note(running: list[Known]) -> None:
            self.store.change(tenant, name, Processes=running)

        cluster = Cluster(
            _setup(application),
            Folders(work, kept / "checkpoints"),
            self._variables(tenant, application),
            properties,
            note,
        )
        keeper.cluster = cluster
        cluster.start(keeper.cancelled)
        cluster.submit(program, restore)
        cluster.await_running(keeper.cancelled)

    def watch(self, tenant: Tenant, name: str, keeper: Keeper) -> None:
        """Keep an application's processes alive, until it ends or something takes its place."""
        cluster = keeper.cluster
        while cluster and not keeper.cancelled.wait(WATCH_S):
            if cluster.task_manager and not processes.alive(cluster.task_manager):
                cluster.launch_task_manager()
            state, _ = cluster.state()
            if state in ENDED:
                cluster.end()
                self.settle(tenant, name, keeper, "SUCCESSFUL", Status="READY", Processes=[])
                return

    def _variables(self, tenant: Tenant, application: Document) -> dict[str, str]:
        return {
            **credentials.of_role(application["Role"], application["Name"], _FOREVER_S),
            "AWS_REGION": tenant.region,
            "AWS_DEFAULT_REGION": tenant.region,
            "AWS_ENDPOINT_URL": self.endpoint,
        }


def told(error: str) -> dict[str, object]:
    """Make the failure of an operation."""
    return {"ErrorInfo": {"ErrorString": error[:_ERROR_CHARACTERS]}}


def _setup(application: Document) -> Setup:
    given = application["Configuration"]["FlinkApplicationConfiguration"]
    checkpoints = given["CheckpointConfiguration"]
    return Setup(
        int(given["ParallelismConfiguration"]["Parallelism"]),
        int(checkpoints["CheckpointInterval"]) if checkpoints["CheckpointingEnabled"] else None,
        int(checkpoints["MinPauseBetweenCheckpoints"]),
        str(given["MonitoringConfiguration"]["LogLevel"]),
        {
            "applicationARN": application["ARN"],
            "applicationVersionId": str(application["Version"]),
            "messageSchemaVersion": "1",
        },
    )


def _newest_checkpoint(store: Store, application: Document) -> Restore:
    place = store.kept(application) / "checkpoints"
    found: list[Path] = list(place.glob("*/chk-*/_metadata")) if place.exists() else []
    newest = max(found, key=lambda each: each.stat().st_mtime, default=None)
    return Restore(newest.parent.as_uri() if newest else None)


def _processes(keeper: Keeper) -> list[Known]:
    cluster = keeper.cluster
    if cluster is None:
        return []
    return [each for each in (cluster.job_manager, cluster.task_manager) if each]


def _end_left(application: Document) -> None:
    left = [Known(*each) for each in application.get("Processes") or []]
    processes.end(*left)
