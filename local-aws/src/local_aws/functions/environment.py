"""One execution environment: a process that serves one invocation after the other."""

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from local_aws.functions.function import Function
from local_aws.functions.log import Log, Report
from local_aws.functions.output import Output
from local_aws.functions.runtime_api import MAX_ANSWER_BYTES, Invocation, Reply, RuntimeApi
from local_aws.functions.variables import Ends, Place, variables

LAUNCHER = Path(__file__).with_name("launcher.py")
INIT_S = 10
_LOOK_S = 0.02
"""How often memory is looked at while a function runs."""
_FAMILY_EVERY = 10
"""Every so many looks the processes that it started are counted too: finding them costs more."""
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)
_SIGNALS = {
    signal.SIGKILL: "killed",
    signal.SIGSEGV: "segmentation fault",
    signal.SIGABRT: "aborted",
    signal.SIGTERM: "terminated",
}


class Outcome(NamedTuple):
    """What came of an invocation: the function's JSON, or an error document."""

    body: bytes
    failed: bool
    duration_ms: float = 0.0
    """Without the init."""


class _DiedError(Exception):
    """The process ended, or had to be ended, before it answered."""

    def __init__(self, error_type: str, text: str, status: str = "error") -> None:
        super().__init__(text)
        self.error_type = error_type
        self.text = text
        self.status = status


class Environment:
    """A function's process, started at once.

    Parameters
    ----------
    function : Function
        Whose version runs in it.
    place : Place
        Where what is.
    credentials : dict
        Environment variables: those of its role.
    """

    def __init__(self, function: Function, place: Place, credentials: dict[str, str]) -> None:
        self.function = function
        self.log = Log(function)
        self._api = RuntimeApi()
        self._peak = 0
        self._init_ms: float | None = None
        self._ready = False
        printed, printed_in = os.pipe()
        logged, logged_in = os.pipe()
        self.log.init_start(place.runtime.version)
        self._begun = time.monotonic()
        ends = Ends(self._api.address, logged_in, self.log.stream)
        arguments = [str(each) for each in (place.task, place.layers, place.packages)]
        self._process = subprocess.Popen(
            [place.runtime.executable, "-S", "-s", str(LAUNCHER), *arguments, function.handler],
            env=variables(function, place, ends) | credentials,
            cwd=place.task,
            stdin=subprocess.DEVNULL,
            stdout=printed_in,
            stderr=printed_in,
            pass_fds=(logged_in,),
            start_new_session=True,
        )
        os.close(printed_in)
        os.close(logged_in)
        self._watched = psutil.Process(self._process.pid)
        self._looks = 0
        self._output = Output(printed, logged, self.log.write)

    @property
    def alive(self) -> bool:
        """Whether it can serve one more invocation."""
        return self._process.poll() is None

    def await_start(self, seconds: float) -> None:
        """Wait until the process asks for work or has ended, but no longer than so many seconds."""
        until = time.monotonic() + seconds
        while self._api.replies.empty() and self.alive and time.monotonic() < until:
            time.sleep(_LOOK_S)

    def waits(self) -> bool:
        """Wait until it asks for its next invocation; False where it ended instead."""
        while self.alive:
            with contextlib.suppress(queue.Empty):
                return self._api.replies.get(timeout=_LOOK_S).kind == "ready"
        return False

    def invoke(self, invocation: Invocation) -> Outcome:
        """Serve one invocation; afterwards `alive` says whether there can be another.

        Parameters
        ----------
        invocation : Invocation
            Its deadline is set here: the init does not count.
        """
        request_id = invocation.request_id
        begun, status, error_type = time.monotonic(), "success", None
        try:
            outcome = self._initialised(request_id)
            if outcome is None:
                begun = time.monotonic()
                timeout = self.function.timeout_s
                deadline_ms = int((time.time() + timeout) * 1000)
                self._api.give(invocation._replace(deadline_ms=deadline_ms))
                outcome = _outcome(self._reply(begun + timeout))
            if outcome.failed:
                status, error_type = "error", str(json.loads(outcome.body).get("errorType"))
        except _DiedError as died:
            self.stop()
            self._output.drain()
            status, error_type = died.status, died.error_type
            text = f"RequestId: {request_id} Error: {died.text}"
            late = f"{_now()} {request_id} {died.text}"
            self.log.say(late if status == "timeout" else text)
            outcome = Outcome(_error(error_type, text), True)
        duration_ms = (time.monotonic() - begun) * 1000
        self._output.drain()
        used = min(self._peak >> 20, self.function.memory_mb)
        init_ms, self._init_ms = self._init_ms, None
        self.log.end(Report(request_id, duration_ms, used, init_ms, status, error_type))
        return outcome._replace(duration_ms=duration_ms)

    def stop(self) -> None:
        """End the process, all that it started, and what served it."""
        self.kill()
        self._process.wait()
        self._api.close()

    def kill(self) -> None:
        """End the process and all that it started, without a wait."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _initialised(self, request_id: str) -> Outcome | None:
        """Begin the invocation; what the init had to say stands before it in the log."""
        try:
            return self._await_init()
        finally:
            self._output.drain()
            self.log.start(request_id)

    def _await_init(self) -> Outcome | None:
        """Wait until the client is there, and say what failed where it cannot serve."""
        if self._ready:
            return None
        reply = self._reply(self._begun + INIT_S + self.function.timeout_s)
        if reply.kind == "init/error":
            self.stop()
            return Outcome(reply.body, True)
        self._ready = True
        self._init_ms = (time.monotonic() - self._begun) * 1000
        return None

    def _reply(self, deadline: float) -> Reply:
        """Wait for what the client says next, and watch time and memory meanwhile."""
        while True:
            left = deadline - time.monotonic()
            try:
                reply = self._api.replies.get(timeout=max(0.0, min(_LOOK_S, left)))
            except queue.Empty:
                self._look(left)
                continue
            self._measure()
            return reply

    def _look(self, left: float) -> None:
        self._measure()
        if (code := self._process.poll()) is not None and self._api.replies.empty():
            raise _DiedError("Runtime.ExitError", _reason(code))
        if left <= 0:
            text = f"Task timed out after {self.function.timeout_s}.00 seconds"
            raise _DiedError("Sandbox.Timedout", text, "timeout")

    def _measure(self) -> None:
        """Look at the memory in use; a peak between two looks counts where the system keeps it."""
        used = 0
        with contextlib.suppress(psutil.Error, FileNotFoundError, ProcessLookupError):
            used = _peak_bytes(self._process.pid) or self._watched.memory_info().rss
            self._looks += 1
            if self._looks % _FAMILY_EVERY == 0:
                used += sum(child.memory_info().rss for child in self._watched.children(True))
        self._peak = max(self._peak, used)
        if self._peak > self.function.memory_mb << 20:
            raise _DiedError("Runtime.OutOfMemory", "Runtime exited with error: signal: killed")


def _peak_bytes(pid: int) -> int:
    """Return the most memory that a process had at once; 0 where the system does not say."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    found = _PEAK.search(status.read_text())
    return int(found[1]) << 10 if found else 0


def _outcome(reply: Reply) -> Outcome:
    if reply.kind == "too-large":
        text = (
            "Response payload size exceeded maximum allowed payload size "
            f"({MAX_ANSWER_BYTES} bytes)."
        )
        return Outcome(_error("Function.ResponseSizeTooLarge", text), True)
    return Outcome(reply.body, reply.kind == "error")


def _error(error_type: str, message: str) -> bytes:
    return json.dumps({"errorType": error_type, "errorMessage": message}).encode()


def _reason(code: int) -> str:
    if code == 0:
        return "Runtime exited without providing a reason"
    if code < 0:
        name: Any = _SIGNALS.get(signal.Signals(-code), signal.Signals(-code).name)
        return f"Runtime exited with error: signal: {name}"
    return f"Runtime exited with error: exit status {code}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
