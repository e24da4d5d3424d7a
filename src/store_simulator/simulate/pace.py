"""When each event is due."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helpers.errors import InputError


@dataclass(frozen=True)
class Pace:
    """How fast events are sent: by their own times, at a rate, or as fast as it goes (neither).

    Attributes
    ----------
    speed : float or None
        Event seconds in a second: 1 is real time, 60 an hour in a minute.
    rate : float or None
        Events a second.

    Raises
    ------
    InputError
        Where both are given, or one that is not positive.
    """

    speed: float | None = None
    rate: float | None = None

    def __post_init__(self) -> None:
        if self.speed is not None and self.rate is not None:
            raise InputError("Give a speed or a rate, not both.")
        for name, value in (("speed", self.speed), ("rate", self.rate)):
            if value is not None and not 0 < value < float("inf"):
                raise InputError(f"The {name} is {value}: it must be greater than 0.")

    @property
    def scheduled(self) -> bool:
        """Whether events have times at which they are due, so that a replay can lag behind."""
        return self.speed is not None or self.rate is not None

    def due(
        self, times: npt.NDArray[np.float64], first: float, before: int
    ) -> npt.NDArray[np.float64]:
        """Say when events are due.

        Parameters
        ----------
        times : ndarray of float64, shape (n,)
            Their own times, in seconds. An event that is earlier than one
            before it is due with that one: the source's order is kept.
        first : float
            The time of the first event of the replay, in seconds.
        before : int
            How many events were there before these.

        Returns
        -------
        ndarray of float64, shape (n,)
            Seconds after the start of the replay, ascending.

        Examples
        --------
        >>> Pace(speed=10).due(np.array([100.0, 120.0, 110.0]), 100.0, 0).tolist()
        [0.0, 2.0, 2.0]
        """
        if self.speed is not None:
            return (np.maximum.accumulate(np.maximum(times, first)) - first) / self.speed
        if self.rate is not None:
            return np.arange(before, before + len(times)) / self.rate
        return np.zeros(len(times))
