"""Runs of jobs: started, stopped, described, listed; what an earlier process did not end failed."""

import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from local_aws.databrew import resources
from local_aws.databrew.errors import not_found
from local_aws.databrew.jobs import FINAL
from local_aws.databrew.store import Document, Store
from local_aws.databrew.work import Active, Worker
from local_aws.folder import DataFolder
from local_aws.tenant import Tenant

MAX_RUNNING = 2
STOP_S = 1.0
# what a run has of its job as it was when the run began
_OF_JOB = (
    "DatasetName",
    "Outputs",
    "LogSubscription",
    "RecipeReference",
    "JobSample",
    "ProfileConfiguration",
    "ValidationConfigurations",
)


class Runs:
    """All runs of every tenant.

    Parameters
    ----------
    folder : DataFolder
        The server's data folder.
    store : Store
        Where they are remembered.
    """

    def __init__(self, folder: DataFolder, store: Store) -> None:
        self._store = store
        self._worker = Worker(folder, store)
        self._pool = ThreadPoolExecutor(MAX_RUNNING, thread_name_prefix="databrew-job")
        self._lock = threading.Lock()
        self._active: dict[str, Active] = {}
        self._end_interrupted()

    def _end_interrupted(self) -> None:
        for tenant in self._store.tenants():
            for run in self._store.all(tenant, "run"):
                if run["State"] not in FINAL:
                    ended = {"State": "FAILED", "CompletedOn": time.time()}
                    ended["ErrorMessage"] = "The local AWS ended while the job ran."
                    self._save(tenant, run | ended)

    def _save(self, tenant: Tenant, run: Document) -> None:
        key = f"{run['JobName']}/{run['RunId']}"
        self._store.put(tenant, "run", key, run, owner=run["JobName"])

    def start(self, tenant: Tenant, given: Document) -> Document:
        """StartJobRun."""
        job = resources.found(self._store, tenant, "job", given["Name"])
        run = {
            "Attempt": 1,
            "JobName": job["Name"],
            "RunId": f"db_{secrets.token_hex(32)}",
            "State": "STARTING",
            "StartedBy": resources.who(tenant),
            "StartedOn": time.time(),
            **{name: job[name] for name in _OF_JOB if name in job},
        }
        active = Active(tenant, job, run, lambda: self._save(tenant, run))
        with self._lock:
            self._active[run["RunId"]] = active
        self._save(tenant, run)
        self._pool.submit(self._run, active)
        return {"RunId": run["RunId"]}

    def _run(self, active: Active) -> None:
        limit = active.job["Timeout"] * 60
        clock = threading.Timer(limit, active.stop, ["TIMEOUT"]) if limit else None
        if clock:
            clock.daemon = True
            clock.start()
        self._worker.run(active)
        if clock:
            clock.cancel()
        with self._lock:
            del self._active[active.run["RunId"]]
        active.finished.set()

    def stop(self, tenant: Tenant, given: Document) -> Document:
        """StopJobRun: it answers at once; the run is STOPPING until what it does has ended."""
        run = self._found(tenant, given)
        active = self._active.get(run["RunId"])
        if active is not None:
            active.stop("STOPPED")
        return {"RunId": run["RunId"]}

    def describe(self, tenant: Tenant, given: Document) -> Document:
        """DescribeJobRun."""
        return dict(resources.shown(self._found(tenant, given)))

    def list_all(self, tenant: Tenant, given: Document) -> Document:
        """ListJobRuns: the newest first."""
        resources.found(self._store, tenant, "job", given["Name"])
        runs = self._store.all(tenant, "run", given["Name"])[::-1]
        items = [{k: v for k, v in run.items() if k != "ProfileConfiguration"} for run in runs]
        return resources.page("JobRuns", items, given)

    def _found(self, tenant: Tenant, given: Document) -> Document:
        run = self._store.get(tenant, "run", f"{given['Name']}/{given['RunId']}")
        if run is None:
            raise not_found(f"The job run {given['RunId']} of {given['Name']} wasn't found.")
        return run

    def close(self) -> None:
        """Stop what runs, for at most a second; what does not end is marked at the next start."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            running = list(self._active.values())
        for active in running:
            active.stop("STOPPED")
        deadline = time.monotonic() + STOP_S
        for active in running:
            active.finished.wait(max(0.0, deadline - time.monotonic()))
