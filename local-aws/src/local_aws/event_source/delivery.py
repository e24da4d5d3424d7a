"""One batch, until each of its records is done: delivered, too old, or given up."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from local_aws.event_source.answers import Verdict
from local_aws.event_source.settings import Settings
from local_aws.kinesis.shard import Record

Condition = Literal["RetryAttemptsExhausted", "RecordAgeExceeded"]

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 20.0


class GivenUp(NamedTuple):
    """Records that are delivered no more."""

    records: Sequence[Record]
    condition: Condition
    invoked: int
    """How often the function had them."""
    error: str | None
    """What X-Amz-Function-Error last said."""


class Target(Protocol):
    """Where a batch goes."""

    def now(self) -> float:
        """Return seconds since 1970."""

    async def invoke(self, records: Sequence[Record]) -> Verdict:
        """Hand records to the function."""

    async def give_up(self, given_up: GivenUp) -> None:
        """Put records where the mapping sends what failed."""

    def done(self, position: int) -> None:
        """Remember that everything before a position of the shard is done."""

    async def pause(self, seconds: float) -> None:
        """Wait."""


@dataclass
class _Batch:
    records: Sequence[Record]
    failed: int = 0
    """Invocations that failed."""
    error: str | None = None


async def deliver(
    records: Sequence[Record], settings: Settings, retention_s: float, target: Target
) -> None:
    """Deliver a batch; it returns when nothing of it is left.

    A batch that makes progress begins its count anew with the rest: a record that was named as
    the first failure after others, or a half of a batch, has all attempts before it.

    Parameters
    ----------
    records : sequence of Record
        Of one shard, in order, at least one.
    settings : Settings
        Attempts, age, bisection.
    retention_s : float
        How long the stream keeps a record.
    target : Target
        The function and all else.
    """
    oldest_s = min(settings.max_age_s or retention_s, retention_s)
    pending = deque([_Batch(records)])
    unreached = 0
    while pending:
        batch = pending.popleft()
        fresh = await _without_expired(batch, oldest_s, target)
        if not fresh:
            continue
        batch.records = fresh
        verdict = await target.invoke(fresh)
        if verdict.throttled:
            pending.appendleft(batch)
            await target.pause(pause_s(unreached))
            unreached += 1
            continue
        unreached = 0
        first = verdict.first_failed
        if first is None:
            target.done(fresh[-1].position + 1)
        elif first > 0:
            target.done(fresh[first].position)
            pending.appendleft(_Batch(fresh[first:]))
            await target.pause(_FIRST_PAUSE_S)
        else:
            pending.extendleft(reversed(await _after_failure(batch, verdict, settings, target)))


async def _without_expired(batch: _Batch, oldest_s: float, target: Target) -> Sequence[Record]:
    before = (target.now() - oldest_s) * 1000
    expired = 0
    while expired < len(batch.records) and batch.records[expired].arrival < before:
        expired += 1
    if expired:
        old = batch.records[:expired]
        invoked = max(1, batch.failed)
        await target.give_up(GivenUp(old, "RecordAgeExceeded", invoked, batch.error))
        target.done(old[-1].position + 1)
    return batch.records[expired:]


async def _after_failure(
    batch: _Batch, verdict: Verdict, settings: Settings, target: Target
) -> list[_Batch]:
    """Say what is to be tried next of a batch of which nothing was done."""
    batch.failed += 1
    batch.error = verdict.error
    records = batch.records
    if settings.bisect and verdict.whole and len(records) > 1:
        middle = len(records) // 2
        return [_Batch(records[:middle]), _Batch(records[middle:])]
    if settings.max_attempts is not None and batch.failed >= settings.max_attempts:
        last = GivenUp(records, "RetryAttemptsExhausted", batch.failed, batch.error)
        await target.give_up(last)
        target.done(records[-1].position + 1)
        return []
    await target.pause(pause_s(batch.failed - 1))
    return [batch]


def pause_s(times: int) -> float:
    """Say how long to wait before trying again what failed so many times before.

    The service's own pauses are not told; with these a function is invoked eight times in the
    minute in which the service was seen to invoke it eight times.
    """
    return float(min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** min(times, 10)))
