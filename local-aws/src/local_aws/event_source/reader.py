"""A mapping at work: the shards of its stream, parents before children, each in its lanes."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, NamedTuple

from local_aws.cloudwatch import metrics
from local_aws.event_source import checks
from local_aws.event_source.feed import LOOK_S, Feed
from local_aws.event_source.lane import Lane
from local_aws.event_source.mapped import MappedFunction
from local_aws.event_source.settings import Document, settings_of
from local_aws.event_source.store import Checkpoint, Store
from local_aws.functions import invocations
from local_aws.kinesis.shard import Shard
from local_aws.kinesis.store import Store as Streams
from local_aws.kinesis.stream import Stream
from local_aws.ministack.foreign import app
from local_aws.protocol.errors import ServiceError
from local_aws.tenant import Tenant, request_scope

log = logging.getLogger("local_aws")

_CHECK_S = 60.0


class Stopped(Exception):  # noqa: N818 - no error: the mapping was stopped
    """The mapping stops."""


class Around(NamedTuple):
    """What every mapping works with."""

    streams: Streams
    store: Store
    execute: invocations.Execute
    executor: Executor
    endpoint: str
    tell: Callable[[str, str], None]
    """Takes a mapping's UUID and its LastProcessingResult."""


class Reader:
    """One enabled mapping.

    Parameters
    ----------
    around : Around
        Stores, functions, threads.
    tenant : Tenant
        Whose it is.
    document : dict
        The mapping.
    """

    def __init__(self, around: Around, tenant: Tenant, document: Document) -> None:
        self.uuid: str = document["UUID"]
        self.arn: str = document["EventSourceArn"]
        self.settings = settings_of(document)
        self.function = MappedFunction(
            around.execute, tenant, document["FunctionArn"], around.endpoint
        )
        self.pushed = "/consumer/" in self.arn
        self.feeds: set[Feed] = set()
        self._around = around
        self._told = document["LastProcessingResult"]
        self._tenant = tenant
        self._stop = asyncio.Event()
        self._stream: Stream | None = None
        self._next_check = around.streams.clock() + _CHECK_S  # its creation was the first
        self._denied = False

    def stop(self) -> None:
        """Let every lane end where it waits, or after the invocation that it awaits."""
        self._stop.set()

    async def run(self) -> None:
        """Read until stopped."""
        tasks: dict[int, asyncio.Task[None]] = {}
        try:
            while not self._stop.is_set():
                stream = self._found()
                if stream is not self._stream:
                    await _cancelled(tasks)
                    self._stream = stream
                if stream is None:
                    self.tell(f"PROBLEM: Stream not found: {self.arn}")
                else:
                    await self._check_role(stream)
                    self._begin(stream, tasks)
                await self._look(tasks)
            await asyncio.gather(*tasks.values(), return_exceptions=True)
        finally:
            await _cancelled(tasks)

    def go_on(self) -> None:
        """Raise `Stopped` where the mapping stops."""
        if self._stop.is_set():
            raise Stopped

    async def pause(self, seconds: float, feed: Feed | None = None) -> None:
        """Wait, for pushed records not longer than until they come.

        Raises
        ------
        Stopped
            Where the mapping stops.
        """
        self.go_on()
        if feed is not None and self.pushed:
            await feed.more(seconds)
        else:
            try:
                await asyncio.wait_for(self._stop.wait(), seconds)
            except TimeoutError:
                return
        self.go_on()

    async def invoke(self, event: dict[str, Any]) -> invocations.Result | None:
        """Invoke the function; None where there is none."""
        result: invocations.Result | None = await self.in_thread(self.function.invoke, event)
        return result

    async def in_thread(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Do what takes long where it holds nobody up."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._around.executor, work, *arguments)

    def tell(self, result: str) -> None:
        """Say how processing goes."""
        if result != self._told:
            self._told = result
            self._around.tell(self.uuid, result)

    def count(self, name: str, events: int) -> None:
        """Record a number of events, where the mapping asks for it."""
        if events and self.settings.counts_events:
            with request_scope(self._tenant.account, self._tenant.region):
                dimensions = {"EventSourceMappingUUID": self.uuid}
                metrics.record(invocations.NAMESPACE, name, events, "Count", dimensions)

    def reach(self, place: Checkpoint) -> None:
        """Remember how far a lane is."""
        if self._stream is not None:
            self._around.store.reach(self.uuid, stream_key(self._stream), [place])

    def _found(self) -> Stream | None:
        name = self.arn.split(":stream/")[1].split("/")[0]
        account = self.arn.split(":")[4]
        stream = self._around.streams.find(Tenant(account, self._tenant.region), name)
        if stream is None or not self.pushed:
            return stream
        known = any(consumer.arn == self.arn for consumer in stream.consumers.values())
        return stream if known else None

    async def _check_role(self, stream: Stream) -> None:
        """Look now and then whether the function's role may read, where that is enforced at all."""
        now = self._around.streams.clock()
        if not app.AUTH or now < self._next_check:
            return
        self._next_check = now + _CHECK_S
        try:
            await self.in_thread(checks.role_reads, stream, self.arn, self.function.caller())
        except checks.DeniedError as error:
            self.tell(f"PROBLEM: {error.message}")
            self._denied = True
        except ServiceError as error:
            log.warning("%s could not be checked: %s", self.arn, error)
            self._next_check = now
            return
        else:
            self._denied = False
        for feed in self.feeds:
            feed.denied = self._denied

    def _begin(self, stream: Stream, tasks: dict[int, asyncio.Task[None]]) -> None:
        """Start the shards whose parents are done."""
        kept = self._around.store.checkpoints(self.uuid, stream_key(stream))
        drained = {
            shard
            for shard in {place.shard for place in kept}
            if all(place.drained for place in kept if place.shard == shard)
        }
        for number, shard in list(stream.shards.items()):
            waits = any(
                parent in stream.shards and parent not in drained for parent in shard.parents
            )
            if number in tasks or number in drained or waits:
                continue
            places = [place for place in kept if place.shard == number]
            tasks[number] = asyncio.create_task(self._read(stream, shard, places))

    async def _read(self, stream: Stream, shard: Shard, kept: list[Checkpoint]) -> None:
        """Read one shard to its end."""
        lanes = self.settings.lanes
        if len(kept) != lanes or any(place.lanes != lanes for place in kept):
            # other lanes have other keys: they all begin where the slowest of the old ones was
            begin = min((place.position for place in kept), default=shard.first)
            kept = [Checkpoint(shard.number, lane, lanes, begin) for lane in range(lanes)]
            self._around.store.drop_lanes(self.uuid, stream_key(stream), shard.number)
            self._around.store.reach(self.uuid, stream_key(stream), kept)
        feed = Feed(self._around.streams, stream, shard, self.pushed)
        feed.denied = self._denied
        self.feeds.add(feed)
        try:
            async with asyncio.TaskGroup() as lanes_at_work:
                for place in kept:
                    if not place.drained:
                        lanes_at_work.create_task(_until_stopped(Lane(self, feed, place)))
        finally:
            self.feeds.discard(feed)

    async def _look(self, tasks: dict[int, asyncio.Task[None]]) -> None:
        stopping = asyncio.create_task(self._stop.wait())
        waiting = {stopping, *tasks.values()}
        done, _ = await asyncio.wait(waiting, timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        for number, task in list(tasks.items()):
            if task not in done:
                continue
            del tasks[number]
            if error := task.exception():
                # a fault of ours: tell it, and begin again at the checkpoint
                log.error("%s of %s failed", number, self.arn, exc_info=error)
                self.tell(f"PROBLEM: {error}")
                await asyncio.sleep(LOOK_S)


def stream_key(stream: Stream) -> str:
    """Name a stream apart from others that had or will have its ARN."""
    return f"{stream.arn}@{stream.created}"


async def _until_stopped(lane: Lane) -> None:
    with contextlib.suppress(Stopped):
        await lane.run()


async def _cancelled(tasks: dict[int, asyncio.Task[None]]) -> None:
    for task in tasks.values():
        task.cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    tasks.clear()
