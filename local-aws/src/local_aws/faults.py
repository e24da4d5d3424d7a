"""Faults on request: a call is throttled, fails or waits, by its action, and is counted.

Tests ask for them under `PATH`, which is there only where the server was started with ``--faults``:
`local_aws.testing.faults` is the way to it.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import asdict, dataclass
from typing import Any, Literal
from urllib.parse import parse_qs

from local_aws.iam import resources
from local_aws.ministack.foreign import iam_actions, router
from local_aws.protocol import refusal, rest
from local_aws.protocol.http import Answer, Receive, Scope, Send, read, respond, signed_for

PATH = "/_local_aws/faults"
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Kind = Literal["throttle", "error", "delay"]

# how a service says that it is asked too much; of JSON's others it is ThrottlingException
_THROTTLED: dict[str, tuple[int, str]] = {
    "dynamodb": (400, "ProvisionedThroughputExceededException"),
    "kinesis": (400, "ProvisionedThroughputExceededException"),
    "lambda": (429, "TooManyRequestsException"),
    "s3": (503, "SlowDown"),
    "sns": (429, "Throttled"),
    "sqs": (400, "RequestThrottled"),
}
# services of ours whose operations stand in paths, which ministack does not know
_REST = {"databrew", "quicksight"}
_FAILED = {"dynamodb": "InternalServerError", "lambda": "ServiceException", "s3": "InternalError"}


@dataclass
class Fault:
    """What is to happen to calls of an action."""

    action: str
    """As a policy names it, ``dynamodb:UpdateItem``; ``sns:*`` is every one of a service."""
    kind: Kind
    times: int | None = None
    """How many calls; None for all."""
    seconds: float = 0.0
    """How long a delayed call waits before it is carried out."""
    met: int = 0
    """How many calls it has met."""

    def meets(self, action: str) -> bool:
        """Say whether it is this call's turn."""
        service = action.partition(":")[0]
        return self.action in (action, f"{service}:*") and self.met != self.times


class Faults:
    """The front of the server that makes them.

    Parameters
    ----------
    app : callable
        The ASGI application behind it.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._faults: list[Fault] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a call through, or let it meet a fault."""
        if scope["type"] == "http" and scope["path"] == PATH:
            await respond(send, await self._administer(scope, receive))
        elif scope["type"] != "http" or not self._faults:
            await self._app(scope, receive, send)
        else:
            headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
            body, receive = await _body_of_forms(headers, receive)
            action = _action(scope, headers, body)
            fault = next((each for each in self._faults if each.meets(action)), None)
            if fault is not None:
                fault.met += 1
                if fault.kind != "delay":
                    await respond(send, _refusal(action.partition(":")[0], fault.kind, headers))
                    return
                await asyncio.sleep(fault.seconds)
            await self._app(scope, receive, send)

    async def _administer(self, scope: Scope, receive: Receive) -> Answer:
        """Answer GET (all with their counts), POST (one more) and DELETE (none any more)."""
        request = await read(scope, receive, "")
        if scope["method"] == "POST":
            self._faults.append(Fault(**json.loads(request.body)))
        elif scope["method"] == "DELETE":
            self._faults.clear()
        body = json.dumps([asdict(fault) for fault in self._faults]).encode()
        return Answer(200, {"content-type": "application/json"}, body)


async def _body_of_forms(headers: dict[str, str], receive: Receive) -> tuple[bytes, Receive]:
    """Read a form, which alone says in its body what is asked, and give it again."""
    if not headers.get("content-type", "").startswith(refusal.FORM):
        return b"", receive
    messages: list[MutableMapping[str, Any]] = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())
    body = b"".join(message.get("body", b"") for message in messages)

    async def again() -> MutableMapping[str, Any]:
        return messages.pop(0) if messages else await receive()

    return body, again


def _action(scope: Scope, headers: dict[str, str], body: bytes) -> str:
    method, path = scope["method"], scope["path"]
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if (signed := signed_for(scope)) in _REST:
        return f"{signed}:{rest.called(signed, scope).operation}"
    service = router.detect_service(method, path, headers, query)
    if "/operation/" in path:  # RPC of Smithy
        return f"{iam_actions.SERVICE_TO_IAM_NAMESPACE[service]}:{path.rpartition('/')[2]}"
    if operation := headers.get("x-amz-target", "").rpartition(".")[2]:
        return resources.action(service, operation)
    return str(iam_actions.extract_iam_action(service, method, path, headers, body, query))


def _refusal(service: str, kind: Kind, headers: dict[str, str]) -> Answer:
    form = headers.get("content-type", "").startswith(refusal.FORM)
    usual = (400, "Throttling") if form else (400, "ThrottlingException")
    status, code = _THROTTLED.get(service, usual)
    if kind == "error":
        status, code = 500, _FAILED.get(service, "InternalFailure")
    message = "Rate exceeded" if kind == "throttle" else "A fault was asked for."
    return refusal.written(service, code, message, status, headers)
