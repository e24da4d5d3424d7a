"""A local AWS that a test kills, and starts again on its folder and port."""

import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType

import psutil

READY = "ready http://127.0.0.1:"


class Killable:
    """A server with faults and policies; the next one has its address.

    Parameters
    ----------
    folder : Path
        Its data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = "0"
        self._process = self._started()

    @property
    def endpoint(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> "Killable":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(30)

    def kill_and_start_again(self, *, alone: bool = False) -> None:
        """End it without warning; wait until the next one answers.

        What it runs is ended with it, unless it is killed alone.
        """
        running = psutil.Process(self._process.pid).children(recursive=True)
        workers = [] if alone else running
        self._process.kill()
        self._process.wait()
        for worker in workers:
            if worker.is_running():
                worker.kill()
        self._process = self._started()

    def kill_function(self, name: str) -> None:
        """End a function's process without warning."""
        for worker in psutil.Process(self._process.pid).children(recursive=True):
            if worker.environ().get("AWS_LAMBDA_FUNCTION_NAME") == name:
                worker.kill()

    def _started(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "local_aws", "--data", str(self._folder)]
        process = subprocess.Popen(
            [*command, "--port", self._port, "--iam", "--faults"],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ,
        )
        line = process.stdout.readline() if process.stdout else ""
        assert line.startswith(READY), line
        self._port = line.removeprefix(READY).strip()
        return process
