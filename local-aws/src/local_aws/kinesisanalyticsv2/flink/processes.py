"""Processes that may outlive the server: known by their id and the moment that they began."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

_SAME_S = 1.0
END_S = 3.0


class Known(NamedTuple):
    """A process: an id is used again, but not with the same beginning."""

    pid: int
    began: float
    """Seconds since 1970."""


def start(command: Sequence[str], env: Mapping[str, str], folder: Path, output: Path) -> Known:
    """Start a process in a session of its own.

    Parameters
    ----------
    command : sequence of str
        The program and its arguments.
    env : mapping
        All its variables.
    folder : Path
        Where it runs.
    output : Path
        What it prints is added there.
    """
    with output.open("ab") as printed:
        process = subprocess.Popen(
            command,
            env=dict(env),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Known(process.pid, psutil.Process(process.pid).create_time())


def alive(known: Known) -> bool:
    """Say whether a process still runs."""
    return _found(known) is not None


def memory(known: Known) -> int:
    """Return the bytes of memory that a process has of its own; 0 where it has ended."""
    process = _found(known)
    if process is None:
        return 0
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def cpu_seconds(known: Known) -> float:
    """Return the seconds that a process has computed; 0 where it has ended."""
    process = _found(known)
    if process is None:
        return 0.0
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def end(*processes: Known) -> None:
    """Kill processes with all that they started, and wait until they are gone."""
    found = [process for each in processes if (process := _found(each))]
    for process in found:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # each leads a session of its own
    psutil.wait_procs(found, END_S)


def _found(known: Known) -> psutil.Process | None:
    try:
        process = psutil.Process(known.pid)
        same = abs(process.create_time() - known.began) < _SAME_S
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.Error:
        return None
