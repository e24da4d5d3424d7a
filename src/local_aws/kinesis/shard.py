"""One shard: an append-only list of records with a position for each."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from local_aws.kinesis import sequence
from local_aws.kinesis.sequence import INDEX_STEP, SECOND_SHIFT

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
        self._keys: list[str] = []
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

    def append(self, data: bytes, partition_key: str, now: int) -> str:
        """Add a record.

        Parameters
        ----------
        data : bytes
            Its payload.
        partition_key : str
            Its key.
        now : int
            Milliseconds since 1970; a clock that went back is held at the last arrival.

        Returns
        -------
        str
            The record's sequence number.
        """
        arrivals = self._arrivals
        if arrivals and now < arrivals[-1]:
            now = arrivals[-1]
        self._data.append(data)
        self._keys.append(partition_key)
        arrivals.append(now)
        index = self._base + len(arrivals)
        return str(self._prefix + index * INDEX_STEP + (now // 1000 << SECOND_SHIFT))

    def read(self, position: int, limit: int, max_bytes: int) -> list[Record]:
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
        list of Record
            In order; empty at the tip.
        """
        begin = max(position, self.first) - self._base
        stop = min(begin + limit, len(self._data))
        records: list[Record] = []
        size = 0
        for at in range(begin, stop):
            data, key, arrival = self._data[at], self._keys[at], self._arrivals[at]
            size += len(data) + len(key)
            if size > max_bytes and records:
                break
            position = self._base + at
            number = self._prefix + (position + 1) * INDEX_STEP + (arrival // 1000 << SECOND_SHIFT)
            records.append(Record(position, str(number), arrival, data, key))
        return records

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

    def records(self) -> Iterator[tuple[int, str, bytes]]:
        """Go through what has not expired: arrival, key and data of each record."""
        head = self._head
        return zip(self._arrivals[head:], self._keys[head:], self._data[head:], strict=True)


def shard_id(number: int) -> str:
    """Write a shard's number as its name.

    Examples
    --------
    >>> shard_id(3)
    'shardId-000000000003'
    """
    return f"shardId-{number:012d}"
