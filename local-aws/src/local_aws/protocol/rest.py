"""REST: the path and the method name the operation, and some arguments stand in the address."""

import re
from functools import cache
from typing import Any, ClassVar, NamedTuple
from urllib.parse import parse_qs, quote, unquote

from botocore.model import Shape

from local_aws.protocol import codec as codecs
from local_aws.protocol import model
from local_aws.protocol.codec import Codec
from local_aws.protocol.http import Scope
from local_aws.protocol.service import Record, Service, State


class Call(NamedTuple):
    """What an address asks for: the operation, and the arguments that it holds."""

    operation: str
    given: Record


class RestService(Service[State]):
    """A service whose operations are paths, with JSON as bodies."""

    codecs: ClassVar[tuple[Codec, ...]] = (codecs.REST_JSON,)

    def operation_of(self, scope: Scope) -> str:
        """Return the operation that a request's path and method name."""
        return called(self.name, scope).operation

    def addressed(self, scope: Scope) -> Record:
        """Return the arguments that stand in a request's path and query."""
        return called(self.name, scope).given

    def outside(self, operation: str, answer: Record) -> tuple[int, Record]:
        """Return the HTTP status of an answer, which may be one of its members, and its body."""
        member = _status_member(self.name, operation)
        body = {name: value for name, value in answer.items() if name != member}
        return int(answer.get(member, 200)), body


class _Route(NamedTuple):
    operation: str
    method: str
    pattern: re.Pattern[str]
    labels: dict[str, tuple[str, Shape]]
    query: dict[str, tuple[str, Shape]]


def called(service: str, scope: Scope) -> Call:
    """Read an address.

    Parameters
    ----------
    service : str
        As botocore names it.
    scope
        Of the ASGI application.

    Returns
    -------
    Call
        Where no operation has such an address, its method and path stand for the operation.
    """
    raw = scope.get("raw_path") or quote(scope["path"]).encode()
    path = raw.decode("latin-1").partition("?")[0]
    for route in _routes(service):
        found = route.pattern.fullmatch(path) if route.method == scope["method"] else None
        if found is None:
            continue
        given: Record = {
            member: _typed(shape, [unquote(found[label])])
            for label, (member, shape) in route.labels.items()
        }
        asked = parse_qs(scope.get("query_string", b"").decode(), keep_blank_values=True)
        for name, (member, shape) in route.query.items():
            if name in asked:
                given[member] = _typed(shape, asked[name])
        return Call(route.operation, given)
    return Call(f"{scope['method']} {unquote(path)}", {})


@cache
def _routes(service: str) -> tuple[_Route, ...]:
    found = []
    for name in sorted(model.operations(service), key=lambda name: _order(service, name)):
        operation = model.service_model(service).operation_model(name)
        labels: dict[str, tuple[str, Shape]] = {}
        query: dict[str, tuple[str, Shape]] = {}
        members = operation.input_shape.members if operation.input_shape else {}
        for member, shape in members.items():
            where = shape.serialization
            if where.get("location") == "uri":
                labels[where["name"]] = member, shape
            elif where.get("location") == "querystring":
                query[where["name"]] = member, shape
        path = re.escape(operation.http["requestUri"].partition("?")[0])
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", path)
        route = _Route(name, operation.http["method"], re.compile(pattern), labels, query)
        found.append(route)
    return tuple(found)


def _order(service: str, operation: str) -> tuple[str, ...]:
    # a part in letters is meant before a label that would take it too
    path = model.service_model(service).operation_model(operation).http["requestUri"]
    return tuple("~" if part.startswith("{") else part for part in path.split("/"))


@cache
def _status_member(service: str, operation: str) -> str:
    shape = model.output_shape(service, operation)
    members = shape.members.items() if shape is not None else ()
    places = {member.serialization.get("location"): name for name, member in members}
    return places.get("statusCode", "")


def _typed(shape: Shape, texts: list[str]) -> Any:
    if shape.type_name == "list":
        return texts
    text = texts[0]
    if shape.type_name in {"integer", "long"} and re.fullmatch(r"-?\d+", text):
        return int(text)
    if shape.type_name == "boolean" and text in {"true", "false"}:
        return text == "true"
    return text
