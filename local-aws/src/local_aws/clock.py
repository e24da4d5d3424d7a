"""The time by which metrics are kept and alarms are looked at; a test can move it ahead."""

import time
from collections.abc import Callable


class Clock:
    """Seconds since 1970, and how far they have been moved.

    Parameters
    ----------
    source : callable
        Gives the true time.
    """

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._ahead = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self._source() + self._ahead

    def move(self, seconds: float) -> None:
        """Go ahead by some seconds."""
        self._ahead += seconds

    def put_right(self) -> None:
        """Go back to the true time."""
        self._ahead = 0.0


clock = Clock()
