"""The catalog's actions as an ASGI application; every other Glue action is ministack's."""

import asyncio

from ministack import app as ministack

from local_aws import request as wire
from local_aws.folder import DataFolder
from local_aws.glue.service import handle, handles
from local_aws.request import Receive, Scope, Send


class GlueService:
    """Glue: the catalog by `local_aws.glue`, the rest by ministack."""

    def __init__(self, _: DataFolder) -> None:
        """Take the data folder that every service is given; ministack's stores need none."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request; the work is done in a thread."""
        target = wire.target(scope)
        if not handles(target):
            await ministack.app(scope, receive, send)
            return
        try:
            request = await wire.read(scope, receive)
        except ConnectionError:
            return
        except wire.BodyTooLargeError:
            error = {"__type": "InvalidInputException", "Message": "The request is too large"}
            await wire.respond(send, 413, error)
            return
        # the thread runs in a copy of this context, which names the tenant
        status, headers, body = await asyncio.to_thread(handle, target, request.body)
        await wire.respond_raw(send, status, headers, body)

    def stop(self) -> None:
        """Nothing runs between two calls."""
