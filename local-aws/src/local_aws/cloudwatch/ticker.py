"""The minute hand: what is due by the clock is done, in a thread of its own."""

import logging
import sqlite3
import threading
from collections.abc import Callable

from local_aws.clock import Clock
from local_aws.cloudwatch import alarms
from local_aws.cloudwatch.store import Alarm, Store
from local_aws.protocol.errors import ServiceError
from local_aws.tenant import Tenant

log = logging.getLogger("local_aws")

STEP_S = 10
LOOK_S = 0.5

Chore = Callable[[], None]


class Ticker:
    """Looks at alarms when they are due, after the chores that bring their metrics up to date.

    Parameters
    ----------
    store : Store
        Whose alarms.
    clock : Clock
        By which they are due.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._due: dict[tuple[Tenant, str], float] = {}
        self._done = clock() // STEP_S
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self.chores: list[Chore] = []
        """What is done before alarms are looked at, every 10 s."""
        self.minutely: list[Chore] = []
        """What is done when a minute is over."""

    def start(self) -> None:
        """Go on until `end`."""
        threading.Thread(target=self._run, name="cloudwatch", daemon=True).start()

    def end(self) -> None:
        """Do nothing more; what is under way may fail, as the files are closed next."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(LOOK_S):
            try:
                self.tick()
            except (OSError, sqlite3.Error) as error:
                if not self._ended.is_set():
                    log.error("alarms were not looked at: %s", error)

    def move(self, seconds: float) -> None:
        """Move the clock ahead, and do on the way whatever becomes due."""
        left = seconds
        while left > 0 and not self._ended.is_set():
            step = min(STEP_S, left)
            self._clock.move(step)
            self.tick()
            left -= step

    def tick(self) -> None:
        """Do what is due now."""
        with self._lock:
            if self._ended.is_set():
                return
            now = self._clock()
            step, before = now // STEP_S, self._done
            if step == before:
                return
            self._done = step
            over = step * STEP_S // 60 != before * STEP_S // 60
            for chore in self.chores + (self.minutely if over else []):
                chore()
            for alarm in list(self._store.metric_alarms()):
                self._look(alarm, now)

    def _look(self, alarm: Alarm, now: float) -> None:
        key, interval = (alarm.tenant, alarm.name), alarms.interval(alarm.document)
        due = self._due.get(key, 0.0)
        if due > now + interval:  # the clock has been put back
            due = 0.0
        if now < due:
            return
        self._due[key] = (now // interval + 1) * interval
        try:
            alarms.look_at(self._store, alarm.tenant, alarm.name)
        except ServiceError as error:
            log.warning("alarm %s: %s", alarm.name, error.message)
