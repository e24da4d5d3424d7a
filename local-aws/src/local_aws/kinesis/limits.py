"""The service's quotas, and the throttle of a shard's rates (off unless asked for)."""

import os
from dataclasses import dataclass

from local_aws.variables import Variable

MIB = 1 << 20
PUT_RECORDS = 500
PUT_BYTES = 10 * MIB
KEY_CHARACTERS = 256
GET_RECORDS = 10_000
GET_BYTES = 10 * MIB
SHARDS = 20_000
CONSUMERS = 20
TAGS = 50
RETENTION_HOURS = (24, 8760)


@dataclass(frozen=True)
class Options:
    """How far the local Kinesis goes in behaving like the distant one.

    Parameters
    ----------
    throttle : bool
        Hold every shard to 1 MiB and 1,000 records a second in, and to 2 MiB
        and five GetRecords a second out.
    iterator_seconds : float
        How long a shard iterator is good for.
    busy_seconds : float
        How long a stream stays CREATING, UPDATING or DELETING.
    """

    throttle: bool = False
    iterator_seconds: float = 300.0
    busy_seconds: float = 0.0


THROTTLE = Variable(
    "LOCAL_KINESIS_THROTTLE",
    0,
    "1 holds each shard to 1 MiB and 1,000 records a second in, 2 MiB and 5 reads a second out",
)
ITERATOR_SECONDS = Variable(
    "LOCAL_KINESIS_ITERATOR_SECONDS", 300, "how long a shard iterator is good for"
)
BUSY_SECONDS = Variable(
    "LOCAL_KINESIS_BUSY_SECONDS", 0, "how long a stream stays CREATING, UPDATING or DELETING"
)
VARIABLES = (THROTTLE, ITERATOR_SECONDS, BUSY_SECONDS)


def options_from_environment() -> Options:
    """Read the options from the environment, see `VARIABLES`.

    Returns
    -------
    Options
        The defaults where a variable is not set.

    Raises
    ------
    ValueError
        Where a variable has a value that it cannot have.
    """
    throttle = os.environ.get(THROTTLE.name, str(THROTTLE.default))
    if throttle not in {"0", "1"}:
        raise ValueError(f"{THROTTLE.name} is {throttle!r}: set it to 0 or 1")
    return Options(throttle == "1", _seconds(ITERATOR_SECONDS), _seconds(BUSY_SECONDS))


def _seconds(variable: Variable) -> float:
    text = os.environ.get(variable.name, str(variable.default))
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 86_400:
        raise ValueError(f"{variable.name} is {text!r}: set it to seconds between 0 and 86400")
    return value


class Bucket:
    """A token bucket that holds one second's worth and may go into debt.

    Debt is what makes a read of 10 MiB block the shard for five seconds, as
    the service documents it.
    """

    __slots__ = ("_at", "_level", "_rate")

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._level = rate
        self._at = 0.0

    def ready(self, now: float, amount: float) -> bool:
        """Say whether an amount is there at a time in seconds."""
        self._level = min(self._rate, self._level + (now - self._at) * self._rate)
        self._at = now
        return self._level >= amount

    def take(self, amount: float) -> None:
        """Use an amount up, into debt if need be."""
        self._level -= amount


class ShardThrottle:
    """The four rates of one shard."""

    __slots__ = ("_bytes_in", "_bytes_out", "_calls_out", "_records_in")

    def __init__(self) -> None:
        self._bytes_in = Bucket(MIB)
        self._records_in = Bucket(1000)
        self._bytes_out = Bucket(2 * MIB)
        self._calls_out = Bucket(5)

    def write(self, now: float, size: int) -> bool:
        """Try to take one record of a size in bytes in."""
        # A record larger than a second's worth is let in when the bucket is full.
        if not self._bytes_in.ready(now, min(size, MIB)) or not self._records_in.ready(now, 1):
            return False
        self._bytes_in.take(size)
        self._records_in.take(1)
        return True

    def read(self, now: float) -> bool:
        """Try to begin one GetRecords."""
        if not self._calls_out.ready(now, 1) or not self._bytes_out.ready(now, 1):
            return False
        self._calls_out.take(1)
        return True

    def read_out(self, size: int) -> None:
        """Count the bytes that a GetRecords gave."""
        self._bytes_out.take(size)
