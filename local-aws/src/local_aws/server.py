"""The one ASGI application: our services by the header ``x-amz-target``, ministack for the rest.

`environment.configure` must have run before this module is imported, because ministack reads the
process's environment at its own import.
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Any

from hypercorn.asyncio import serve as serve_asgi
from hypercorn.config import Config

from local_aws import s3
from local_aws.athena.service import AthenaService
from local_aws.folder import DataFolder
from local_aws.glue.service import GlueService
from local_aws.kinesis.service import KinesisService
from local_aws.ministack import foreign, http2, refusals, saving
from local_aws.protocol import model
from local_aws.protocol.http import Answer, Receive, Scope, Send, respond, target
from local_aws.protocol.service import Service

log = logging.getLogger("local_aws")


# Which services are ours. Everything else in environment.MINISTACK_SERVICES is ministack's.
OUR_SERVICES = (AthenaService, GlueService, KinesisService)

# ministack's endpoints that would wipe the folder or change the process, without credentials
REFUSED_PATHS = ("/_ministack/reset", "/_ministack/config")
SWITCHED_OFF = b"switched off: stop the server and remove its folder"
DRAIN_S = 1.0
STOP_S = 3.5


class LocalAws:
    """The application."""

    def __init__(self, folder: DataFolder, on_ready: Callable[[], None]) -> None:
        self._services: dict[str, Service[Any]] = {
            model.target_prefix(service.name): service(folder) for service in OUR_SERVICES
        }
        self._on_ready = on_ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route one request, or the server's start and end."""
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        elif scope["type"] != "http":
            await foreign.app.app(scope, receive, send)
        elif scope["path"] in REFUSED_PATHS:
            await respond(send, Answer(403, {"content-type": "text/plain"}, SWITCHED_OFF))
        else:
            service = self._services.get(target(scope).partition(".")[0], foreign.app.app)
            await service(scope, receive, send)
            if _may_change_saved_state(scope):
                saving.soon()

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def watched_send(message: dict[str, object]) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                self._on_ready()

        await foreign.app.app(scope, receive, watched_send)

    def stop_services(self) -> None:
        """Stop the services that are ours."""
        for service in self._services.values():
            service.stop()


def _may_change_saved_state(scope: Scope) -> bool:
    called = target(scope)
    if called.startswith("AWSGlue."):
        return not called.startswith(("AWSGlue.Get", "AWSGlue.Search", "AWSGlue.List"))
    # objects are files of their own; only calls on a bucket change what s3.json holds
    on_bucket = "/" not in scope["path"].strip("/")
    return not called and on_bucket and scope["method"] in ("PUT", "DELETE", "POST")


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
    foreign.check()
    foreign.hypercorn_compat.install()
    http2.install()
    s3.install(folder.scratch)
    refusals.install()
    saving.start()
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
    saving.save_all()
