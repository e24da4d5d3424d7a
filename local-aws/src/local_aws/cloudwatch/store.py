"""What CloudWatch remembers: metrics in one SQLite file, alarms and dashboards in another."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

from local_aws.clock import Clock, clock
from local_aws.cloudwatch.metrics import Metrics, keep_in
from local_aws.documents import Document, Documents
from local_aws.tenant import Tenant

Kind = Literal["alarm", "composite", "history", "dashboard", "tags"]
EVERYWHERE = "-"
"""The region of what has none: an account's dashboards."""


ALARMS: tuple[Kind, ...] = ("alarm", "composite")


class Alarm(NamedTuple):
    """An alarm of either kind: what it was told when it was put, and its state beside it."""

    tenant: Tenant
    kind: Kind
    document: Document

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.document["AlarmName"])


class Store:
    """Metrics, alarms with their history, dashboards and tags of every tenant.

    `lock` is held by whoever changes a state.

    Parameters
    ----------
    folder : Path
        Where both files are.
    now : Clock
        The time that alarms are looked at by.
    """

    def __init__(self, folder: Path, now: Clock = clock) -> None:
        self.now = now
        self.lock = threading.RLock()
        self.under_way: set[str] = set()
        """The alarms whose change is being handed on to those above, under `lock`."""
        self.metrics = Metrics(folder / "metrics.sqlite")
        self.documents: Documents[Kind] = Documents(folder / "cloudwatch.sqlite")
        keep_in(self.metrics)

    def alarm(self, tenant: Tenant, name: str) -> Alarm | None:
        """Find an alarm of either kind by its name."""
        for kind in ALARMS:
            if found := self.documents.get(tenant, kind, name):
                return Alarm(tenant, kind, found)
        return None

    def put_alarm(self, alarm: Alarm) -> None:
        """Write an alarm."""
        self.documents.put(alarm.tenant, alarm.kind, alarm.name, alarm.document)

    def metric_alarms(self) -> Iterator[Alarm]:
        """Go through the metric alarms of every tenant."""
        for tenant in self.documents.tenants():
            for document in self.documents.all(tenant, "alarm"):
                yield Alarm(tenant, "alarm", document)

    def tags(self, tenant: Tenant, arn: str) -> dict[str, str]:
        """Return the tags of an alarm or a dashboard."""
        found: dict[str, Any] = self.documents.get(self._home(tenant), "tags", arn) or {}
        return found

    def put_tags(self, tenant: Tenant, arn: str, tags: dict[str, str]) -> None:
        """Write the tags of a resource, in the place of those that it has; none remove them."""
        if tags:
            self.documents.put(self._home(tenant), "tags", arn, tags)
        else:
            self.documents.delete(self._home(tenant), "tags", arn)

    @staticmethod
    def _home(tenant: Tenant) -> Tenant:
        return Tenant(tenant.account, EVERYWHERE)  # an ARN has its region itself

    def close(self) -> None:
        """Close the files."""
        self.metrics.close()
        self.documents.close()
