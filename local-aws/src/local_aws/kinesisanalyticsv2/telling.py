"""What an application tells: its log to CloudWatch Logs, its metrics to CloudWatch."""

import json
import logging
import threading
import time
from pathlib import Path
from typing import Final

from local_aws.documents import Document
from local_aws.iam import decisions
from local_aws.kinesisanalyticsv2 import code, metrics
from local_aws.kinesisanalyticsv2.flink.cluster import Cluster
from local_aws.kinesisanalyticsv2.store import Store
from local_aws.ministack.foreign import logs
from local_aws.protocol.errors import ServiceError
from local_aws.tenant import Tenant, request_scope

log = logging.getLogger("local_aws")

_LOOK_S: Final = 1.0
_METRICS_S: Final = 15
"""Four samples of a minute, as the service sends them."""
_EVENTS: Final = 1000
_CHARACTERS: Final = 200_000


class Teller:
    """Tells of one run of an application, in a thread of its own.

    Parameters
    ----------
    store : Store
    tenant : Tenant
    name : str
        The application's.
    """

    def __init__(self, store: Store, tenant: Tenant, name: str) -> None:
        self._store = store
        self._tenant = tenant
        self._name = name
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._read: dict[Path, tuple[int, int]] = {}
        self._cluster: Cluster | None = None
        self._thread: threading.Thread | None = None

    def start(self, cluster: Cluster) -> None:
        """Tell of a cluster until `end`."""
        self._cluster = cluster
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Tell what is left of the log, and no more."""
        self.stop()
        self._tell()

    def stop(self) -> None:
        """Tell no more: from here on the store may be closed."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def failed(self, error: str) -> None:
        """Tell what is left of the log, and that the application did not start."""
        self.end()
        application = self._store.documents.get(self._tenant, "application", self._name)
        if application is None:
            return
        what = "The application could not be started and is being transitioned to READY state."
        code_error = {"messageCode": "CodeError.InvalidApplicationCode"}
        self._say(application, "ERROR", f"{what} {error}", **code_error)

    def _say(self, application: Document, kind: str, text: str, **more: str) -> None:
        """Put a record of the service's own into the log."""
        record = {
            "applicationARN": application["ARN"],
            "applicationVersionId": str(application["Version"]),
            "message": text[:_CHARACTERS],
            "messageType": kind,
            **more,
            "messageSchemaVersion": "1",
        }
        self._put(application, [(round(time.time() * 1000), json.dumps(record))])

    def _run(self) -> None:
        sampler = metrics.Sampler()
        due = time.monotonic() + _METRICS_S
        while not self._over.wait(_LOOK_S):
            self._tell()
            if time.monotonic() >= due:
                due += _METRICS_S
                self._measure(sampler)

    def _measure(self, sampler: metrics.Sampler) -> None:
        application = self._store.documents.get(self._tenant, "application", self._name)
        if application and application["Status"] == "RUNNING" and self._cluster:
            with request_scope(self._tenant.account, self._tenant.region):
                known = set(sampler.untold)
                sampler.record(application, self._cluster)
            for name in sorted(sampler.untold - known):
                text = (
                    f"The application's own metric {name} is not told to CloudWatch: the local "
                    "service does not carry out custom metrics (group kinesisanalytics)."
                )
                log.warning("the application %s: %s", self._name, text)
                self._say(application, "WARN", text)

    def _tell(self) -> None:
        with self._lock:
            application = self._store.documents.get(self._tenant, "application", self._name)
            if self._cluster is None or application is None:
                return
            events: list[tuple[int, str]] = []
            for path in sorted(self._cluster.logs.glob("*.log")):
                events += self._new(path)
            events.sort(key=lambda event: event[0])
            self._put(application, events)

    def _new(self, path: Path) -> list[tuple[int, str]]:
        """Read the whole lines that were added to a file, which may have been begun anew."""
        try:
            with path.open("rb") as file:
                known, at = self._read.get(path, (0, 0))
                file_id = path.stat().st_ino
                file.seek(at if known == file_id else 0)
                data = file.read()
                whole = data[: data.rfind(b"\n") + 1]
                self._read[path] = file_id, file.tell() - len(data) + len(whole)
        except OSError:
            return []
        return [_event(line) for line in whole.splitlines() if line.strip()]

    def _put(self, application: Document, events: list[tuple[int, str]]) -> None:
        """Put events into the streams that were named; where there is none they are lost."""
        for option in application["Logging"]:
            place = option["LogStreamARN"].partition(":log-group:")[2]
            group, _, stream = place.partition(":log-stream:")
            where = {"logGroupName": group, "logStreamName": stream}
            try:
                self._may_write(application, option["LogStreamARN"])
            except ServiceError as denied:
                log.warning("the log of %s is not written: %s", self._name, denied.message)
                continue
            with request_scope(self._tenant.account, self._tenant.region):
                for start in range(0, len(events), _EVENTS):
                    batch = [
                        {"timestamp": at, "message": text}
                        for at, text in events[start : start + _EVENTS]
                    ]
                    logs._put_log_events(where | {"logEvents": batch})

    def _may_write(self, application: Document, arn: str) -> None:
        with request_scope(self._tenant.account, self._tenant.region):
            source = {"aws:SourceArn": application["ARN"]}
            session = decisions.assume(
                application["Role"], code.PRINCIPAL, application["Name"][:64], source
            )
            decisions.authorize(session.arn, "logs:PutLogEvents", arn)


def _event(line: bytes) -> tuple[int, str]:
    try:
        record = json.loads(line)
        at = int(record.pop("timestamp"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return round(time.time() * 1000), line.decode(errors="replace")
    return at, json.dumps(record)[:_CHARACTERS]
