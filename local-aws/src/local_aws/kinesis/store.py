"""All streams of all accounts and regions: the one place that records go through."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from local_aws.kinesis.errors import in_use, not_found
from local_aws.kinesis.journal import Journal
from local_aws.kinesis.keyspace import hash_key
from local_aws.kinesis.limits import Options, ShardThrottle
from local_aws.kinesis.sequence import INDEX_STEP
from local_aws.kinesis.shard import Run, Shard
from local_aws.kinesis.stream import Settings, Stream
from local_aws.meters import Meters
from local_aws.tenant import Tenant

Entry = tuple[bytes, bytes, bytes | None]
"""A record to be put: its data, its partition key in UTF-8, and a hash key that overrides the
key's own place or None. A plain tuple, because half a million are made in a busy second."""


Listener = Callable[[Stream, list[Entry]], None]
"""Is told of the records that a stream has taken."""


class Store:
    """Streams by account, region and name.

    Parameters
    ----------
    options : Options
        Throttle, lifetime of iterators, time that changes take.
    folder : pathlib.Path or None
        Where streams survive a restart; None keeps them in memory only.
    clock : callable
        Gives seconds since 1970.
    """

    def __init__(
        self,
        options: Options | None = None,
        folder: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.options = options or Options()
        self.clock = clock
        self.listeners: list[Listener] = []
        self.meters = Meters()
        self._lock = threading.RLock()
        self._throttles: dict[tuple[str, int], ShardThrottle] = {}
        self._journal = Journal(folder) if folder else None
        self._streams: dict[tuple[Tenant, str], Stream] = {}
        if self._journal:
            for stream in self._journal.streams(clock()):
                self._streams[stream.tenant, stream.name] = stream

    def streams(self, tenant: Tenant) -> list[Stream]:
        """List the streams of an account and region by name."""
        self._bury()
        found = [stream for (owner, _), stream in self._streams.items() if owner == tenant]
        return sorted(found, key=lambda stream: stream.name)

    def every(self) -> list[Stream]:
        """List the streams of every tenant."""
        return list(self._streams.values())

    def find(self, tenant: Tenant, name: str) -> Stream | None:
        """Find a stream by its name."""
        self._bury()
        return self._streams.get((tenant, name))

    def stream(self, tenant: Tenant, name: str) -> Stream:
        """Find a stream by its name, its expired records dropped.

        Raises
        ------
        KinesisError
            ResourceNotFoundException where there is none.
        """
        stream = self.find(tenant, name)
        if stream is None:
            raise not_found(f"Stream {name} under account {tenant.account} not found.")
        with stream.lock:
            stream.expire(self.clock())
        return stream

    def create(self, tenant: Tenant, name: str, shards: int, settings: Settings) -> Stream:
        """Make a stream.

        Parameters
        ----------
        tenant : Tenant
            Account and region.
        name : str
            Its name.
        shards : int
            How many shards it starts with.
        settings : Settings
            Mode, retention and the rest.

        Returns
        -------
        Stream
            CREATING for as long as the options say, then ACTIVE.

        Raises
        ------
        KinesisError
            ResourceInUseException where the name is taken.
        """
        now = self.clock()
        with self._lock:
            if self.find(tenant, name):
                raise in_use(f"Stream {name} under account {tenant.account} already exists.")
            stream = Stream(tenant, name, now, settings)
            stream.add_shards(shards, int(now))
            self.changed(stream, "CREATING")
            self._streams[tenant, name] = stream
        return stream

    def delete(self, stream: Stream) -> None:
        """Take a stream away with all its records."""
        stream.busy_as = "DELETING"
        stream.busy_until = self.clock() + self.options.busy_seconds
        self._bury()

    def changed(self, stream: Stream, busy_as: str = "UPDATING") -> None:
        """Keep a change of a stream's settings or shards.

        Parameters
        ----------
        stream : Stream
            What was changed.
        busy_as : str
            The status that it has meanwhile.
        """
        stream.busy_as = busy_as
        stream.busy_until = self.clock() + self.options.busy_seconds
        self.keep(stream)

    def keep(self, stream: Stream) -> None:
        """Keep a change that does not make the stream busy: tags, metrics, consumers."""
        if self._journal:
            self._journal.describe(stream)

    def put(self, stream: Stream, entries: list[Entry]) -> list[tuple[str, str | None]]:
        """Append records.

        Parameters
        ----------
        stream : Stream
            Where to.
        entries : list of Entry
            Records whose sizes have been checked.

        Returns
        -------
        list of tuple
            For each entry the name of its shard and its sequence number, None where the shard
            refused it. Once a shard refuses a record, it refuses the rest of the call, so that
            records of a key are not overtaken.
        """
        placed: list[tuple[str, str | None]] = []
        with stream.lock:
            now = int(self.clock() * 1000)
            runs: dict[Shard, tuple[list[bytes], list[bytes], int]] = {}
            full: set[Shard] = set()
            find = stream.shard_for
            throttle = self.options.throttle
            for data, key, place in entries:
                shard = find(place or hash_key(key))
                if throttle and self._refuses(stream, shard, len(data) + len(key), now, full):
                    placed.append((shard.id, None))
                    continue
                run = runs.get(shard)
                if run is None:
                    run = runs[shard] = ([], [], shard.first_number(now))
                datas, keys, number = run
                placed.append((shard.id, str(number + len(datas) * INDEX_STEP)))
                datas.append(data)
                keys.append(key)
            for shard, (datas, keys, _) in runs.items():
                shard.extend(datas, keys, now)
                if self._journal:
                    self._journal.append(stream, shard, Run(now, datas, keys))
        taken = entries
        if full:
            pairs = zip(entries, placed, strict=True)
            taken = [entry for entry, (_, number) in pairs if number is not None]
        for listener in self.listeners:
            listener(stream, taken)
        size = sum(sum(map(len, each)) for run in runs.values() for each in run[:2])
        self.measure(stream, "IncomingRecords", len(taken), "Count")
        self.measure(stream, "IncomingBytes", size, "Bytes")
        refused = len(entries) - len(taken)
        self.measure(stream, "WriteProvisionedThroughputExceeded", refused, "Count")
        return placed

    def measure(self, stream: Stream, name: str, value: float, unit: str, **more: str) -> None:
        """Add a value to a metric of a stream, with more dimensions than its name where given."""
        self.meters.add(stream.tenant, name, value, unit, {"StreamName": stream.name, **more})

    def throttle(self, stream: Stream, shard: Shard) -> ShardThrottle:
        """Find the throttle of a shard."""
        return self._throttles.setdefault((stream.arn, shard.number), ShardThrottle())

    def reset(self) -> None:
        """Delete every stream."""
        for stream in list(self._streams.values()):
            self._drop(stream)

    def close(self) -> None:
        """Close the files."""
        if self._journal:
            self._journal.close()

    def _refuses(self, stream: Stream, shard: Shard, size: int, now: int, full: set[Shard]) -> bool:
        if shard in full or not self.throttle(stream, shard).write(now / 1000, size):
            full.add(shard)
            return True
        return False

    def _bury(self) -> None:
        """Remove the streams whose time of DELETING is over."""
        for stream in list(self._streams.values()):
            if stream.busy_as == "DELETING" and self.clock() >= stream.busy_until:
                self._drop(stream)

    def _drop(self, stream: Stream) -> None:
        with self._lock, stream.lock:
            self._streams.pop((stream.tenant, stream.name), None)
            for number in stream.shards:
                self._throttles.pop((stream.arn, number), None)
            if self._journal:
                self._journal.remove(stream)
