"""What QuickSight remembers, and what works for it in the background."""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

from local_aws.clock import Clock, clock
from local_aws.documents import Document, Documents
from local_aws.folder import DataFolder
from local_aws.quicksight.spice import Spice
from local_aws.tenant import Tenant, request_scope

log = logging.getLogger("local_aws")

Kind = Literal[
    "dashboard",
    "dashboard_version",
    "data_set",
    "data_source",
    "group",
    "ingestion",
    "member",
    "permissions",
    "schedule",
    "tags",
    "theme",
    "theme_version",
    "user",
]
WORKERS = 8
INTERRUPTED = "The local AWS ended while this was under way"


class Store:
    """Everything of every tenant.

    Parameters
    ----------
    folder : DataFolder
        Documents are in its ``state``, rows that SPICE holds in ``spice``.
    now : Clock
        By which schedules are due.
    """

    def __init__(self, folder: DataFolder, now: Clock = clock) -> None:
        self.now = now
        self.lock = threading.RLock()
        """Held by whoever reads a document to change it."""
        self.documents: Documents[Kind] = Documents(folder.state / "quicksight.sqlite")
        self.spice = Spice(folder.root / "spice")
        self.cancelled: set[tuple[Tenant, str, str]] = set()
        """Ingestions that were asked to end: tenant, data set, ingestion."""
        self._turns: defaultdict[tuple[Tenant, str], threading.Lock] = defaultdict(threading.Lock)
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="quicksight")

    def turn(self, tenant: Tenant, data_set: str) -> threading.Lock:
        """Return the lock that an ingestion of a data set holds: there is one at a time."""
        with self.lock:
            return self._turns[tenant, data_set]

    def later(self, tenant: Tenant, work: Callable[..., None], *given: Any) -> None:
        """Do some work for a tenant in the background."""

        def done() -> None:
            try:
                with request_scope(tenant.account, tenant.region):
                    work(self, tenant, *given)
            except Exception:
                log.exception("QuickSight's work in the background failed")
                raise

        self._pool.submit(done)

    def change(self, tenant: Tenant, kind: Kind, key: str, **members: Any) -> Document | None:
        """Set members of a document, if it is still there; returns what it is now."""
        with self.lock:
            found = self.documents.get(tenant, kind, key)
            if found is not None:
                found.update(members)
                self.documents.put(tenant, kind, key, found)
            return found

    def end_interrupted(self) -> None:
        """Mark what an earlier process did not finish."""
        for tenant in self.documents.tenants():
            for kind in ("data_source", "dashboard_version", "theme_version"):
                for found in self.documents.all(tenant, kind):
                    if found["Status"].endswith("_IN_PROGRESS"):
                        status = found["Status"].replace("IN_PROGRESS", "FAILED")
                        self.change(tenant, kind, found["Key"], Status=status)
            for found in self.documents.all(tenant, "ingestion"):
                if found["IngestionStatus"] in {"INITIALIZED", "QUEUED", "RUNNING"}:
                    error = {"Type": "INTERNAL_SERVICE_ERROR", "Message": INTERRUPTED}
                    ended = {"IngestionStatus": "FAILED", "ErrorInfo": error}
                    self.change(tenant, "ingestion", found["Key"], **ended)

    def close(self) -> None:
        """Begin nothing more and close the file; what is under way is marked at the next start."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.documents.close()
