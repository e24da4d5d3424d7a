"""One job of a note: its state, what went wrong, its counters and its end."""

import http.client
import json
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from py4j.protocol import Py4JJavaError

from flink_notes import failures, java
from flink_notes.failures import FlinkError, JobError
from helpers.interrupts import held

COUNTERS: Final[dict[str, Callable[[str], bool]]] = {
    "read": lambda metric: metric.startswith("Source__") and metric.endswith(".numRecordsOut"),
    "written": lambda metric: metric.endswith("__Writer.numRecordsIn"),
    "late dropped": lambda metric: metric.endswith(".numLateRecordsDropped"),
    "not decoded": lambda metric: metric.endswith(".numRecordsInErrors"),
}
"""A counter is the sum of one metric over all tasks of the operators that begin or end so."""

POLL_SECONDS: Final = 0.1
_REQUEST_SECONDS: Final = 10
_EPOCH: Final = datetime(1970, 1, 1)
_WATERMARK: Final = ".currentInputWatermark"
_NO_WATERMARK: Final = -(2.0**62)  # Flink's own is the least of 64 bits
_ENDED_BY_ITSELF: Final = (
    java.CLUSTER_GONE,
    "FlinkJobNotFoundException",
    "FlinkJobTerminatedWithoutCancellationException",
)
_ENDS: Final = ("FINISHED", "CANCELED", "FAILED")


class Job:
    """One job, from its submission on.

    Parameters
    ----------
    name : str
        Its ``pipeline.name``.
    client : pyflink.common.JobClient
        Of the result of the statement that submitted it.

    Attributes
    ----------
    id : str
        Flink's id: 32 hexadecimal digits.
    """

    def __init__(self, name: str, client: Any) -> None:
        self.name = name
        self.id = str(client.get_job_id())
        self._client = client._j_job_client
        self._ended = self._client.getJobExecutionResult()
        self._failure = ""  # that ended it
        self._told = ""

    @property
    def state(self) -> str:
        """``RUNNING``, ``RESTARTING``, …, or how it ended: FINISHED, CANCELED, FAILED."""
        described = self._ask("")
        if described is not None:
            return str(described.get("state", "INITIALIZING"))
        try:
            self._ended.get()
        except Py4JJavaError as error:
            if "JobCancellationException" in str(error):
                return "CANCELED"
            self._failure = str(error)
            return "FAILED"
        return "FINISHED"

    @property
    def ended(self) -> bool:
        """Whether it has ended, well or not."""
        return self.state in _ENDS

    @property
    def restarts(self) -> int:
        """How often Flink has begun it anew after a failure."""
        metrics = self._ask("/metrics?get=numRestarts") or []
        return max((int(metric["value"]) for metric in metrics), default=0)

    @property
    def stack(self) -> str:
        """The stack trace of its newest failure; empty where it never failed.

        A job with a restart strategy, which checkpoints bring along, fails without ending.
        """
        history = (self._ask("/exceptions") or {}).get("exceptionHistory", {})
        if entries := history.get("entries"):
            return str(entries[0]["stacktrace"])
        return self._failure if self.state == "FAILED" else ""

    def trouble(self) -> FlinkError | None:
        """Say why it failed, or why it is begun anew; nothing where it runs as it began."""
        stack = self.stack
        if not stack or self.state in {"FINISHED", "CANCELED"}:
            return None
        said = failures.read(JobError(stack)).said
        restarts = self.restarts
        times = f"{restarts} time{'' if restarts == 1 else 's'}"
        if self.ended:
            return FlinkError(f"The job {self.name} failed: {said}", stack)
        return FlinkError(
            f"The job {self.name} fails and is begun anew ({times} so far): {said}", stack
        )

    def news(self) -> FlinkError | None:
        """Give its trouble, if that was not told in these words before."""
        trouble = self.trouble()
        if trouble is None or str(trouble) == self._told:
            return None
        self._told = str(trouble)
        return trouble

    def check(self) -> None:
        """Make sure that nothing has failed.

        Raises
        ------
        JobError
            Where something has, also if Flink goes on trying.
        """
        if stack := self.stack:
            raise JobError(stack)

    def wait_until_running(self) -> None:
        """Wait until all its tasks run, or have ended well.

        Raises
        ------
        FlinkError
            Where it fails; it is cancelled where Flink would go on trying.
        KeyboardInterrupt
            On an interrupt; it is cancelled before.
        """
        with held() as pressed:
            while not self._runs():
                if stack := self.stack:
                    said = failures.read(JobError(stack)).said
                    self.cancel()
                    self._told = f"The job {self.name} failed: {said}"
                    raise FlinkError(f"The job {self.name} failed: {said}", stack)
                if pressed.wait(POLL_SECONDS):
                    break
            if pressed.is_set():
                self.cancel()
        if pressed.is_set():
            raise KeyboardInterrupt

    def cancel(self) -> None:
        """Cancel it, and wait until it has ended."""
        if self._ended.isDone():
            return
        try:
            self._client.cancel().get()
        except Py4JJavaError as error:
            # it ended between the two lines: its cluster goes first, and only then is that told
            if not any(sign in str(error) for sign in _ENDED_BY_ITSELF):
                raise
        while not self._ended.isDone():
            time.sleep(POLL_SECONDS)

    def counters(self) -> dict[str, int]:
        """Count records, over all tasks.

        Returns
        -------
        dict of str to int
            ``read`` from sources, ``written`` to sinks, ``late dropped`` by windows,
            ``not decoded`` by sources (dead letters). Empty once it has ended.
        """
        if self.ended:
            return {}
        sums = dict.fromkeys(COUNTERS, 0)
        for vertex in (self._ask("") or {}).get("vertices", ()):
            path = f"/vertices/{vertex['id']}/subtasks/metrics"
            names = [
                metric["id"]
                for metric in self._ask(path) or ()
                if any(counts(metric["id"]) for counts in COUNTERS.values())
            ]
            asked = f"{path}?agg=sum&get={','.join(names)}"
            for metric in (self._ask(asked) or ()) if names else ():
                for counter, counts in COUNTERS.items():
                    if counts(metric["id"]):
                        sums[counter] += int(metric["sum"])
        return sums

    def event_time(self) -> datetime | None:
        """Tell how far event time has come in every task behind the sources.

        Returns
        -------
        datetime or None
            UTC, without a zone; None before the first watermark and once it has ended.
        """
        least = float("inf")
        for vertex in (self._ask("") or {}).get("vertices", ()):
            path = f"/vertices/{vertex['id']}/subtasks/metrics"
            names = [
                metric["id"]
                for metric in self._ask(path) or ()
                if metric["id"].endswith(_WATERMARK)
            ]
            asked = f"{path}?agg=min&get={quote(','.join(names), safe=',')}"
            for metric in (self._ask(asked) or ()) if names else ():
                least = min(least, float(metric["min"]))
        known = _NO_WATERMARK < least < float("inf")
        return _EPOCH + timedelta(milliseconds=least) if known else None

    def _runs(self) -> bool:
        described = self._ask("")
        if described is None:
            return self.state != "FAILED"
        tasks = {vertex["status"] for vertex in described.get("vertices", ())}
        return bool(tasks) and tasks <= {"RUNNING", "FINISHED"}

    def _cluster(self) -> Any:
        """Give the little cluster that runs nothing but this job."""
        field = self._client.getClass().getDeclaredField("miniCluster")
        field.setAccessible(True)
        return field.get(self._client)

    def _ask(self, path: str) -> Any | None:
        """Ask the job's own little cluster, over REST; None where both have ended."""
        if self._ended.isDone():
            return None
        try:
            address = self._cluster().getRestAddress().get()
            connection = http.client.HTTPConnection(
                address.getHost(), address.getPort(), timeout=_REQUEST_SECONDS
            )
            with closing(connection):
                connection.request("GET", f"/jobs/{self.id}{path}")
                answer = connection.getresponse()
                return json.loads(answer.read()) if answer.status == HTTPStatus.OK else {}
        except Py4JJavaError as error:
            if java.CLUSTER_GONE not in str(error):
                raise
        except (ConnectionError, http.client.HTTPException):
            pass  # the cluster went down between two lines
        return None
