"""The event sources of one data folder: mappings kept at work, and asked through Lambda's API."""

import asyncio
import contextlib
import json
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote

from local_aws.event_source import api
from local_aws.event_source.reader import Around, Reader
from local_aws.event_source.store import Store
from local_aws.folder import DataFolder
from local_aws.functions.errors import refused
from local_aws.functions.invocations import Execute
from local_aws.kinesis.store import Entry
from local_aws.kinesis.store import Store as Streams
from local_aws.kinesis.stream import Stream
from local_aws.ministack.foreign import lambdas
from local_aws.protocol.errors import ServiceError
from local_aws.tenant import Tenant, current

log = logging.getLogger("local_aws")

_AT_ONCE = 1000
"""The account's own bound of concurrent invocations is lower."""


class EventSources:
    """Mappings at work, each in a task of an event loop of their own.

    Parameters
    ----------
    folder : DataFolder
        Mappings and checkpoints are kept below its ``state``.
    streams : Streams
        The store of Kinesis.
    execute : callable
        Invokes a function.
    endpoint : str
        The local AWS, for what goes to a destination.
    """

    def __init__(
        self, folder: DataFolder, streams: Streams, execute: Execute, endpoint: str
    ) -> None:
        self.streams = streams
        self.endpoint = endpoint
        self.store = Store(folder.state / "event_sources.db")
        self._readers: dict[str, tuple[Reader, asyncio.Task[None]]] = {}
        self._settling: dict[str, asyncio.Lock] = {}
        self._loop = asyncio.new_event_loop()
        executor = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="event-source")
        self._around = Around(streams, self.store, execute, executor, endpoint, self._tell)
        streams.listeners.append(self._arrived)
        lambdas.replace("_poll_kinesis", lambda: False)
        self._theirs: Callable[..., Any] = lambdas.replace("handle_request", self._handle)

    def start(self) -> None:
        """Set every mapping to work; call it when functions are there."""
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        for tenant, document in self.store.every():
            self.changed(tenant, document["UUID"])

    def stop(self) -> None:
        """End all mappings where they are: what is not remembered as done comes again."""
        self._loop.call_soon_threadsafe(self._loop.stop)

    def changed(self, tenant: Tenant, uuid: str) -> None:
        """Let a mapping become what its document says."""
        asyncio.run_coroutine_threadsafe(self._settle(tenant, uuid), self._loop)

    async def _settle(self, tenant: Tenant, uuid: str) -> None:
        async with self._settling.setdefault(uuid, asyncio.Lock()):
            if running := self._readers.pop(uuid, None):
                reader, task = running
                reader.stop()
                await asyncio.wait([task])
            document = self.store.get(tenant, uuid)
            if document is None:
                return
            if document["State"] == "Deleting":
                self.store.delete(uuid)
                self._settling.pop(uuid, None)
            elif document["Enabled"]:
                reader = Reader(self._around, tenant, document)
                task = self._loop.create_task(reader.run())
                task.add_done_callback(_told_if_failed)
                self._readers[uuid] = reader, task
                self.store.change(uuid, {"State": "Enabled"})
            else:
                self.store.change(uuid, {"State": "Disabled"})

    def _tell(self, uuid: str, result: str) -> None:
        self.store.change(uuid, {"LastProcessingResult": result})

    def _arrived(self, stream: Stream, _entries: list[Entry]) -> None:
        if any(reader.pushed for reader, _ in list(self._readers.values())):
            # the loop may be stopped already
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._push, stream)

    def _push(self, stream: Stream) -> None:
        for reader, _ in self._readers.values():
            for feed in reader.feeds:
                if feed.stream is stream:
                    feed.arrived()

    async def _handle(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
    ) -> Any:
        call = api.call_of(self, current(), api.Asked(method, unquote(path), body, query_params))
        if call is None:
            return await self._theirs(method, path, headers, body, query_params)
        try:
            # as the function's role it asks this very server
            answer = await asyncio.to_thread(call.work)
            if call.merges:
                every = method, path, headers, body, api.whole(query_params)
                status, sent, theirs = await self._theirs(*every)
                if status != 200:
                    return status, sent, theirs
                answer += json.loads(theirs)["EventSourceMappings"]
                answer = api.page(answer, query_params)
        except ServiceError as error:
            return refused(error)
        text = b"" if answer is None else json.dumps(answer).encode()
        return call.status, {"Content-Type": "application/json"}, text


def _told_if_failed(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("a mapping has ended", exc_info=error)
