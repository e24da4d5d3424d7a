"""Calls of the services by this very server: signed, and answered as any client's.

So the services' own checks, of arguments as of rights, decide what a stack, or a service that acts
in a role, may do.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator

from local_aws.protocol.model import service_model
from local_aws.tenant import current

Application = Callable[..., Awaitable[None]]
Record = dict[str, Any]

ANSWER_S = 60
_ABSENCE = ("NotFound", "NonExistent", "NoSuch")
_EMPTY_PATH = "/"


class CallError(ValueError):
    """A service refused a call; the message is what CloudFormation tells as a resource's reason."""

    def __init__(self, service: str, code: str, message: str, status: int) -> None:
        name = service_model(service).metadata.get("serviceId", service)
        super().__init__(f"{message} (Service: {name}, Status Code: {status})")
        self.code, self.message = code, message
        self.is_absence = status == HTTPStatus.NOT_FOUND or any(word in code for word in _ABSENCE)


class _Server:
    """The application of this process, and the loop that it runs in."""

    application: Application | None = None
    loop: asyncio.AbstractEventLoop | None = None
    authority = ""


def start(application: Application, authority: str) -> None:
    """Let `call` reach an application, in the running loop.

    Parameters
    ----------
    application : callable
        The server's ASGI application.
    authority : str
        ``HOST:PORT`` that clients reach it under: the URLs of queues begin with it.
    """
    _Server.application, _Server.loop = application, asyncio.get_running_loop()
    _Server.authority = authority


def call(credentials: Credentials, service: str, operation: str, arguments: Record) -> Record:
    """Call an operation; from a thread that is not the server's, for the tenant of the moment.

    Parameters
    ----------
    credentials : Credentials
        Whose call it is.
    service, operation : str
        By botocore's names.
    arguments : dict
        As boto3 takes them.

    Returns
    -------
    dict
        The answer, as boto3 gives it.

    Raises
    ------
    CallError
        Where the service refuses.
    """
    if _Server.application is None or _Server.loop is None:
        raise RuntimeError("no server answers the calls of this process")
    model = service_model(service)
    shape = model.operation_model(operation)
    if shape.input_shape is not None:
        report = ParamValidator().validate(arguments, shape.input_shape)
        if report.has_errors():
            raise ValueError(f"{operation}: {report.generate_report()}")
    request = _signed(service, _serialized(service, operation, arguments), credentials)
    answered = asyncio.run_coroutine_threadsafe(_answer(_Server.application, request), _Server.loop)
    status, headers, body = answered.result(ANSWER_S)
    parser = create_parser(model.resolved_protocol)
    response = {"status_code": status, "headers": headers, "body": body}
    parsed: Record = parser.parse(response, shape.output_shape)  # type: ignore[arg-type]
    if status >= 300:
        error = parsed.get("Error", {})
        raise CallError(service, error.get("Code", ""), error.get("Message", ""), status)
    return parsed


@cache
def _serializer(service: str) -> Any:
    model = service_model(service)
    return create_serializer(model.resolved_protocol, include_validation=False)


def _serialized(service: str, operation: str, arguments: Record) -> Record:
    shape = service_model(service).operation_model(operation)
    made: Record = _serializer(service).serialize_to_request(arguments, shape)
    return made


def _signed(service: str, made: Record, credentials: Credentials) -> AWSRequest:
    path = made["url_path"]
    query = made.get("query_string") or {}
    text = query if isinstance(query, str) else urlencode(query, doseq=True)
    separator = "&" if "?" in path else "?"
    url = f"http://{_Server.authority}{path}" + (f"{separator}{text}" if text else "")
    body = made.get("body") or b""
    if isinstance(body, dict):  # the query protocol
        body = urlencode(body)
    data = body.encode() if isinstance(body, str) else body
    request = AWSRequest(made["method"], url, dict(made.get("headers") or {}), data)
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    name = service_model(service).signing_name
    signer(credentials, name, current().region).add_auth(request)
    return request


async def _answer(application: Application, request: AWSRequest) -> tuple[int, Record, bytes]:
    parts = urlsplit(str(request.url))
    data = request.data or b""
    scope: MutableMapping[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "scheme": "https",  # AWS's services reach each other by TLS
        "method": request.method,
        "path": unquote(parts.path) or _EMPTY_PATH,
        "raw_path": (parts.path or _EMPTY_PATH).encode(),
        "query_string": parts.query.encode(),
        "headers": [
            (name.lower().encode(), str(value).encode()) for name, value in _headers(request)
        ],
        "client": ("127.0.0.1", 0),
    }
    pending = [{"type": "http.request", "body": data, "more_body": False}]
    head: MutableMapping[str, Any] = {}
    body = bytearray()

    async def receive() -> MutableMapping[str, Any]:
        return pending.pop() if pending else {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            head.update(message)
        else:
            body.extend(message.get("body", b""))

    await application(scope, receive, send)
    headers = {name.decode().lower(): value.decode() for name, value in head["headers"]}
    return head["status"], headers, bytes(body)


def _headers(request: AWSRequest) -> list[tuple[str, Any]]:
    named = [(name, value) for name, value in request.headers.items()]
    lengths = [("host", _Server.authority), ("content-length", len(request.data or b""))]
    known = {name.lower() for name, _ in named}
    return named + [pair for pair in lengths if pair[0] not in known]
