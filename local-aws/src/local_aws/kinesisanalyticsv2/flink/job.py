"""The one job of a cluster: submitted, watched, and ended, by Flink's REST interface."""

import sys
import threading
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

from local_aws.kinesisanalyticsv2.flink.rest import Rest, RestError

START_S: Final = 300
"""The service gives up then, too."""
SAVEPOINT_S: Final = 300
LOOK_S: Final = 0.2
ENDED: Final = frozenset({"FINISHED", "CANCELED", "FAILED"})

_GOOD: Final = frozenset({"RUNNING", "FINISHED"})
_DRIVER: Final = "org.apache.flink.client.python.PythonDriver"


class ClusterError(Exception):
    """The cluster or its job is not what it should be; the message says why."""


class CancelledError(Exception):
    """Somebody does not want any longer what was waited for."""


class Program(NamedTuple):
    """What is run: paths, the last two lists of them separated by commas."""

    folder: Path
    main: Path
    jar: Path
    files: str
    archives: str


class Restore(NamedTuple):
    """Where a job begins: the place of a savepoint or checkpoint, None without state."""

    place: str | None = None
    allow_non_restored: bool = False


class Job:
    """A job that was submitted.

    Parameters
    ----------
    rest : Rest
    job : str
        Flink's id.
    """

    def __init__(self, rest: Rest, job: str) -> None:
        self.rest = rest
        self.id = job

    def await_running(self, cancelled: threading.Event) -> None:
        """Wait until every task runs, or the job has ended well.

        Raises
        ------
        ClusterError
            Where the job fails, or not every task runs in time.
        CancelledError
        """
        until = time.monotonic() + START_S
        while True:
            state, tasks = self.state()
            if state == "FINISHED" or (state == "RUNNING" and tasks and tasks <= _GOOD):
                return
            if state in {"FAILED", "CANCELED"}:
                raise ClusterError(self.trouble() or f"The job ended as {state}.")
            text = "Flink job did not start within a total timeout of 5 minutes"
            go_on(until, cancelled, f"{text}. {self.trouble()}".strip())

    def state(self) -> tuple[str, set[str]]:
        """Return the job's state and those of its tasks; UNREACHABLE where nobody answers."""
        try:
            told = self.rest.get(f"/jobs/{self.id}")
        except RestError:
            return "UNREACHABLE", set()
        return str(told["state"]), {str(vertex["status"]) for vertex in told["vertices"]}

    def runs_whole(self) -> bool:
        """Say whether every task runs: only then a savepoint can be taken."""
        state, tasks = self.state()
        return state == "RUNNING" and tasks <= _GOOD and "RUNNING" in tasks

    def task_managers(self) -> set[str]:
        """Return the ids of the TaskManagers that Flink believes the tasks to run on."""
        vertices = self.rest.get(f"/jobs/{self.id}")["vertices"]
        tasks = [self.rest.get(f"/jobs/{self.id}/vertices/{each['id']}") for each in vertices]
        return {str(each["taskmanager-id"]) for task in tasks for each in task["subtasks"]}

    def trouble(self) -> str:
        """Return the stack trace of the newest failure; empty where there was none."""
        try:
            told = self.rest.get(f"/jobs/{self.id}/exceptions")
        except RestError:
            return ""
        entries = (told.get("exceptionHistory") or {}).get("entries") or []
        return str(entries[0]["stacktrace"]) if entries else ""

    def plan(self) -> Any:
        """Return the job's plan, as Flink tells it."""
        return self.rest.get(f"/jobs/{self.id}/plan")["plan"]

    def savepoint(self, folder: Path) -> str:
        """Take a savepoint while the job runs on, and return its place."""
        given = {"target-directory": folder.as_uri(), "cancel-job": False}
        return self._taken(f"/jobs/{self.id}/savepoints", given)

    def stop(self, folder: Path) -> str:
        """End the job with a savepoint, and return its place."""
        given = {"targetDirectory": folder.as_uri(), "drain": False}
        place = self._taken(f"/jobs/{self.id}/stop", given)
        until = time.monotonic() + SAVEPOINT_S
        while self.state()[0] not in {*ENDED, "UNREACHABLE"} and time.monotonic() < until:
            time.sleep(LOOK_S)  # the savepoint is complete a moment before the job has ended
        return place

    def _taken(self, path: str, given: dict[str, Any]) -> str:
        try:
            trigger = self.rest.post(path, given)["request-id"]
            until = time.monotonic() + SAVEPOINT_S
            while time.monotonic() < until:
                told = self.rest.get(f"/jobs/{self.id}/savepoints/{trigger}")
                if told["status"]["id"] == "COMPLETED":
                    operation = told["operation"]
                    if cause := operation.get("failure-cause"):  # a failed one is completed too
                        raise ClusterError(str(cause.get("stack-trace") or cause))
                    return str(operation["location"])
                time.sleep(LOOK_S)
        except RestError as error:
            raise ClusterError(str(error)) from error
        raise ClusterError(f"The savepoint is not complete after {SAVEPOINT_S} s.")


def submit(rest: Rest, program: Program, restore: Restore) -> Job:
    """Run a program up to its job, as the service does: the jar is the class path.

    Raises
    ------
    ClusterError
        With what the program, or Flink, said. No job is left behind.
    """
    arguments = ["-pyclientexec", sys.executable, "-py", str(program.main)]
    if program.files:
        arguments += ["-pyfs", program.files]
    if program.archives:
        arguments += ["-pyarch", program.archives]
    given: dict[str, Any] = {"entryClass": _DRIVER, "programArgsList": arguments}
    if restore.place:
        given |= {
            "savepointPath": restore.place,
            "allowNonRestoredState": restore.allow_non_restored,
        }
    try:
        jar = rest.upload(program.jar)
        answer = rest.post(f"/jars/{jar}/run", given, START_S)
    except RestError as error:
        _cancel_all(rest)
        raise ClusterError(_causes(str(error))) from error
    return Job(rest, str(answer["jobid"]))


def go_on(until: float, cancelled: threading.Event, text: str) -> None:
    """Wait a moment, unless it is too late or not wanted any longer."""
    if cancelled.wait(LOOK_S):
        raise CancelledError
    if time.monotonic() > until:
        raise ClusterError(text)


def _causes(trace: str) -> str:
    """Leave of Java's stack trace what was said, each thing once."""
    said = [
        line.removeprefix("Caused by: ").strip("<> ")
        for line in trace.splitlines()
        if line.strip() and not line.startswith(("\tat ", "\t..."))
    ]
    return "\n".join(dict.fromkeys(said))


def _cancel_all(rest: Rest) -> None:
    """End what a program that failed has left running."""
    try:
        for job in rest.get("/jobs")["jobs"]:
            if job["status"] not in ENDED:
                rest.cancel(job["id"])
    except RestError:
        return  # the cluster is ended next
