"""The one ASGI application: our services by the header ``x-amz-target``, ministack for the rest.

`environment.configure` must have run before this module is imported, because ministack reads the
process's environment at its own import.
"""

import asyncio
import logging
import socket
from collections.abc import Callable, MutableMapping
from typing import Any

from hypercorn.asyncio import serve as serve_asgi
from hypercorn.config import Config

from local_aws import budgets, calling, clock_control, dynamodb, s3, sqs, watching
from local_aws.athena.service import AthenaService
from local_aws.cloudformation import handlers
from local_aws.cloudwatch.service import CloudWatchService
from local_aws.databrew.service import DataBrewService
from local_aws.event_source.service import EventSources
from local_aws.faults import Faults
from local_aws.folder import DataFolder
from local_aws.functions.service import Functions
from local_aws.glue.service import GlueService
from local_aws.iam import documents, enforcement
from local_aws.kinesis.service import KinesisService
from local_aws.kinesis.store import Store as Streams
from local_aws.kinesisanalyticsv2 import page
from local_aws.kinesisanalyticsv2.service import AnalyticsService
from local_aws.ministack import event_loop, foreign, http2, paths, refusals, saving, tags
from local_aws.protocol import model
from local_aws.protocol.http import (
    Answer,
    Receive,
    Scope,
    Send,
    called,
    respond,
    signed_for,
    target,
)
from local_aws.protocol.service import Service
from local_aws.quicksight.service import QuickSightService
from local_aws.s3 import lifecycle

log = logging.getLogger("local_aws")


# Which services are ours. Everything else in environment.MINISTACK_SERVICES is ministack's.
OUR_SERVICES: tuple[type[Service[Any]], ...] = (
    AnalyticsService,
    AthenaService,
    CloudWatchService,
    DataBrewService,
    GlueService,
    KinesisService,
    QuickSightService,
)

# which of them no header names, by the name that requests are signed for: those of AWS Query and
# those of REST
SIGNED_SERVICES = {
    "databrew": model.target_prefix("databrew"),
    "monitoring": model.target_prefix("cloudwatch"),
    "quicksight": model.target_prefix("quicksight"),
}

# ministack's endpoints that would wipe the folder or change the process, without credentials
REFUSED_PATHS = ("/_ministack/reset", "/_ministack/config")
SWITCHED_OFF = b"switched off: stop the server and remove its folder"
# what an operation that changes nothing of worth begins with; a message that is read comes again
READING = ("BatchGet", "Describe", "Get", "List", "Query", "ReceiveMessage", "Scan", "Search")
DRAIN_S = 1.0
STOP_S = 3.5


class LocalAws:
    """The application."""

    def __init__(self, folder: DataFolder, on_ready: Callable[[], None]) -> None:
        self._services: dict[str, Service[Any]] = {
            model.target_prefix(service.name): service(folder) for service in OUR_SERVICES
        }
        self._ticker = watching.start(folder, self._services.values())
        self._on_ready = on_ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route one request, or the server's start and end."""
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        elif scope["type"] != "http":
            await foreign.app.app(scope, receive, send)
        elif scope["path"] in REFUSED_PATHS:
            await respond(send, Answer(403, {"content-type": "text/plain"}, SWITCHED_OFF))
        elif clock_control.is_asked(scope):
            await respond(send, await clock_control.answer(scope, self._ticker.move))
        elif scope["path"].startswith(page.PREFIX):
            pages = self.applications.state.pages
            await respond(send, await asyncio.to_thread(pages.answer, scope))
        else:
            service = self._service_of(scope)
            if _may_change_buckets(scope):
                await service(scope, receive, _saving_first(send))
            elif changed := _may_change(scope):
                await service(scope, receive, _noting_first(send, changed))
            else:
                await service(scope, receive, send)

    def _service_of(self, scope: Scope) -> Any:
        named, _ = called(scope)
        prefix = named or SIGNED_SERVICES.get(signed_for(scope), "")
        return self._services.get(prefix, foreign.app.app)

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def watched_send(message: dict[str, object]) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                self._on_ready()

        await foreign.app.app(scope, receive, watched_send)

    @property
    def kinesis(self) -> Streams:
        """All streams."""
        store: Streams = self._services[model.target_prefix(KinesisService.name)].state
        return store

    @property
    def applications(self) -> AnalyticsService:
        """The applications of Managed Service for Apache Flink."""
        found = self._services[model.target_prefix(AnalyticsService.name)]
        assert isinstance(found, AnalyticsService)  # noqa: S101 - the table is made of it
        return found

    def stop_services(self) -> None:
        """Stop the services that are ours."""
        for service in self._services.values():
            service.stop()


def _may_change(scope: Scope) -> tuple[str, ...]:
    """Name the states of ministack that a call may change; objects are files of their own."""
    service = signed_for(scope) or "sns"  # a link in a mail has no signature
    _, operation = called(scope)
    reading = operation.startswith(READING) or scope["method"] in ("GET", "HEAD")
    if (reading and service != "sns") or service == "s3" or "/invocations" in scope["path"]:
        return ()
    # topics send to queues
    return saving.states_of(service) + (saving.states_of("sqs") if service == "sns" else ())


def _may_change_buckets(scope: Scope) -> bool:
    # objects are files of their own; only calls on a bucket change what s3.json holds
    bucket = scope["path"].strip("/")
    on_bucket = bucket and "/" not in bucket
    return bool(on_bucket) and scope["method"] in ("PUT", "DELETE") and not target(scope)


def _saving_first(send: Send) -> Send:
    """Answer when it is on disk: a bucket that lost its versioning would lose its versions."""

    async def saved_send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start" and message["status"] < 300:
            saving.save_now("s3")
        await send(message)

    return saved_send


def _noting_first(send: Send, changed: tuple[str, ...]) -> Send:
    async def noted_send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            saving.soon(*changed)
        await send(message)

    return noted_send


def _begin(
    event_sources: EventSources,
    applications: AnalyticsService,
    endpoint: str,
    on_ready: Callable[[], None],
) -> None:
    # not sooner: functions and roles are read from the folder at the start
    event_sources.start()
    applications.begin(endpoint)
    on_ready()


async def serve(
    folder: DataFolder,
    listener: socket.socket,
    endpoint: str,
    stop: asyncio.Event,
    on_ready: Callable[[], None],
    *,
    faulty: bool = False,
) -> None:
    """Serve until `stop` is set; state is saved when this returns, within `STOP_S` + 1 s of it.

    Parameters
    ----------
    folder : DataFolder
        The locked data folder.
    listener : socket.socket
        A bound and listening socket.
    endpoint : str
        Its address, as clients have it.
    stop : asyncio.Event
        Set it to stop the server.
    on_ready : callable
        Called once, when requests are answered.
    faulty : bool
        Whether faults can be asked for.
    """
    try:
        foreign.check(foreign.AT_START)
    except foreign.MovedError as error:
        raise SystemExit(f"local_aws: {error}") from None
    foreign.hypercorn_compat.install()
    http2.install()
    s3.install(folder)
    sqs.install()
    dynamodb.install()
    budgets.install()
    refusals.install()
    tags.install()
    paths.install()
    documents.install()
    enforcement.install(folder)
    event_loop.start()
    saving.start()
    functions = Functions(folder, endpoint)
    app = LocalAws(folder, lambda: _begin(event_sources, app.applications, endpoint, on_ready))
    host, port = listener.getsockname()[:2]
    expiring = lifecycle.start()
    calling.start(app, f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
    handlers.install()
    event_sources = EventSources(folder, app.kinesis, functions.execute, endpoint)
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]  # hypercorn owns it from here
    config.errorlog = logging.getLogger("hypercorn.error")
    config.graceful_timeout = DRAIN_S
    config.keep_alive_timeout = 75
    config.keep_alive_max_requests = 1_000_000
    server = asyncio.create_task(
        serve_asgi(Faults(app) if faulty else app, config, shutdown_trigger=stop.wait)
    )
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({server, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    event_sources.stop()
    expiring.cancel()
    app.stop_services()
    functions.stop()
    done, _ = await asyncio.wait({server}, timeout=STOP_S)
    if done:
        server.result()
        return
    log.warning("requests still running after %s s: saving state without them", STOP_S)
    saving.save_all()
