"""The Athena service as an ASGI application: one call in, one answer out."""

import asyncio
import json
import logging
from typing import Any

from local_aws import request as wire
from local_aws.athena import shapes
from local_aws.athena.api import Api
from local_aws.athena.errors import ApiError, InvalidRequestError, UnsupportedOperationError
from local_aws.folder import DataFolder
from local_aws.request import Receive, Request, Scope, Send, respond

log = logging.getLogger("local_aws.athena")


class AthenaService:
    """Athena for every account and region that calls.

    Parameters
    ----------
    folder : DataFolder
        Where workgroups, queries and their history are kept.
    """

    def __init__(self, folder: DataFolder) -> None:
        self._api = Api(folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request; the work is done in a thread, never on the event loop."""
        try:
            request = await wire.read(scope, receive)
        except wire.BodyTooLargeError:
            await respond(send, 413, InvalidRequestError("Request is too large").payload())
            return
        except ConnectionError:
            return
        try:
            answer = await asyncio.to_thread(self._answer, request)
        except ApiError as error:
            await respond(send, error.status, error.payload())
        else:
            await respond(send, 200, answer)

    def _answer(self, request: Request) -> dict[str, Any]:
        model = shapes.operation(request.operation)
        handler = self._api.handler(request.operation)
        if model is None or handler is None:
            raise UnsupportedOperationError(request.operation)
        try:
            payload = json.loads(request.body or b"{}")
        except ValueError:
            raise InvalidRequestError("The request is not valid JSON") from None
        shapes.check(model, payload)
        return handler(request.tenant, payload)

    def stop(self) -> None:
        """Cancel what runs, note it, and close the store."""
        self._api.close()
