"""A cluster of one application: its two processes, its one job, and what is asked of both."""

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from local_aws.kinesisanalyticsv2.flink import distribution, processes, setup
from local_aws.kinesisanalyticsv2.flink.processes import Known
from local_aws.kinesisanalyticsv2.flink.rest import Rest, RestError
from local_aws.kinesisanalyticsv2.flink.setup import Folders, Ports, Setup

START_S: Final = 300
"""The service gives up then, too."""
SAVEPOINT_S: Final = 300
LOOK_S: Final = 0.2
ENDED: Final = frozenset({"FINISHED", "CANCELED", "FAILED"})

_JOB_MANAGER = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
_TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
_DRIVER = "org.apache.flink.client.python.PythonDriver"
_SITE = Path(__file__).with_name("python")


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


class Cluster:
    """The processes of one application.

    Parameters
    ----------
    wanted : Setup
    folders : Folders
    env : mapping
        Variables that the job has beside those of Flink: endpoint, region, credentials.
    properties : Path
        The application's properties, as the service would put them into ``/etc/flink``.
    told : callable
        Is given the processes each time that one was started, before anything else happens.
    """

    def __init__(
        self,
        wanted: Setup,
        folders: Folders,
        env: Mapping[str, str],
        properties: Path,
        told: Callable[[list[Known]], None],
    ) -> None:
        self._found = distribution.find()
        self._folders = folders
        self._told = told
        for folder in (folders.work / "tmp", folders.work / "log", folders.checkpoints):
            folder.mkdir(parents=True, exist_ok=True)
        ports = Ports(*_free_ports(3))
        self._conf = setup.write(wanted, folders, ports, sys.executable)
        self.rest = Rest(ports.rest)
        self.job = ""
        self._env = self._variables(env, properties)
        self.job_manager: Known | None = None
        self.task_manager: Known | None = None
        self._lock = threading.Lock()
        self._over = False

    @property
    def logs(self) -> Path:
        """The folder of both processes' logs, a JSON record a line."""
        return self._folders.work / "log"

    def start(self, cancelled: threading.Event) -> None:
        """Start both processes and wait for the JobManager.

        Raises
        ------
        ClusterError
            Where it does not come up.
        CancelledError
        """
        self._launch_job_manager()
        self.launch_task_manager()
        until = time.monotonic() + START_S
        while True:
            try:
                self.rest.get("/overview")
                return
            except RestError as error:
                if self.job_manager and not processes.alive(self.job_manager):
                    raise ClusterError(self._last_words("jobmanager")) from error
                _go_on(until, cancelled, "Flink's JobManager did not start")

    def submit(self, program: Program, restore: Restore) -> None:
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
            jar = self.rest.upload(program.jar)
            answer = self.rest.post(f"/jars/{jar}/run", given, START_S)
        except RestError as error:
            self._cancel_all()
            raise ClusterError(str(error)) from error
        self.job = str(answer["jobid"])

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
            if state == "FINISHED" or (state == "RUNNING" and tasks <= {"RUNNING", "FINISHED"}):
                return
            if state in {"FAILED", "CANCELED"}:
                raise ClusterError(self.trouble() or f"The job ended as {state}.")
            text = "Flink job did not start within a total timeout of 5 minutes"
            _go_on(until, cancelled, f"{text}. {self.trouble()}".strip())

    def state(self) -> tuple[str, set[str]]:
        """Return the job's state and those of its tasks; UNREACHABLE where nobody answers."""
        try:
            told = self.rest.get(f"/jobs/{self.job}")
        except RestError:
            return "UNREACHABLE", set()
        return str(told["state"]), {str(vertex["status"]) for vertex in told["vertices"]}

    def runs_whole(self) -> bool:
        """Say whether every task runs: only then a savepoint can be taken."""
        state, tasks = self.state()
        return state == "RUNNING" and tasks <= {"RUNNING", "FINISHED"} and "RUNNING" in tasks

    def trouble(self) -> str:
        """Return the stack trace of the newest failure; empty where there was none."""
        try:
            told = self.rest.get(f"/jobs/{self.job}/exceptions")
        except RestError:
            return ""
        entries = (told.get("exceptionHistory") or {}).get("entries") or []
        return str(entries[0]["stacktrace"]) if entries else ""

    def savepoint(self, folder: Path) -> str:
        """Take a savepoint while the job runs on, and return its place."""
        given = {"target-directory": folder.as_uri(), "cancel-job": False}
        return self._taken(f"/jobs/{self.job}/savepoints", given)

    def stop(self, folder: Path) -> str:
        """End the job with a savepoint, and return its place."""
        given = {"targetDirectory": folder.as_uri(), "drain": False}
        place = self._taken(f"/jobs/{self.job}/stop", given)
        until = time.monotonic() + SAVEPOINT_S
        while self.state()[0] not in {*ENDED, "UNREACHABLE"} and time.monotonic() < until:
            time.sleep(LOOK_S)  # the savepoint is complete a moment before the job has ended
        return place

    def launch_task_manager(self) -> None:
        """Start a TaskManager, the first or in the place of one that has ended."""
        self.task_manager = self._launch(_TASK_MANAGER, "taskmanager", setup.TASK_MANAGER)

    def end(self) -> None:
        """End both processes, whatever they do; nothing is started afterwards."""
        with self._lock:
            self._over = True
            running = [each for each in (self.job_manager, self.task_manager) if each]
        processes.end(*running)

    def _launch_job_manager(self) -> None:
        self.job_manager = self._launch(_JOB_MANAGER, "jobmanager", setup.JOB_MANAGER)

    def _launch(self, main: str, name: str, memory: tuple[str, ...]) -> Known:
        command = [
            *(self._found.java, *self._found.options, *memory, *setup.JVM),
            f"-Dlog.file={self.logs / name}.log",
            f"-Dlog4j.configurationFile=file:{self._conf / 'log4j.properties'}",
            f"-Djava.io.tmpdir={self._folders.work / 'tmp'}",
            *("-cp", self._found.class_path, main, "--configDir", str(self._conf)),
        ]
        with self._lock:
            if self._over:
                raise CancelledError
            output = self.logs / f"{name}.out"
            started = processes.start(command, self._env, self._folders.work, output)
            kept = self.job_manager if name == "taskmanager" else self.task_manager
            self._told([each for each in (kept, started) if each])
        return started

    def _variables(self, env: Mapping[str, str], properties: Path) -> dict[str, str]:
        home = self._found.home
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "FLINK_CONF_DIR": str(self._conf),
            "FLINK_HOME": str(home),
            "FLINK_LIB_DIR": str(home / "lib"),
            "FLINK_OPT_DIR": str(home / "opt"),
            "FLINK_PLUGINS_DIR": str(home / "plugins"),
            "PYTHONPATH": str(_SITE),
            "LOCAL_AWS_APPLICATION_PROPERTIES": str(properties),
            # PyFlink would serve its Python workers on every address of the machine
            "_python_worker_execution_mode": "process",
            **env,
        }

    def _taken(self, path: str, given: dict[str, Any]) -> str:
        try:
            trigger = self.rest.post(path, given)["request-id"]
            until = time.monotonic() + SAVEPOINT_S
            while time.monotonic() < until:
                told = self.rest.get(f"/jobs/{self.job}/savepoints/{trigger}")
                if told["status"]["id"] == "COMPLETED":
                    operation = told["operation"]
                    if cause := operation.get("failure-cause"):  # a failed one is completed too
                        raise ClusterError(str(cause.get("stack-trace") or cause))
                    return str(operation["location"])
                time.sleep(LOOK_S)
        except RestError as error:
            raise ClusterError(str(error)) from error
        raise ClusterError(f"The savepoint is not complete after {SAVEPOINT_S} s.")

    def _cancel_all(self) -> None:
        """End what a program that failed has left running."""
        try:
            for job in self.rest.get("/jobs")["jobs"]:
                if job["status"] not in ENDED:
                    self.rest.cancel(job["id"])
        except RestError:
            return  # the cluster is ended next

    def _last_words(self, name: str) -> str:
        output = self.logs / f"{name}.out"
        said = output.read_text(errors="replace").strip() if output.exists() else ""
        return f"Flink's {name} ended at once: {said[-2000:]}"


def _go_on(until: float, cancelled: threading.Event, text: str) -> None:
    if cancelled.wait(LOOK_S):
        raise CancelledError
    if time.monotonic() > until:
        raise ClusterError(text)


def _free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in listeners]
    for each in listeners:
        each.close()
    return ports
