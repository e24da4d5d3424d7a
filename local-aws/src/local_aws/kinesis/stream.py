"""One stream: its settings, its shards, and the changes of their number."""

import threading
from bisect import bisect_right
from dataclasses import dataclass, field

from local_aws.kinesis.errors import in_use, invalid_argument, limit_exceeded, not_found
from local_aws.kinesis.keyspace import SIZE, as_bytes, even_starts
from local_aws.kinesis.shard import Shard
from local_aws.tenant import Tenant

PROVISIONED = "PROVISIONED"
ON_DEMAND = "ON_DEMAND"
ON_DEMAND_SHARDS = 4


@dataclass
class Consumer:
    """A registered consumer of enhanced fan-out."""

    name: str
    arn: str
    created: int
    """Seconds since 1970, part of the ARN."""
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class Settings:
    """What a caller can change about a stream without touching its shards."""

    mode: str = PROVISIONED
    retention_hours: int = 24
    max_record_kib: int = 1024
    key_id: str | None = None
    """The KMS key of a stream that is marked as encrypted."""
    metrics: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)


class Stream:
    """A named stream of one account and region.

    Every change of shards and every append is made under ``lock``, so callers
    on several threads lose nothing and see the records of a key in order.

    Parameters
    ----------
    tenant : Tenant
        Account and region.
    name : str
        The stream's name.
    created : float
        Seconds since 1970.
    settings : Settings
        Mode, retention and the rest.
    """

    def __init__(self, tenant: Tenant, name: str, created: float, settings: Settings) -> None:
        self.tenant = tenant
        self.name = name
        self.created = created
        self.settings = settings
        self.arn = f"arn:aws:kinesis:{tenant.region}:{tenant.account}:stream/{name}"
        self.shards: dict[int, Shard] = {}
        self.consumers: dict[str, Consumer] = {}
        self.busy_until = 0.0
        self.busy_as = "CREATING"
        self.lock = threading.RLock()
        self._next = 0
        self._open: list[Shard] = []
        self._starts: list[bytes] = []

    @property
    def where(self) -> str:
        """The stream as the service's messages name it."""
        return f"stream {self.name} under account {self.tenant.account}"

    @property
    def open_shards(self) -> list[Shard]:
        """The shards that take records, by hash key."""
        return list(self._open)

    def status(self, now: float) -> str:
        """Say CREATING, UPDATING, DELETING or ACTIVE at a time in seconds since 1970."""
        return self.busy_as if now < self.busy_until else "ACTIVE"

    def need_active(self, now: float) -> None:
        """Refuse what only an ACTIVE stream takes."""
        if (status := self.status(now)) != "ACTIVE":
            raise in_use(
                f"Stream {self.name} under account {self.tenant.account} not ACTIVE, "
                f"instead in state {status}"
            )

    def add_shards(self, count: int, now: int) -> None:
        """Make the first shards.

        Parameters
        ----------
        count : int
            How many, of equal size.
        now : int
            Seconds since 1970.
        """
        starts = even_starts(count)
        for start, after in zip(starts, [*starts[1:], SIZE], strict=True):
            self._make(start, after - 1, now, ())
        self.route_anew()

    def restore(self, shards: list[Shard]) -> None:
        """Take over shards that were read from disk."""
        self.shards = {shard.number: shard for shard in shards}
        self._next = max(self.shards) + 1
        self.route_anew()

    def shard_for(self, key: bytes) -> Shard:
        """Find the open shard of a hash key (`keyspace.hash_key`)."""
        return self._open[bisect_right(self._starts, key) - 1]

    def shard(self, identifier: str) -> Shard:
        """Find a shard, open or closed, by its name.

        Raises
        ------
        KinesisError
            Where the stream has none of that name.
        """
        digits = identifier.removeprefix("shardId-")
        shard = self.shards.get(int(digits)) if digits.isdecimal() else None
        if shard is None:
            raise not_found(f"Shard {identifier} in {self.where} does not exist")
        return shard

    def children(self, shard: Shard) -> list[Shard]:
        """List the shards that replaced a shard."""
        return [other for other in self.shards.values() if shard.number in other.parents]

    def split(self, shard: Shard, at: int, now: int) -> None:
        """Replace an open shard by two, the second starting at a hash key."""
        created = self._close([shard], now)
        self._make(shard.start, at - 1, created, (shard.number,))
        self._make(at, shard.end, created, (shard.number,))
        self.route_anew()

    def merge(self, left: Shard, right: Shard, now: int) -> None:
        """Replace two open neighbours by one."""
        created = self._close([left, right], now)
        self._make(left.start, right.end, created, (left.number, right.number))
        self.route_anew()

    def reshard(self, target: int, now: int) -> None:
        """Split and merge until the open shards are a number of equal ones.

        Shards are first split at each new border and then merged across each
        old one, so every shard has at most two parents; the ones in between
        live for no record.
        """
        wanted = set(even_starts(target))
        borders = {shard.start for shard in self._open}
        for border in sorted(wanted - borders):
            self.split(self.shard_for(as_bytes(border)), border, now)
        for border in sorted(borders - wanted):
            left = self.shard_for(as_bytes(border - 1))
            self.merge(left, self.shard_for(as_bytes(border)), now)

    def expire(self, now: float) -> None:
        """Drop records, and closed shards, that are older than the retention.

        Parameters
        ----------
        now : float
            Seconds since 1970.
        """
        before = now - self.settings.retention_hours * 3600
        for shard in list(self.shards.values()):
            if shard.closed is not None and shard.closed < before:
                del self.shards[shard.number]
            else:
                shard.expire(int(before * 1000))

    def need_open(self, identifier: str) -> Shard:
        """Find a shard that can be split or merged."""
        shard = self.shard(identifier)
        if shard.closed is not None:
            raise invalid_argument(f"Shard {shard.id} in {self.where} has been closed already")
        return shard

    def need_room(self, target: int) -> None:
        """Refuse a number of shards that UpdateShardCount does not reach in one step."""
        count = len(self._open)
        for refused, words in (
            (target > count * 2, "up over double"),
            (target * 2 < count, "down below half"),
        ):
            if refused:
                raise limit_exceeded(
                    f"UpdateShardCount cannot scale {words} your current open shard count. "
                    f"Current open shard count: {count}, Target shard count: {target}"
                )

    def route_anew(self) -> None:
        """Recompute which open shard takes which hash keys."""
        shards = [shard for shard in self.shards.values() if shard.closed is None]
        self._open = sorted(shards, key=lambda shard: shard.start)
        self._starts = [as_bytes(shard.start) for shard in self._open]

    def _make(self, start: int, end: int, created: int, parents: tuple[int, ...]) -> None:
        self.shards[self._next] = Shard(self._next, start, end, created, parents)
        self._next += 1

    def _close(self, shards: list[Shard], now: int) -> int:
        """Close shards and say when their children are made: later than each of them."""
        for shard in shards:
            shard.closed = max(now, shard.created)
        return max(max(now, shard.created) for shard in shards) + 1
