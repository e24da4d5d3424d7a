"""Whether an application works: RUNNING, as the service says it, does not tell.

An application is RUNNING whose Python has failed, whose tasks are still being deployed, or whose
job begins anew for ever.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from helpers.errors import ServiceError
from helpers.progress import Line
from helpers.stream_app import log, service
from helpers.stream_app.page import Page

_PAUSE_S: Final = 1.0
_STEADY_S: Final = 5.0
_RESTARTS: Final = 3
"""So often a job is begun anew while it is looked at before it counts as one that does not run."""
_NO_TIME: Final = -(2**62)  # Flink's own least watermark is that of 64 bits
_ENDED: Final = ("FAILED", "FAILING", "CANCELED", "FINISHED")


class UnhealthyError(ServiceError):
    """An application does not work; the message says why."""


@dataclass(frozen=True)
class Health:
    """How an application's job is.

    Attributes
    ----------
    state : str
        Of the job; ``none`` where there is none.
    tasks, running : int
    restarts : int
        Since it was submitted.
    read : int
        Records that its sources have given on.
    checkpoints : int
        That were completed.
    cause : str
        Of its last failure; empty where it has none.
    """

    state: str = "none"
    tasks: int = 0
    running: int = 0
    restarts: int = 0
    read: int = 0
    checkpoints: int = 0
    cause: str = ""

    def __str__(self) -> str:
        """Say it in a line."""
        return (
            f"job {self.state}: {self.running} of {self.tasks} tasks run, "
            f"{self.restarts} restarts, {self.read:,} records read, "
            f"{self.checkpoints} checkpoints"
        )


def look(page: Page) -> Health:
    """Look at an application's job once.

    Raises
    ------
    ServiceError
        Where Flink does not answer.
    """
    job = page.job()
    if job is None:
        return Health()
    counts: dict[str, int] = {}
    for vertex in job["vertices"]:
        for state, count in vertex["tasks"].items():
            counts[state] = counts.get(state, 0) + count
    sources = {node["id"] for node in job["plan"]["nodes"] if not node.get("inputs")}
    read = sum(
        vertex["metrics"]["write-records"] for vertex in job["vertices"] if vertex["id"] in sources
    )
    checkpoints = page.get(f"/jobs/{job['jid']}/checkpoints").get("counts", {}).get("completed", 0)
    restarts = page.metric(job["jid"], "numRestarts")
    cause = page.cause(job["jid"]) if restarts or job["state"] in _ENDED else ""
    running = counts.get("RUNNING", 0)
    return Health(job["state"], sum(counts.values()), running, restarts, read, checkpoints, cause)


def wait(name: str, patience_s: float = 300) -> Health:
    """Wait until an application works.

    It does where every task runs and its restarts stay as they are for five seconds, where records
    flow, and where a checkpoint is done.

    Parameters
    ----------
    name : str
    patience_s : float
        So many seconds are waited.

    Returns
    -------
    Health

    Raises
    ------
    UnhealthyError
        Where it does not, with the reason that Flink or the application's log has.
    ServiceError
        Where AWS does not answer.
    """
    begun = datetime.now(UTC)
    deadline = time.monotonic() + patience_s
    line = Line()
    page = Page(name)
    before = first = look(page)
    steady_since = time.monotonic()
    try:
        while True:
            now = look(page)
            line.write(str(now))
            if now.running < now.tasks or not now.tasks or now.restarts != before.restarts:
                steady_since = time.monotonic()
            steady = time.monotonic() - steady_since >= _STEADY_S
            if steady and now.checkpoints and now.read:
                return now
            late = time.monotonic() > deadline
            if late or now.state in _ENDED or now.restarts - first.restarts >= _RESTARTS:
                said = now.cause or log.reason(name, begun) or "neither Flink nor its log says why"
                raise UnhealthyError(f"{name} does not work ({now}): {said}")
            before = now
            time.sleep(_PAUSE_S)
    finally:
        line.write("")


def wait_for_event_time(name: str, moment: datetime, patience_s: float = 120) -> None:
    """Wait until event time is past a moment in every task, and a checkpoint begun since is done.

    What the rules say of what was before is in their stream then: a checkpoint waits for it.

    Parameters
    ----------
    name : str
    moment : datetime
        UTC, without a zone.
    patience_s : float
        So many seconds are waited.

    Raises
    ------
    UnhealthyError
        Where its time does not come so far.
    ServiceError
        Where AWS does not answer.
    """
    wanted = moment.replace(tzinfo=UTC).timestamp() * 1000
    deadline = time.monotonic() + patience_s
    page = Page(name)
    passed = 0  # when it was, by the JobManager's clock
    reached = _NO_TIME
    while not passed or _last_checkpoint(page) < passed:
        job = page.job() or {}
        reached = _event_time(page, job)
        if reached >= wanted:
            passed = passed or job["now"]
        if time.monotonic() > deadline:
            at = "no time at all"
            if reached > _NO_TIME:
                at = f"{datetime.fromtimestamp(reached / 1000, UTC):%Y-%m-%d %H:%M:%S}"
            raise UnhealthyError(f"The event time of {name} is at {at}, and {moment} was to come.")
        time.sleep(_PAUSE_S)


def _event_time(page: Page, job: Mapping[str, Any]) -> int:
    """Give the earliest watermark of all tasks that have one, in milliseconds since 1970."""
    marks = [
        int(each["value"])
        for vertex in job.get("vertices", ())
        for each in page.get(f"/jobs/{job['jid']}/vertices/{vertex['id']}/watermarks")
    ]
    return min(marks, default=_NO_TIME)


def _last_checkpoint(page: Page) -> int:
    """Say when the newest checkpoint that is done began, in milliseconds since 1970."""
    job = page.job() or {}
    done = page.get(f"/jobs/{job.get('jid')}/checkpoints")["latest"]["completed"] or {}
    return int(done.get("trigger_timestamp", 0))


def finished(name: str, operation: str, patience_s: float = 900) -> None:
    """Wait until an operation of the service is done.

    Parameters
    ----------
    name : str
        The application's.
    operation : str
        Its id.
    patience_s : float
        So many seconds are waited.

    Raises
    ------
    UnhealthyError
        Where it failed, with the service's reason.
    ServiceError
        Where AWS does not answer.
    """
    deadline = time.monotonic() + patience_s
    begun = datetime.now(UTC)
    line = Line()
    try:
        while True:
            said = service.call(
                "describe_application_operation", ApplicationName=name, OperationId=operation
            )["ApplicationOperationInfoDetails"]
            line.write(f"{said['Operation']}: {service.describe(name).status}")
            if said["OperationStatus"] == "SUCCESSFUL":
                return
            failure = said.get("OperationFailureDetails", {}).get("ErrorInfo", {})
            if said["OperationStatus"] != "IN_PROGRESS" or time.monotonic() > deadline:
                why = failure.get("ErrorString") or log.reason(name, begun) or "it says not why"
                raise UnhealthyError(
                    f"{said['Operation']} of {name} is {said['OperationStatus']}: {why}"
                )
            time.sleep(_PAUSE_S)
    finally:
        line.write("")


def until(done: Callable[[], bool], patience_s: float, said: str) -> None:
    """Wait until something is so.

    Raises
    ------
    ServiceError
        With `said`, where it is not after so many seconds.
    """
    deadline = time.monotonic() + patience_s
    while not done():
        if time.monotonic() > deadline:
            raise ServiceError(f"{said}, after {patience_s:.0f} s.")
        time.sleep(_PAUSE_S)
