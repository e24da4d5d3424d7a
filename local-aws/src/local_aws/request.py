"""One call of an AWS JSON service: read from the wire, answered on the wire."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from ministack.core import responses, router

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_BODY_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Tenant:
    """Whose resources a call is about: every service keeps them apart by account and region."""

    account: str
    region: str


@dataclass(frozen=True)
class Request:
    """A call of a service: operation name, body as it came, lower-case headers, and the tenant."""

    operation: str
    body: bytes
    headers: dict[str, str]
    tenant: Tenant


class BodyTooLargeError(Exception):
    """The request's body exceeds what any AWS JSON operation takes."""


async def read(scope: Scope, receive: Receive) -> Request:
    """Read a whole request and pin its tenant for ministack's scoped stores.

    Raises
    ------
    BodyTooLargeError
        When the body exceeds `MAX_BODY_BYTES`.
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
    responses.set_request_account_id(router.extract_access_key_id(headers))
    responses.set_request_region(router.extract_region(headers))
    operation = headers["x-amz-target"].partition(".")[2]
    tenant = Tenant(responses.get_account_id(), responses.get_region())
    return Request(operation, b"".join(chunks), headers, tenant)


async def respond(send: Send, status: int, payload: dict[str, Any]) -> None:
    """Send one AWS JSON 1.1 answer; a body with ``__type`` is an error of that name."""
    headers = {"content-type": "application/x-amz-json-1.1"}
    if "__type" in payload:
        headers["x-amzn-errortype"] = payload["__type"]
    body = json.dumps(payload, ensure_ascii=False).encode("utf-8", "surrogatepass")
    await respond_raw(send, status, headers, body)


async def respond_raw(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    """Send one answer with a body that is ready."""
    sent = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    sent.append((b"x-amzn-requestid", str(uuid4()).encode()))
    sent.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": body})


def target(scope: Scope) -> str:
    """Return the header ``x-amz-target``, ``SERVICE.OPERATION``; empty when there is none."""
    for name, value in scope["headers"]:
        if name.lower() == b"x-amz-target":
            return str(value.decode("latin-1"))
    return ""
