"""Kinesis over HTTP: the ASGI application that answers JSON 1.1 and CBOR requests."""

import logging
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

from local_aws.folder import DataFolder
from local_aws.kinesis import ministack_bridge, wire
from local_aws.kinesis.errors import KinesisError
from local_aws.kinesis.fanout import subscribe_to_shard
from local_aws.kinesis.limits import options_from_environment
from local_aws.kinesis.operations import call
from local_aws.kinesis.store import Store
from local_aws.request import BodyTooLargeError, Receive, Request, Scope, Send, read

log = logging.getLogger("local_aws.kinesis")

Answer = tuple[int, str, bytes | AsyncIterator[bytes]]


class KinesisService:
    """Kinesis Data Streams of one data folder.

    Parameters
    ----------
    folder : DataFolder
        Streams and records are kept below its ``state``.
    """

    def __init__(self, folder: DataFolder) -> None:
        try:
            options = options_from_environment()
        except ValueError as error:
            raise SystemExit(f"local_aws: {error}") from error
        self.store = Store(options, folder.state / "kinesis")
        ministack_bridge.install(self.store, self.answer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        try:
            request = await read(scope, receive)
        except BodyTooLargeError:
            status, kind, answer = _refused(
                "application/json",
                KinesisError("RequestEntityTooLargeException", "The request is too large.", 413),
            )
        except ConnectionError:
            return
        else:
            status, kind, answer = self.answer(request)
        headers = [(b"content-type", kind.encode()), (b"x-amzn-requestid", str(uuid4()).encode())]
        if isinstance(answer, bytes):
            headers.append((b"content-length", str(len(answer)).encode()))
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": answer})
            return
        await send({"type": "http.response.start", "status": status, "headers": headers})
        async for message in answer:
            await send({"type": "http.response.body", "body": message, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def answer(self, request: Request) -> Answer:
        """Answer a request that has been read.

        Parameters
        ----------
        request : Request
            Operation, body, headers and tenant.

        Returns
        -------
        tuple
            The HTTP status, the Content-Type, and the body or the messages of a subscription.
        """
        kind = request.headers.get("content-type", "")
        name = request.operation
        try:
            arguments = wire.loads(request.body, kind)
            if name == "SubscribeToShard":
                events = subscribe_to_shard(self.store, request.tenant, arguments, kind)
                return 200, "application/vnd.amazon.eventstream", events
            answer = call(self.store, request.tenant, name, arguments)
        except KinesisError as error:
            return _refused(kind, error)
        except OSError as error:
            log.error("%s failed: %s", name, error)
            return _refused(kind, KinesisError("InternalFailure", f"The data folder: {error}", 500))
        # an operation without members in its answer answers with no body at all
        return 200, wire.answer_type(kind), wire.dumps(answer, kind) if answer else b""

    def stop(self) -> None:
        """Close the files; everything that was answered is in them."""
        self.store.close()


def _refused(kind: str, error: KinesisError) -> Answer:
    said: dict[str, Any] = {"__type": error.code, "message": error.message}
    return error.status, wire.answer_type(kind), wire.dumps(said, kind)
