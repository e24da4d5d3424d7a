"""Warm execution environments: kept after an invocation, taken for the next, ended when unused."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from local_aws.functions.environment import Environment
from local_aws.functions.function import Function

IDLE_S = 300
_REAP_S = 15
_START_S = 5
# more would only slow each other down, until none is ready within the time for its init
_STARTS_AT_ONCE = max(2, os.cpu_count() or 2)


class _Idle(NamedTuple):
    environment: Environment
    since: float


class Pool:
    """Environments that wait, by what they were made from.

    Parameters
    ----------
    make : callable
        Starts an environment of a function, from it and the record that holds its code.
    """

    def __init__(self, make: Callable[[Function, dict[str, Any]], Environment]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._starting = threading.BoundedSemaphore(_STARTS_AT_ONCE)
        self._idle: dict[str, list[_Idle]] = {}
        self._busy: set[Environment] = set()
        self._closed = threading.Event()
        threading.Thread(target=self._reap, daemon=True).start()

    @contextlib.contextmanager
    def lease(self, function: Function, record: dict[str, Any]) -> Iterator[Environment]:
        """Lend an environment that serves nobody else meanwhile; made where none waits."""
        environment = self._take(function) or self._begin(function, record)
        with self._lock:
            self._busy.add(environment)
        try:
            yield environment
        finally:
            with self._lock:
                self._busy.discard(environment)
                keep = environment.alive and not self._closed.is_set()
                if keep:
                    idle = self._idle.setdefault(environment.function.fingerprint, [])
                    idle.append(_Idle(environment, time.monotonic()))
            if not keep:
                environment.stop()

    def forget(self, account: str, region: str, name: str) -> None:
        """End the environments of a function that wait: it was changed or deleted."""
        with self._lock:
            gone = [
                idle.environment
                for waiting in self._idle.values()
                for idle in waiting
                if _of(idle.environment.function) == (account, region, name)
            ]
            for environment in gone:
                self._drop(environment)
        for environment in gone:
            environment.stop()

    def close(self) -> None:
        """End all environments, those at work too."""
        self._closed.set()
        with self._lock:
            every = [idle.environment for waiting in self._idle.values() for idle in waiting]
            every += self._busy
            self._idle.clear()
        for environment in every:
            environment.kill()

    def _begin(self, function: Function, record: dict[str, Any]) -> Environment:
        """Make an environment that is ready, or take one that came free while this one waited."""
        with self._starting:
            if (free := self._take(function)) is not None:
                return free
            environment = self._make(function, record)
            environment.await_start(_START_S)
            return environment

    def _take(self, function: Function) -> Environment | None:
        while True:
            with self._lock:
                waiting = self._idle.get(function.fingerprint)
                if not waiting:
                    return None
                environment = waiting.pop().environment
            if environment.waits():
                return environment
            environment.stop()

    def _reap(self) -> None:
        while not self._closed.wait(_REAP_S):
            before = time.monotonic() - IDLE_S
            with self._lock:
                old = [
                    idle.environment
                    for waiting in self._idle.values()
                    for idle in waiting
                    if idle.since < before
                ]
                for environment in old:
                    self._drop(environment)
            for environment in old:
                environment.stop()

    def _drop(self, environment: Environment) -> None:
        key = environment.function.fingerprint
        left = [idle for idle in self._idle[key] if idle.environment is not environment]
        self._idle[key] = left


def _of(function: Function) -> tuple[str, str, str]:
    return function.tenant.account, function.tenant.region, function.name
