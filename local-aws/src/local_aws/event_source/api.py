"""Which calls of Lambda's API are about mappings of Kinesis, and what carries them out."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from local_aws.event_source import operations
from local_aws.event_source.operations import Running
from local_aws.protocol import model
from local_aws.protocol.validate import checked
from local_aws.tenant import Tenant

_MAPPINGS = "event-source-mappings"
_MOST = 100
_ALL = "10000"


class Call(NamedTuple):
    """A call that is ours."""

    work: Callable[[], Any]
    """Gives the answer; it may take long, and raises a ServiceError."""
    status: int
    merges: bool = False
    """Whether ministack's mappings belong to the answer."""


class Asked(NamedTuple):
    """A request of Lambda's API."""

    method: str
    path: str
    body: bytes
    query: Mapping[str, Sequence[str]]


def call_of(running: Running, tenant: Tenant, asked: Asked) -> Call | None:
    """Find the call of a request; None where it is ministack's."""
    method, path, body, query = asked
    _, *parts = path.strip("/").split("/", 2)
    if parts[:1] == ["tags"] and len(parts) == 2:
        return _of_tags(running, tenant, asked, parts[1])
    if parts[:1] != [_MAPPINGS]:
        return None
    uuid = parts[1].strip("/") if len(parts) == 2 else ""
    if uuid:
        return _of_one(running, tenant, method, uuid, body)
    if method == "GET":
        source, function = first(query, "EventSourceArn"), first(query, "FunctionName")
        return Call(lambda: operations.listed(running, tenant, source, function), 200, True)
    given = _given(body)
    if method == "POST" and operations.is_kinesis(given.get("EventSourceArn")):
        return Call(lambda: operations.create(running, tenant, given), 202)
    return None


def page(mappings: list[dict[str, Any]], query: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Cut the page out of all mappings that a request asks for."""
    marker = first(query, "Marker")
    uuids = [each["UUID"] for each in mappings]
    begin = uuids.index(marker) + 1 if marker in uuids else 0
    asked = first(query, "MaxItems") or str(_MOST)
    shape = model.input_shape("lambda", "ListEventSourceMappings")
    given = checked(shape, {"MaxItems": int(asked) if asked.isdecimal() else asked})
    most = min(given["MaxItems"], _MOST)
    found = mappings[begin : begin + most]
    answer: dict[str, Any] = {"EventSourceMappings": found}
    if begin + most < len(mappings):
        answer["NextMarker"] = found[-1]["UUID"]
    return answer


def whole(query: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Ask for the same mappings without pages."""
    return {key: query[key] for key in query if key != "Marker"} | {"MaxItems": [_ALL]}


def first(query: Mapping[str, Sequence[str]], name: str) -> str:
    """Return a parameter of a query, empty where there is none."""
    value = query.get(name, "")
    return value if isinstance(value, str) else value[0]


def _of_one(running: Running, tenant: Tenant, method: str, uuid: str, body: bytes) -> Call | None:
    if running.store.get(tenant, uuid) is None:
        return None
    match method:
        case "GET":
            return Call(lambda: operations.get(running, tenant, uuid), 200)
        case "PUT":
            return Call(lambda: operations.update(running, tenant, uuid, _given(body)), 202)
        case "DELETE":
            return Call(lambda: operations.delete(running, tenant, uuid), 202)
    return None


def _of_tags(running: Running, tenant: Tenant, asked: Asked, arn: str) -> Call | None:
    uuid = arn.partition(":event-source-mapping:")[2]
    if not uuid or running.store.get(tenant, uuid) is None:
        return None
    store = running.store
    match asked.method:
        case "GET":
            return Call(lambda: {"Tags": store.tags(uuid)}, 200)
        case "POST":
            tags = _given(asked.body).get("Tags", {})
            return Call(lambda: store.set_tags(uuid, store.tags(uuid) | tags), 204)
        case "DELETE":
            gone = set(asked.query.get("tagKeys", ()))
            left = {key: value for key, value in store.tags(uuid).items() if key not in gone}
            return Call(lambda: store.set_tags(uuid, left), 204)
    return None


def _given(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body) if body else {}
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}
