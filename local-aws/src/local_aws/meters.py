"""What a busy service counts of itself, put together in memory until CloudWatch fetches it."""

import threading
from collections.abc import Mapping
from typing import NamedTuple

from local_aws.clock import Clock, clock
from local_aws.tenant import Tenant

MINUTE = 60


class Meter(NamedTuple):
    """One metric of a service, in one minute."""

    tenant: Tenant
    name: str
    unit: str
    dimensions: tuple[tuple[str, str], ...]
    minute: int
    """When it begins, in seconds since 1970."""


class Reading(NamedTuple):
    """What came together: how many values, and their total, lowest and highest."""

    size: float
    total: float
    low: float
    high: float


class Meters:
    """The counts of one service; safe to use from any thread.

    Parameters
    ----------
    now : Clock
        Says in which minute a value belongs.
    """

    def __init__(self, now: Clock = clock) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._readings: dict[Meter, Reading] = {}

    def add(
        self, tenant: Tenant, name: str, value: float, unit: str, dimensions: Mapping[str, str]
    ) -> None:
        """Add one value to a metric of the present minute."""
        minute = int(self._now() // MINUTE * MINUTE)
        meter = Meter(tenant, name, unit, tuple(sorted(dimensions.items())), minute)
        with self._lock:
            size, total, low, high = self._readings.get(meter, (0.0, 0.0, value, value))
            reading = Reading(size + 1, total + value, min(low, value), max(high, value))
            self._readings[meter] = reading

    def fetch(self) -> dict[Meter, Reading]:
        """Return what came together since the last time."""
        with self._lock:
            readings, self._readings = self._readings, {}
        return readings
