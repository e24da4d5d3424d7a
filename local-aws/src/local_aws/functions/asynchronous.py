"""Asynchronous invocations: tried again, and told to a destination when they are over.

After an error of the function again in one minute, then in two; after a throttle from one second
to five minutes apart, which counts as no attempt (developer guide, "Asynchronous invocation").
Waiting events are held in memory: a server that ends loses them.
"""

import contextvars
import heapq
import itertools
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any

from local_aws.clock import clock
from local_aws.functions import results
from local_aws.functions.function import Function
from local_aws.functions.invocations import Execute, Result
from local_aws.ministack.foreign import lambdas

Record = dict[str, Any]

RETRIES = 2
LONGEST_AGE_S = 21_600
_PAUSE_S = 60.0
_FIRST_BACKOFF_S, _LONGEST_BACKOFF_S = 1.0, 300.0
_LOOK_S = 0.2  # the clock may be moved


@dataclass
class Event:
    """An event that Lambda has accepted."""

    record: Record
    payload: Any
    context: contextvars.Context
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    accepted: float = field(default_factory=clock)
    invoked: int = 0
    """How often the function got it."""
    throttled: int = 0
    last: Result | None = None

    @property
    def function(self) -> Function:
        """The function that gets it."""
        return Function(self.record.get("config") or self.record)


class Asynchronous:
    """What takes the place of ministack's asynchronous invocation.

    Parameters
    ----------
    execute : callable
        Carries one invocation out.
    endpoint : str
        Where destinations are reached.
    """

    def __init__(self, execute: Execute, endpoint: str) -> None:
        self._execute = execute
        self._endpoint = endpoint
        self._waiting: list[tuple[float, int, Event]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._looking: threading.Thread | None = None

    def accept(self, func: Record, event: Any) -> None:
        """Take an event; the function gets it in a thread of its own."""
        self._start(Event(func, event, contextvars.copy_context()))

    def _start(self, event: Event) -> None:
        run = threading.Thread(target=event.context.run, args=(self._try, event), daemon=True)
        run.start()

    def _try(self, event: Event) -> None:
        settings = _settings(event.function)
        longest = int(settings.get("MaximumEventAgeInSeconds") or LONGEST_AGE_S)
        if clock() - event.accepted >= longest:
            self._tell(event, settings, "EventAgeExceeded")
            return
        result = self._execute(event.record, event.payload, event.request_id)
        if result.get("throttle"):
            pause = min(_FIRST_BACKOFF_S * 2**event.throttled, _LONGEST_BACKOFF_S)
            event.throttled += 1
        else:
            event.invoked += 1
            event.last = result
            if not result.get("error"):
                self._tell(event, settings, "Success")
                return
            if event.invoked > settings.get("MaximumRetryAttempts", RETRIES):
                self._tell(event, settings, "RetriesExhausted")
                return
            pause = _PAUSE_S * event.invoked
        self._wait(event, min(clock() + pause, event.accepted + longest))

    def _wait(self, event: Event, until: float) -> None:
        with self._changed:
            heapq.heappush(self._waiting, (until, next(self._numbers), event))
            if self._looking is None:
                self._looking = threading.Thread(target=self._look, daemon=True)
                self._looking.start()

    def _look(self) -> None:
        while True:
            with self._changed:
                self._changed.wait(_LOOK_S)
                due = []
                while self._waiting and self._waiting[0][0] <= clock():
                    due.append(heapq.heappop(self._waiting)[2])
            for event in due:
                self._start(event)

    def _tell(self, event: Event, settings: Record, condition: str) -> None:
        document = results.document(event.function, event, condition)
        results.tell(event.function, settings, document, self._endpoint)


def _settings(function: Function) -> Record:
    base = lambdas._functions.get(function.name) or {}
    configs = base.get("event_invoke_configs") or {}
    version = str(function.config.get("Version", "$LATEST"))
    latest = configs.get("") or base.get("event_invoke_config") or configs.get("$LATEST")
    found = latest if version == "$LATEST" else configs.get(version)
    return dict(found or {})
