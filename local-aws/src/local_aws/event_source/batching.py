"""How records become batches: until the size, the window or 6 MB of an event is reached."""

import math
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, Protocol

from local_aws.event_source.events import MAX_EVENT_BYTES
from local_aws.event_source.settings import Settings
from local_aws.kinesis.shard import Record

_LEAST_READ = 100


class Readable(Protocol):
    """What records come from: see `feed.Feed`."""

    def now(self) -> float:
        """Return seconds since 1970."""

    def read(self, position: int, limit: int) -> Sequence[Record]:
        """Read on from a position."""

    def drained(self, position: int) -> bool:
        """Say whether there will never be more."""

    def until_more(self) -> float:
        """Say in how many seconds there may be more."""


class Chooser(NamedTuple):
    """Which records a batch takes, and how it waits for them."""

    owns: Callable[[Record], bool]
    """Whether a record's key is of this lane."""
    wants: Callable[[Record], bool]
    """Whether the filters let it pass."""
    weigh: Callable[[Record], int]
    """Bytes that it takes of an event."""
    wait: Callable[[float], Awaitable[None]]


class Gathered(NamedTuple):
    """Records for one invocation."""

    records: list[Record]
    end: int
    """Everything before this position is in `records`, or is none of ours."""
    unwanted: int
    """How many were filtered out."""
    window: int | None
    """Start of the tumbling window of the records, in milliseconds since 1970."""
    over: bool = False
    """Whether the shard has ended."""


async def gather(
    shard: Readable, position: int, settings: Settings, choose: Chooser, until: float = math.inf
) -> Gathered:
    """Wait for a batch.

    Parameters
    ----------
    shard : Readable
        Where from.
    position : int
        Where to read on.
    settings : Settings
        Size and window of a batch, tumbling window.
    choose : Chooser
        Which records.
    until : float
        Seconds since 1970 at which it comes back with nothing, where nothing came.

    Returns
    -------
    Gathered
        Of one tumbling window; without records where all that came was filtered out, where time
        was up, or where the shard has ended.
    """
    batch = _Growing(settings, choose.weigh)
    # of other lanes' records and filtered ones a batch needs more, which further reads give
    most = max(_LEAST_READ, settings.batch_size * settings.lanes)
    opened = shard.now()
    unwanted = 0
    while True:
        found = shard.read(position, most)
        for record in found:
            if not choose.owns(record):
                pass
            elif not choose.wants(record):
                unwanted += 1
            elif not batch.take(record):
                return Gathered(batch.records, record.position, unwanted, batch.window)
            position = record.position + 1
            if len(batch.records) == settings.batch_size:
                return Gathered(batch.records, position, unwanted, batch.window)
        if found:
            continue
        now, over = shard.now(), shard.drained(position)
        closes = opened + settings.window_s
        if batch.records:
            if over or now >= closes:
                return Gathered(batch.records, position, unwanted, batch.window)
            left = closes - now
        else:
            if over or unwanted or now >= until:
                return Gathered([], position, unwanted, None, over)
            if now >= closes:
                opened = now
            left = until - now
        await choose.wait(max(0.0, min(shard.until_more(), left)))


class _Growing:
    """A batch that takes records until it is full."""

    def __init__(self, settings: Settings, weigh: Callable[[Record], int]) -> None:
        self._tumbling_ms = settings.tumbling_s * 1000
        self._weigh = weigh
        self._bytes = 0
        self.records: list[Record] = []
        self.window: int | None = None

    def take(self, record: Record) -> bool:
        """Add a record, unless it belongs to the next batch."""
        weight = self._weigh(record)
        window = (
            record.arrival // self._tumbling_ms * self._tumbling_ms if self._tumbling_ms else None
        )
        if self.records and (self._bytes + weight > MAX_EVENT_BYTES or window != self.window):
            return False
        self.records.append(record)
        self._bytes += weight
        self.window = window
        return True
