"""One lane of a shard: batch after batch, each until it is done.

With a ParallelizationFactor a shard has so many lanes, and each partition key its own one, so that
the records of a key stay in order. A lane reads the shard by itself and remembers its own place.
"""

import asyncio
import hashlib
import json
import logging
import math
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from local_aws.event_source import batching, destinations, events, patterns
from local_aws.event_source.answers import NOT_REACHED, Verdict, verdict
from local_aws.event_source.delivery import GivenUp, deliver, pause_s
from local_aws.event_source.feed import LOOK_S, Feed
from local_aws.event_source.store import Checkpoint
from local_aws.functions import clients
from local_aws.kinesis.shard import Record
from local_aws.ministack import saving

if TYPE_CHECKING:
    from local_aws.event_source.reader import Reader

log = logging.getLogger("local_aws")

MAX_STATE_BYTES = 1 << 20


class Lane:
    """One lane; it is also the `delivery.Target` of its batches.

    Parameters
    ----------
    reader : Reader
        The mapping at work.
    feed : Feed
        The shard.
    place : Checkpoint
        Where it goes on.
    """

    def __init__(self, reader: "Reader", feed: Feed, place: Checkpoint) -> None:
        self._reader = reader
        self._feed = feed
        self._place = place
        self._source = reader.function.source(reader.arn)
        self._request_id = ""

    async def run(self) -> None:
        """Deliver until the shard has ended, or `reader.Stopped` is raised."""
        settings = self._reader.settings
        choose = batching.Chooser(
            self._owns,
            lambda record: patterns.wanted(record.data, settings.patterns),
            lambda record: events.event_bytes(record, self._feed.shard.id, self._source),
            self._wait,
        )
        while True:
            self._source = self._reader.function.source(self._reader.arn)
            begin = self._place.position
            found = await batching.gather(self._feed, begin, settings, choose, self._closes())
            self._reader.count("PolledEventCount", len(found.records) + found.unwanted)
            self._reader.count("FilteredOutEventCount", found.unwanted)
            if self._is_past(found):
                await self._close_window(early=False)
            if found.records:
                if settings.tumbling_s and not self._place.tumbling:
                    self._open_window(found.window)
                await deliver(found.records, settings, self._feed.retention_s, self)
            if found.end > begin or found.over:
                self._reach(self._place._replace(position=found.end, drained=found.over))
            if found.over:
                return

    def now(self) -> float:
        """Return seconds since 1970."""
        return self._feed.now()

    async def invoke(self, records: Sequence[Record]) -> Verdict:
        """Hand records to the function."""
        self._reader.go_on()
        self._reader.function.tell_age(self.now() * 1000 - records[-1].arrival)
        result = await self._reader.invoke(self._event(records))
        # what the function did outlives a kill, as the place behind it does
        await asyncio.wrap_future(saving.settled())
        settings = self._reader.settings
        numbers = [record.sequence_number for record in records]
        found = NOT_REACHED
        if result is not None:
            self._request_id = result["request_id"]
            tumbling = bool(settings.tumbling_s)
            found = verdict(result, numbers, settings.reports_failures, tumbling)
        failed = found.first_failed is not None
        self._reader.tell("PROBLEM: Function call failed" if failed else "OK")
        if not found.throttled:
            self._reader.count("InvokedEventCount", len(records))
            self._reader.count("FailedInvokeEventCount", len(records) if found.whole else 0)
        if self._place.tumbling and result is not None and found.first_failed != 0:
            await self._keep_state(result["body"]["state"])
        return found

    async def give_up(self, given_up: GivenUp) -> None:
        """Put records where the mapping sends what failed, until it takes them."""
        reader, count = self._reader, len(given_up.records)
        destination = reader.settings.destination
        tries = 0
        while destination:
            document = events.failure_document(
                given_up,
                shard=self._feed.shard.id,
                stream=self._source.arn,
                request_id=self._request_id or str(uuid.uuid4()),
                function=reader.function.arn,
                version=reader.function.version,
            )
            event = self._event(given_up.records)
            try:
                await reader.in_thread(
                    destinations.send,
                    destination,
                    reader.function.caller(),
                    document,
                    event,
                    reader.uuid,
                )
            except clients.Failures as error:
                log.warning("%s did not take what was given up: %s", destination, error)
                reader.tell(f"PROBLEM: The destination {destination} refused: {error}")
                reader.function.tell_delivery_failure()
                await self.pause(pause_s(tries))
                tries += 1
            else:
                await asyncio.wrap_future(saving.settled())
                reader.count("OnFailureDestinationDeliveredEventCount", count)
                return
        reader.count("DroppedEventCount", count)

    def done(self, position: int) -> None:
        """Remember that everything before a position is done."""
        self._reach(self._place._replace(position=position))

    async def pause(self, seconds: float) -> None:
        """Wait, unless the mapping stops."""
        await self._reader.pause(seconds)

    def _event(self, records: Sequence[Record], final: bool = False, early: bool = False) -> Any:
        shard = self._feed.shard.id
        event: dict[str, Any] = {"Records": events.records_of(records, shard, self._source)}
        if window := self._place.tumbling:
            end = window["start"] + self._reader.settings.tumbling_s * 1000
            span = (window["start"], end)
            state = window["state"]
            event |= events.window_fields(
                span, state, shard, self._source, final=final, early=early
            )
        return event

    def _owns(self, record: Record) -> bool:
        if self._place.lanes == 1:
            return True
        digest = hashlib.md5(record.partition_key.encode(), usedforsecurity=False).digest()
        return int.from_bytes(digest[:8]) % self._place.lanes == self._place.lane

    async def _wait(self, seconds: float) -> None:
        await self._reader.pause(seconds, self._feed)

    def _reach(self, place: Checkpoint) -> None:
        self._place = place
        self._reader.reach(place)

    def _closes(self) -> float:
        """Say when a look has seen all of the open window: the window's end, and one look more."""
        if not self._place.tumbling:
            return math.inf
        begun = self._place.tumbling["start"] / 1000
        return float(begun + self._reader.settings.tumbling_s + LOOK_S)

    def _is_past(self, found: batching.Gathered) -> bool:
        """Say whether the open window has no more records to come."""
        window = self._place.tumbling
        if not window or (found.records and found.window == window["start"]):
            return False
        return bool(found.records) or found.over or self.now() >= self._closes()

    def _open_window(self, start: int | None) -> None:
        self._place = self._place._replace(tumbling={"start": start, "state": {}})

    async def _keep_state(self, state: Any) -> None:
        window = self._place.tumbling
        if window is None:
            return
        self._place = self._place._replace(tumbling=window | {"state": state})
        if len(json.dumps(state, ensure_ascii=False).encode()) > MAX_STATE_BYTES:
            await self._close_window(early=True)
            self._open_window(window["start"])

    async def _close_window(self, early: bool) -> None:
        """Invoke for a window's end; the shard waits until the function has succeeded."""
        tries = 0
        while True:
            result = await self._reader.invoke(self._event([], final=True, early=early))
            if result is not None and verdict(result, [], False, False).first_failed is None:
                break
            self._reader.tell("PROBLEM: Function call failed")
            await self.pause(pause_s(tries))
            tries += 1
        self._reach(self._place._replace(tumbling=None))
