"""What of one shard a mapping can see, and when it sees more.

A standard iterator looks once a second, and again at once while there is more, so that whatever
lay in the shard at a look is there. A consumer of enhanced fan-out is pushed each record.
"""

import asyncio
from collections.abc import Sequence

from local_aws.kinesis.limits import GET_BYTES
from local_aws.kinesis.shard import Record, Shard
from local_aws.kinesis.store import Store
from local_aws.kinesis.stream import Stream

LOOK_S = 1.0


class Feed:
    """One shard of a stream.

    Parameters
    ----------
    store : Store
        Of Kinesis; its clock counts.
    stream, shard : Stream, Shard
        What is read.
    pushed : bool
        Whether through a consumer of enhanced fan-out.
    """

    def __init__(self, store: Store, stream: Stream, shard: Shard, pushed: bool) -> None:
        self.shard = shard
        self.stream = stream
        self.denied = False
        """Whether the function's role may not read: nothing more is seen meanwhile."""
        self._store = store
        self._pushed = pushed
        self._visible = 0
        self._closed = False
        self._next_look = 0.0
        self._arrived = asyncio.Event()

    @property
    def retention_s(self) -> float:
        """How long the stream keeps a record."""
        return self.stream.settings.retention_hours * 3600

    def now(self) -> float:
        """Return seconds since 1970."""
        return self._store.clock()

    def read(self, position: int, limit: int) -> Sequence[Record]:
        """Read on from a position, as far as can be seen now."""
        self._look()
        if position >= self._visible:
            return ()
        with self.stream.lock:
            self.stream.expire(self.now())
            found = self.shard.read(position, min(limit, self._visible - position), GET_BYTES)
        if self._store.options.throttle and not self._pushed:
            size = sum(len(record.data) for record in found)
            self._store.throttle(self.stream, self.shard).read_out(size)
        return [record for record in found if record.position < self._visible]

    def drained(self, position: int) -> bool:
        """Say whether the shard was seen to be closed with nothing from a position on."""
        return self._closed and position >= self._visible

    def until_more(self) -> float:
        """Say in how many seconds there may be more to see."""
        return LOOK_S if self._pushed else max(0.0, self._next_look - self.now())

    async def more(self, seconds: float) -> None:
        """Wait for records that are pushed, at most so many seconds."""
        self._arrived.clear()
        if self._pushed and self.shard.tip > self._visible:
            return
        try:
            await asyncio.wait_for(self._arrived.wait(), seconds)
        except TimeoutError:
            return

    def arrived(self) -> None:
        """Say that the stream has taken records; in the loop's own thread."""
        self._arrived.set()

    def _look(self) -> None:
        now = self.now()
        if self.denied:
            self._next_look = now + LOOK_S
            return
        if not self._pushed:
            if now < self._next_look:
                return
            throttled = self._store.options.throttle
            if throttled and not self._store.throttle(self.stream, self.shard).read(now):
                self._next_look = now + LOOK_S / 5
                return
        self._next_look = now + LOOK_S
        with self.stream.lock:
            self._visible = self.shard.tip
            self._closed = self.shard.closed is not None
