"""A cluster of one application: its two processes and its one job."""

import os
import re
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from local_aws.kinesisanalyticsv2.flink import distribution, packages, processes, setup
from local_aws.kinesisanalyticsv2.flink.job import (
    START_S,
    CancelledError,
    ClusterError,
    Job,
    Program,
    Restore,
    go_on,
    submit,
)
from local_aws.kinesisanalyticsv2.flink.processes import Known
from local_aws.kinesisanalyticsv2.flink.rest import Rest, RestError
from local_aws.kinesisanalyticsv2.flink.setup import Folders, Ports, Setup

_JOB_MANAGER = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
_TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
_PYTHON_ERROR = re.compile(
    r"^(?:Caused by: )?((?:[\w$]+\.)*\w*(?:Error|Exception)\b.*(?:\n - .*)*)", re.MULTILINE
)
_SITE = Path(__file__).with_name("python")


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
        self.job: Job | None = None
        self._env = self._variables(env, properties)
        self._job_manager: Known | None = None
        self._task_manager: Known | None = None
        self._task_manager_id = ""
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
        self._launch_task_manager()
        until = time.monotonic() + START_S
        while True:
            try:
                self.rest.get("/overview")
                return
            except RestError as error:
                if self._job_manager and not processes.alive(self._job_manager):
                    raise ClusterError(self._last_words("jobmanager")) from error
                go_on(until, cancelled, "Flink's JobManager did not start")

    def run(self, program: Program, restore: Restore, cancelled: threading.Event) -> None:
        """Run a program's job, and wait until every task runs.

        Raises
        ------
        ClusterError, CancelledError
        """
        try:
            self.job = submit(self.rest, program, restore)
        except ClusterError as error:
            raise ClusterError(f"{error}{self._python_said()}") from error
        self.job.await_running(cancelled)

    @property
    def job_manager_runs(self) -> bool:
        """Whether the process that knows the job is there."""
        return self._job_manager is not None and processes.alive(self._job_manager)

    @property
    def processes(self) -> list[Known]:
        """Those that were started last."""
        return [each for each in (self._job_manager, self._task_manager) if each]

    def runs_whole(self) -> bool:
        """Say whether every task runs, and on a TaskManager that is there.

        Flink needs seconds to see that one is gone.
        """
        if self._task_manager is None or not processes.alive(self._task_manager):
            return False
        try:
            return (
                self.job is not None
                and self.job.task_managers() == {self._task_manager_id}
                and self.job.runs_whole()
            )
        except RestError:
            return False

    def replace_task_manager(self) -> None:
        """Start a TaskManager in the place of one that has ended; Flink then restarts the job."""
        if self._task_manager and not processes.alive(self._task_manager):
            self._launch_task_manager()

    def memory(self) -> list[int]:
        """Return the bytes that each process has."""
        return [processes.memory(each) for each in self.processes]

    def cpu_seconds(self) -> float:
        """Return the seconds that the processes have computed."""
        return sum(processes.cpu_seconds(each) for each in self.processes)

    def close(self) -> None:
        """Let nothing be started from now on."""
        with self._lock:
            self._over = True

    def end(self) -> None:
        """End both processes, whatever they do; nothing is started afterwards."""
        self.close()
        processes.end(*self.processes)

    def _launch_task_manager(self) -> None:
        self._task_manager_id = f"taskmanager-{secrets.token_hex(4)}"
        named = ["-D", f"taskmanager.resource-id={self._task_manager_id}"]
        self._task_manager = self._launch(_TASK_MANAGER, "taskmanager", setup.TASK_MANAGER, named)

    def _launch_job_manager(self) -> None:
        self._job_manager = self._launch(_JOB_MANAGER, "jobmanager", setup.JOB_MANAGER)

    def _launch(
        self, main: str, name: str, memory: tuple[str, ...], arguments: Sequence[str] = ()
    ) -> Known:
        command = [
            *(self._found.java, *self._found.options, *memory, *setup.JVM),
            f"-Dlog.file={self.logs / name}.log",
            f"-Dlog4j.configurationFile=file:{self._conf / 'log4j.properties'}",
            f"-Djava.io.tmpdir={self._folders.work / 'tmp'}",
            *("-cp", self._found.class_path, main, "--configDir", str(self._conf)),
            *arguments,
        ]
        with self._lock:
            if self._over:
                raise CancelledError
            output = self.logs / f"{name}.out"
            started = processes.start(command, self._env, self._folders.work, output)
            kept = self._job_manager if name == "taskmanager" else self._task_manager
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
            "APPLICATION_PACKAGES": packages.names(),
            "APPLICATION_PROPERTIES": str(properties),
            # PyFlink would serve its Python workers on every address of the machine
            "_python_worker_execution_mode": "process",
            **env,
        }

    def _python_said(self) -> str:
        output = self.logs / "jobmanager.out"
        said = _PYTHON_ERROR.findall(output.read_text(errors="replace"))
        return f"\nPython said: {said[-1]}" if said else ""

    def _last_words(self, name: str) -> str:
        output = self.logs / f"{name}.out"
        said = output.read_text(errors="replace").strip() if output.exists() else ""
        return f"Flink's {name} ended at once: {said[-2000:]}"


def _free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in listeners]
    for each in listeners:
        each.close()
    return ports
