"""HTTP: one request read whole, within limits, and one answer sent."""

import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import uuid4

from local_aws.ministack.foreign import app, responses, router
from local_aws.tenant import Tenant, current

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_BODY_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Request:
    """A call of a service: operation name, body as it came, lower-case headers, and the tenant.

    `addressed` are the arguments that stand in its address.
    """

    operation: str
    body: bytes
    headers: dict[str, str]
    tenant: Tenant
    addressed: dict[str, Any] = field(default_factory=dict)


class Answer(NamedTuple):
    """What goes back: HTTP status, headers, and the body, or its pieces as they come."""

    status: int
    headers: dict[str, str]
    body: bytes | AsyncIterator[bytes]


class BodyTooLargeError(Exception):
    """The request's body exceeds what any AWS JSON operation takes."""


class BrokenBodyError(Exception):
    """The request's body is not compressed as its Content-Encoding says."""


async def read(
    scope: Scope, receive: Receive, operation: str, addressed: dict[str, Any] | None = None
) -> Request:
    """Read a whole request and pin its tenant for everything that is called from here.

    Parameters
    ----------
    scope, receive
        Of the ASGI application.
    operation : str
        The operation that the request is for.
    addressed : dict, optional
        Arguments that stand in its address.

    Raises
    ------
    BodyTooLargeError
        When the body exceeds `MAX_BODY_BYTES`, packed or unpacked.
    BrokenBodyError
        When it is not what its Content-Encoding says.
    ConnectionError
        When the client went away.
    """
    headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError("the client closed the connection")
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > MAX_BODY_BYTES:
            raise BodyTooLargeError
        more = message.get("more_body", False)
    access_key = router.extract_access_key_id(headers)
    responses.set_request_account_id(app._request_account_scope(access_key))
    responses.set_request_region(router.extract_region(headers))
    body = b"".join(chunks)
    if headers.get("content-encoding") == "gzip":  # as SDKs send much of PutMetricData
        body = _unpacked(body)
    if scope["method"] == "GET" and not operation:  # AWS Query, whose form may stand in the address
        body = scope["query_string"]
    return Request(operation, body, headers, current(), addressed or {})


def _unpacked(body: bytes) -> bytes:
    gzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        whole = gzip.decompress(body, MAX_BODY_BYTES + 1)
    except zlib.error as error:
        raise BrokenBodyError(str(error)) from None
    if len(whole) > MAX_BODY_BYTES:
        raise BodyTooLargeError
    if not gzip.eof:
        raise BrokenBodyError("it ends too soon")
    return whole


async def respond(send: Send, answer: Answer) -> None:
    """Send one answer, with an id of its own."""
    body = answer.body
    headers = {"x-amzn-requestid": str(uuid4()), **answer.headers}
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    if isinstance(body, bytes):
        sent.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": sent})
    if isinstance(body, bytes):
        await send({"type": "http.response.body", "body": body})
        return
    async for piece in body:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def header(scope: Scope, wanted: str) -> str:
    """Return a header by its lower-case name; empty when there is none."""
    for name, value in scope["headers"]:
        if name.lower() == wanted.encode():
            return str(value.decode("latin-1"))
    return ""


def target(scope: Scope) -> str:
    """Return the header ``x-amz-target``, ``SERVICE.OPERATION``; empty when there is none."""
    return header(scope, "x-amz-target")


def called(scope: Scope) -> tuple[str, str]:
    """Return the service and the operation that a request names.

    They stand in ``x-amz-target``, or in the path ``/service/SERVICE/operation/OPERATION`` of
    Smithy's RPC. AWS Query names the operation in its body: both are empty then.
    """
    service, _, operation = target(scope).partition(".")
    path = scope["path"].split("/")
    if not service and len(path) == 5 and path[1] == "service" and path[3] == "operation":
        service, operation = path[2], path[4]
    return service, operation


def signed_for(scope: Scope) -> str:
    """Return the service in the scope of a request's signature; empty without a signature."""
    credential = header(scope, "authorization").partition("Credential=")[2].partition(",")[0]
    parts = credential.split("/")
    return parts[3] if len(parts) == 5 else ""
