"""The jobs that a note has submitted: their state, counters and end."""

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
from flink_notes.changelog import Row
from flink_notes.failures import FlinkError
from flink_notes.interrupts import held
from helpers.errors import InputError
from helpers.names import nearest

_ENDS: Final = ("FINISHED", "CANCELED", "FAILED")
_POLL_SECONDS: Final = 0.1
_REQUEST_SECONDS: Final = 10
_EPOCH: Final = datetime(1970, 1, 1)
_WATERMARK: Final = ".currentInputWatermark"
_NO_WATERMARK: Final = -(2.0**62)  # Flink's own is the least of 64 bits
_COUNTERS_SECONDS: Final = 1  # the cluster asks its tasks every half second
# A counter is the sum of one metric over all tasks of the operators that begin or end so.
_COUNTERS: Final[dict[str, Callable[[str], bool]]] = {
    "read": lambda metric: metric.startswith("Source__") and metric.endswith(".numRecordsOut"),
    "written": lambda metric: metric.endswith("__Writer.numRecordsIn"),
    "late dropped": lambda metric: metric.endswith(".numLateRecordsDropped"),
    "not decoded": lambda metric: metric.endswith(".numRecordsInErrors"),
}


class Job:
    """One job, from its submission on.

    Parameters
    ----------
    name : str
        Its ``pipeline.name``.
    result : pyflink.table.TableResult
        Of the statement that submitted it.
    """

    def __init__(self, name: str, result: Any) -> None:
        self.name = name
        self._client = result.get_job_client()._j_job_client
        self._ended = self._client.getJobExecutionResult()
        self._failure: FlinkError | None = None
        self.told = False

    @property
    def id(self) -> str:
        """Flink's id: 32 hexadecimal digits."""
        return str(self._client.getJobID().toString())

    @property
    def state(self) -> str:
        """``RUNNING``, ``RESTARTING``, …, or how it ended: FINISHED, CANCELED, FAILED."""
        described = self._request("")
        if described is not None:
            return str(described.get("state", "INITIALIZING"))
        try:
            self._ended.get()
        except Py4JJavaError as error:
            if "JobCancellationException" in str(error):
                return "CANCELED"
            failure = failures.read(error)
            self._failure = FlinkError(f"The job {self.name} failed: {failure.said}", failure.stack)
            return "FAILED"
        return "FINISHED"

    @property
    def failure(self) -> FlinkError | None:
        """Why it failed, if it did."""
        return self._failure if self.state == "FAILED" else None

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
            while (described := self._request("")) is not None and not _all_run(described):
                exceptions = self._request("/exceptions") or {}
                if entries := exceptions.get("exceptionHistory", {}).get("entries"):
                    self.cancel()
                    failure = failures.read(Exception(entries[0]["stacktrace"]))
                    raise FlinkError(
                        f"The job {self.name} does not start: {failure.said}", failure.stack
                    )
                if pressed.wait(_POLL_SECONDS):
                    break
            if pressed.is_set():
                self.cancel()
        if pressed.is_set():
            raise KeyboardInterrupt
        if self.failure:
            self.told = True
            raise self.failure

    def cancel(self) -> None:
        """Cancel it, and wait until it has ended."""
        if self._ended.isDone():
            return
        self._client.cancel().get()
        while not self._ended.isDone():
            time.sleep(_POLL_SECONDS)

    def counters(self) -> dict[str, int]:
        """Count records, over all tasks.

        Returns
        -------
        dict of str to int
            ``read`` from sources, ``written`` to sinks, ``late dropped`` by windows,
            ``not decoded`` by sources (dead letters). Empty once it has ended.
        """
        described = self._request("")
        if described is None:
            return {}
        sums = dict.fromkeys(_COUNTERS, 0)
        for vertex in described.get("vertices", ()):
            path = f"/vertices/{vertex['id']}/subtasks/metrics"
            names = [
                metric["id"]
                for metric in self._request(path) or ()
                if any(counts(metric["id"]) for counts in _COUNTERS.values())
            ]
            asked = f"{path}?agg=sum&get={','.join(names)}"
            for metric in (self._request(asked) or ()) if names else ():
                for counter, counts in _COUNTERS.items():
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
        for vertex in (self._request("") or {}).get("vertices", ()):
            path = f"/vertices/{vertex['id']}/subtasks/metrics"
            names = [
                metric["id"]
                for metric in self._request(path) or ()
                if metric["id"].endswith(_WATERMARK)
            ]
            asked = f"{path}?agg=min&get={quote(','.join(names), safe=',')}"
            for metric in (self._request(asked) or ()) if names else ():
                least = min(least, float(metric["min"]))
        known = _NO_WATERMARK < least < float("inf")
        return _EPOCH + timedelta(milliseconds=least) if known else None

    def _request(self, path: str) -> Any | None:
        """Ask the job's own little cluster, over REST; None where both have ended."""
        if self._ended.isDone():
            return None
        field = self._client.getClass().getDeclaredField("miniCluster")
        field.setAccessible(True)
        try:
            address = field.get(self._client).getRestAddress().get()
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


def _all_run(described: dict[str, Any]) -> bool:
    tasks = {vertex["status"] for vertex in described.get("vertices", ())}
    return bool(tasks) and tasks <= {"RUNNING", "FINISHED"}


class Jobs:
    """The jobs of one kernel, by name."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def check_free(self, name: str) -> None:
        """Make sure that no job of a name runs.

        Parameters
        ----------
        name : str

        Raises
        ------
        InputError
            Where one does: run twice, a paragraph would write everything twice.
        """
        if name in self._jobs and self._jobs[name].state not in _ENDS:
            raise InputError(
                f"A job {name} is running already: `%flink.cancel {name}` stops it; another one "
                "needs another name (SET 'pipeline.name' = '…')."
            )

    def add(self, job: Job) -> None:
        """Keep a job."""
        self._jobs[job.name] = job

    def cancel(self, name: str | None = None) -> list[str]:
        """Cancel one job, or all that run.

        Parameters
        ----------
        name : str, optional

        Returns
        -------
        list of str
            The names of those that ran.

        Raises
        ------
        InputError
            Where there is no job of that name.
        """
        asked = [self._named(name)] if name is not None else list(self._jobs.values())
        running = [job for job in asked if job.state not in _ENDS]
        with held():
            for job in running:
                job.cancel()
        return [job.name for job in running]

    def counters(self, name: str, at_least: int, seconds: float) -> dict[str, int]:
        """Give a job's counters, once it has taken in so many records.

        Parameters
        ----------
        name : str
        at_least : int
            Records, dead letters among them.
        seconds : float
            How long to wait for them.

        Returns
        -------
        dict of str to int
            As `Job.counters`.

        Raises
        ------
        InputError
            Where there is no such job, it has ended, or has not taken in so many.
        """
        job = self._named(name)
        deadline = time.monotonic() + seconds
        while counts := job.counters():
            taken = counts["read"] + counts["not decoded"]
            if taken >= at_least:
                time.sleep(_COUNTERS_SECONDS)  # the tasks behind count the last of them too
                return job.counters() or counts
            if time.monotonic() > deadline:
                raise InputError(
                    f"The job {name} has taken in {taken:,} of {at_least:,} records in "
                    f"{seconds:g} s: give it longer, or look at %flink.jobs."
                )
            time.sleep(_POLL_SECONDS)
        raise InputError(f"The job {name} counts nothing any more: it is {job.state}.")

    def wait_for_event_time(self, name: str, moment: datetime, seconds: float) -> None:
        """Wait until a job's event time is past a moment.

        Parameters
        ----------
        name : str
        moment : datetime
            UTC, without a zone.
        seconds : float
            How long to wait.

        Raises
        ------
        InputError
            Where there is no such job, it has ended, or its time does not come so far.
        """
        job = self._named(name)
        deadline = time.monotonic() + seconds
        while (at := job.event_time()) is None or at < moment:
            if (state := job.state) in _ENDS:
                raise InputError(f"The job {name} waits for nothing any more: it is {state}.")
            if time.monotonic() > deadline:
                raise InputError(
                    f"The event time of the job {name} is {at or 'not known yet'} after "
                    f"{seconds:g} s, before {moment}: a shard may hold it back; give it longer."
                )
            time.sleep(_POLL_SECONDS)
        time.sleep(_COUNTERS_SECONDS)  # what the last watermark has fired is written by then

    def failed(self) -> list[FlinkError]:
        """Give the failures that were not told before."""
        news = [job for job in self._jobs.values() if not job.told and job.failure]
        for job in news:
            job.told = True
        return [job.failure for job in news if job.failure]

    def table(self) -> tuple[list[str], list[Row]]:
        """List the jobs with id, state and counters.

        Returns
        -------
        tuple of (list of str, list of tuple)
            Headings, and a row a job; a job that has ended counts nothing.
        """
        rows: list[Row] = []
        for job in self._jobs.values():
            counters = job.counters()
            rows.append((job.name, job.id, job.state, *(counters.get(name) for name in _COUNTERS)))
        return ["job", "id", "state", *_COUNTERS], rows

    def _named(self, name: str) -> Job:
        if name not in self._jobs:
            hint = nearest(name, self._jobs) if self._jobs else "no job was submitted"
            raise InputError(f"There is no job {name}: {hint}.")
        return self._jobs[name]
