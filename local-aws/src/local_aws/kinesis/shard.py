"""One shard: an append-only list of records with a position for each."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from local_aws.kinesis import sequence
from local_aws.kinesis.sequence import INDEX_STEP, SECOND_SHIFT

_RUN = 1000
_TRIM_AT = 65_536
"""Expired records are taken out of the lists in pieces of at least this many."""


class Record(NamedTuple):
    """One record as it is kept."""

    position: int
    sequence_number: str
    arrival: int
    """Milliseconds since 1970."""
    data: bytes
    partition_key: str


class Columns(NamedTuple):
    """Records that follow each other, a list a field: a tuple each would double the cost."""

    first: int
    """The position of the first one."""
    numbers: list[str]
    arrivals: "array[int]"
    data: list[bytes]
    keys: list[str]


class Run(NamedTuple):
    """Records that arrived at one time, in order."""

    arrival: int
    """Milliseconds since 1970."""
    data: list[bytes]
    keys: list[bytes]
    """Partition keys in UTF-8."""


class Shard:
    """A range of hash keys and the records that arrived in it.

    Records are held in three parallel arrays (bytes, key, arrival), a position
    being the count of records before it since the shard was made: appending,
    reading on and finding a time or a sequence number cost the same whatever
    the shard holds, and expired records are dropped from the head.

    Parameters
    ----------
    number : int
        The shard's number in its stream.
    start, end : int
        The first and the last hash key, both included.
    created : int
        Seconds since 1970, later than those of its parents.
    parents : tuple of int
        The numbers of none, one or two shards that it replaced.
    """

    def __init__(
        self, number: int, start: int, end: int, created: int, parents: tuple[int, ...] = ()
    ) -> None:
        self.number = number
        self.id = shard_id(number)
        self.start = start
        self.end = end
        self.created = created
        self.parents = parents
        self.closed: int | None = None
        self._prefix = sequence.shard_prefix(created, number)
        self._data: list[bytes] = []
        self._keys: list[bytes] = []
        self._arrivals = array("q")
        self._base = 0
        self._head = 0

    @property
    def first(self) -> int:
        """The position of the oldest record that is still there."""
        return self._base + self._head

    @property
    def tip(self) -> int:
        """The position that the next record will have."""
        return self._base + len(self._data)

    @property
    def starting_sequence_number(self) -> str:
        """The number that every record of the shard is greater than."""
        return str(self._prefix + (self.created << SECOND_SHIFT))

    @property
    def ending_sequence_number(self) -> str | None:
        """The number that every record of a closed shard is less than; None while open."""
        if self.closed is None:
            return None
        return str(self._prefix + sequence.LAST_INDEX * INDEX_STEP + (self.closed << SECOND_SHIFT))

    def first_number(self, now: int) -> int:
        """Compute the sequence number that a record has which is added at a time.

        Parameters
        ----------
        now : int
            Milliseconds since 1970.

        Returns
        -------
        int
            That of the next record; each one after it in the same `extend` is
            greater by `sequence.INDEX_STEP`.
        """
        second = self._not_back(now) // 1000
        return self._prefix + (self.tip + 1) * INDEX_STEP + (second << SECOND_SHIFT)

    def extend(self, data: list[bytes], keys: list[bytes], now: int) -> None:
        """Add records.

        Parameters
        ----------
        data, keys : list of bytes
            The payload of each, and its partition key in UTF-8.
        now : int
            Milliseconds since 1970; a clock that went back is held at the last arrival.
        """
        arrival = self._not_back(now)
        self._data += data
        self._keys += keys
        self._arrivals.extend(array("q", (arrival,)) * len(data))

    def read(self, position: int, limit: int, max_bytes: int) -> list[Record]:
        """Read on from a position, as `columns` does, a record at a time."""
        found = self.columns(position, limit, max_bytes)
        places = range(found.first, found.first + len(found.data))
        columns = (found.numbers, found.arrivals, found.data, found.keys)
        return list(map(Record._make, zip(places, *columns, strict=True)))

    def columns(self, position: int, limit: int, max_bytes: int) -> Columns:
        """Read on from a position.

        Parameters
        ----------
        position : int
            Where to start; what expired meanwhile is passed over.
        limit : int
            At most so many records.
        max_bytes : int
            At most so many bytes of data and keys, but one record at least.

        Returns
        -------
        Columns
            In order; empty at the tip.
        """
        begin = max(position, self.first) - self._base
        stop = self._fitting(begin, min(begin + limit, len(self._data)), max_bytes)
        places = range(self._base + begin, self._base + stop)
        arrivals = self._arrivals[begin:stop]
        numbers = [
            str(self._prefix + (place + 1) * INDEX_STEP + (arrival // 1000 << SECOND_SHIFT))
            for place, arrival in zip(places, arrivals, strict=True)
        ]
        keys = [key.decode() for key in self._keys[begin:stop]]
        return Columns(places.start, numbers, arrivals, self._data[begin:stop], keys)

    def place_at(self, position: int) -> str:
        """Write where a reader of a position stands, as a sequence number that no record has."""
        number = sequence.SequenceNumber(self.created, self.number, position, self.created, True)
        return sequence.encode(number)

    def arrival_at(self, position: int) -> int:
        """Say when the record of a position arrived, in milliseconds since 1970."""
        return self._arrivals[position - self._base]

    def position_at_time(self, time: float) -> int:
        """Find the first record that arrived at a time or later.

        Parameters
        ----------
        time : float
            Milliseconds since 1970.

        Returns
        -------
        int
            Its position; the tip where none did.
        """
        return self._base + bisect_left(self._arrivals, time, lo=self._head)

    def expire(self, before: int) -> None:
        """Drop the records that arrived before a time in milliseconds since 1970."""
        if self._head == len(self._data) or self._arrivals[self._head] >= before:
            return
        head = bisect_left(self._arrivals, before, lo=self._head)
        self._data[self._head : head] = [b""] * (head - self._head)
        self._head = head
        if head >= _TRIM_AT or head == len(self._data):
            del self._data[:head], self._keys[:head], self._arrivals[:head]
            self._base += head
            self._head = 0

    def restore(self, base: int) -> None:
        """Set the position of the first record of an empty shard that is read from disk."""
        self._base = base

    def runs(self) -> Iterator[Run]:
        """Go through what has not expired, in runs of records that arrived together."""
        start = self._head
        while start < len(self._arrivals):
            arrival = self._arrivals[start]
            stop = bisect_right(self._arrivals, arrival, lo=start)
            stop = min(stop, start + _RUN)
            yield Run(arrival, self._data[start:stop], self._keys[start:stop])
            start = stop

    def _not_back(self, now: int) -> int:
        return max(now, self._arrivals[-1]) if self._arrivals else now

    def _fitting(self, begin: int, stop: int, max_bytes: int) -> int:
        """Cut a range of the lists to a number of bytes, but to one record at least."""
        size = sum(map(len, self._data[begin:stop])) + sum(map(len, self._keys[begin:stop]))
        while size > max_bytes and stop > begin + 1:
            stop -= 1
            size -= len(self._data[stop]) + len(self._keys[stop])
        return stop


def shard_id(number: int) -> str:
    """Write a shard's number as its name.

    Examples
    --------
    >>> shard_id(3)
    'shardId-000000000003'
    """
    return f"shardId-{number:012d}"
