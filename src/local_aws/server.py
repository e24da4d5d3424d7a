"""The one ASGI application: our services by the header ``x-amz-target``, ministack for the rest.

`environment.configure` must have run before this module is imported, because ministack reads the
process's environment at its own import.
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Protocol

from hypercorn.asyncio import serve as serve_asgi
from hypercorn.config import Config
from ministack import app as ministack
from ministack.core import hypercorn_compat, persistence

from local_aws.athena.service import AthenaService
from local_aws.folder import DataFolder
from local_aws.kinesis.service import KinesisService
from local_aws.request import Receive, Scope, Send, respond, target_service

log = logging.getLogger("local_aws")


class Service(Protocol):
    """What a service of ours is: an ASGI application that can be stopped."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""

    def stop(self) -> None:
        """End running work and save state; returns within a second."""


# Which services are ours. Everything else in environment.MINISTACK_SERVICES is ministack's.
OUR_SERVICES: dict[str, Callable[[DataFolder], Service]] = {
    "AmazonAthena": AthenaService,
    "Kinesis_20131202": KinesisService,
}

# ministack's endpoints that would wipe the folder or change the process, without credentials
REFUSED_PATHS = ("/_ministack/reset", "/_ministack/config")
# ministack saves at shutdown only; these small ones are also saved after a change, so that a
# killed server still knows its buckets and tables
SAVED_ON_CHANGE = ("s3", "glue")
SAVE_DELAY_S = 0.5
DRAIN_S = 1.0
STOP_S = 3.5


class LocalAws:
    """The application, with the state that is saved while it runs."""

    def __init__(self, folder: DataFolder, on_ready: Callable[[], None]) -> None:
        self._services = {target: make(folder) for target, make in OUR_SERVICES.items()}
        self._on_ready = on_ready
        self._pending_save: asyncio.TimerHandle | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route one request, or the server's start and end."""
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        elif scope["type"] != "http":
            await ministack.app(scope, receive, send)
        elif service := self._services.get(target_service(scope)):
            await service(scope, receive, send)
        elif scope["path"] in REFUSED_PATHS:
            message = f"{scope['path']} is switched off: stop the server and remove its folder"
            await respond(send, 403, {"__type": "AccessDeniedException", "message": message})
        else:
            await ministack.app(scope, receive, send)
            if _may_change_saved_state(scope):
                self._save_soon()

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def watched_send(message: dict[str, object]) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                self._on_ready()

        await ministack.app(scope, receive, watched_send)

    def _save_soon(self) -> None:
        if self._pending_save is None:
            loop = asyncio.get_running_loop()
            self._pending_save = loop.call_later(SAVE_DELAY_S, self._save_changed)

    def _save_changed(self) -> None:
        self._pending_save = None
        states = ministack._build_persistence_save_dict()
        persistence.save_all({name: states[name] for name in SAVED_ON_CHANGE if name in states})

    def stop_services(self) -> None:
        """Stop the services that are ours."""
        for service in self._services.values():
            service.stop()

    def save_all(self) -> None:
        """Save every service of ministack, for when its own orderly end took too long."""
        persistence.save_all(ministack._build_persistence_save_dict())


def _may_change_saved_state(scope: Scope) -> bool:
    target = next((v for k, v in scope["headers"] if k.lower() == b"x-amz-target"), b"")
    if target.startswith(b"AWSGlue."):
        return not target.startswith((b"AWSGlue.Get", b"AWSGlue.Search", b"AWSGlue.List"))
    # objects are files of their own; only calls on a bucket change what s3.json holds
    on_bucket = "/" not in scope["path"].strip("/")
    return not target and on_bucket and scope["method"] in ("PUT", "DELETE", "POST")


async def serve(
    folder: DataFolder, listener: socket.socket, stop: asyncio.Event, on_ready: Callable[[], None]
) -> None:
    """Serve until `stop` is set; state is saved when this returns, within `STOP_S` + 1 s of it.

    Parameters
    ----------
    folder : DataFolder
        The locked data folder.
    listener : socket.socket
        A bound and listening socket.
    stop : asyncio.Event
        Set it to stop the server.
    on_ready : callable
        Called once, when requests are answered.
    """
    hypercorn_compat.install()
    app = LocalAws(folder, on_ready)
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]  # hypercorn owns it from here
    config.errorlog = logging.getLogger("hypercorn.error")
    config.graceful_timeout = DRAIN_S
    config.keep_alive_timeout = 75
    config.keep_alive_max_requests = 1_000_000
    server = asyncio.create_task(serve_asgi(app, config, shutdown_trigger=stop.wait))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({server, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    app.stop_services()
    done, _ = await asyncio.wait({server}, timeout=STOP_S)
    if done:
        server.result()
        return
    log.warning("requests still running after %s s: saving state without them", STOP_S)
    app.save_all()
