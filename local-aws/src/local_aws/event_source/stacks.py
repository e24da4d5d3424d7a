"""Mappings of Kinesis in CloudFormation: the same operations, under the type's handlers."""

import time
from collections.abc import Callable
from typing import Any

from local_aws.event_source import operations
from local_aws.event_source.operations import Running
from local_aws.event_source.settings import DEFAULTS, Document
from local_aws.ministack.foreign import provisioners, stacks
from local_aws.protocol import model
from local_aws.protocol.errors import ServiceError
from local_aws.tenant import current

TYPE = "AWS::Lambda::EventSourceMapping"
_SETTLED_S = 60.0
_LOOK_S = 0.05
_UNSET = DEFAULTS | {
    "Enabled": True,
    "FilterCriteria": {"Filters": []},
    "MetricsConfig": {"Metrics": []},
}
"""What a property is again when a template leaves it out."""
_REPLACED_BY = ("EventSourceArn", "StartingPosition", "StartingPositionTimestamp")
Properties = dict[str, Any]
Made = tuple[str, dict[str, str]]
"""A physical id, and what Fn::GetAtt finds."""


def install(running: Running) -> None:
    """Put ours before the handlers of the type, which keep the other sources."""
    theirs = provisioners._RESOURCE_HANDLERS[TYPE]

    def create(logical_id: str, props: Properties, stack_name: str) -> Made:
        if not operations.is_kinesis(props.get("EventSourceArn")):
            return theirs["create"](logical_id, props, stack_name)  # type: ignore[no-any-return]
        given = _given(props, "CreateEventSourceMapping")
        made = _told(lambda: operations.create(running, current(), given))
        return _settled(running, made["UUID"])

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Made:
        if not operations.is_kinesis(new.get("EventSourceArn")):
            return theirs["update"](physical_id, old, new, stack_name)  # type: ignore[no-any-return]
        if any(old.get(name) != new.get(name) for name in _REPLACED_BY):
            made = create(physical_id, new, stack_name)
            delete(physical_id, old)
            return made
        left_out = {name: _UNSET[name] for name in old.keys() - new.keys() if name in _UNSET}
        given = left_out | _given(new, "UpdateEventSourceMapping")
        _told(lambda: operations.update(running, current(), physical_id, given))
        running.store.set_tags(physical_id, _tags(new))
        return _settled(running, physical_id)

    def delete(physical_id: str, props: Properties) -> None:
        if running.store.get(current(), physical_id) is None:
            theirs["delete"](physical_id, props)
            return
        _told(lambda: operations.delete(running, current(), physical_id))
        _settled(running, physical_id)

    provisioners.add(
        "_RESOURCE_HANDLERS", TYPE, theirs | {"create": create, "update": update, "delete": delete}
    )
    # they ask this very server, which must not wait for them meanwhile
    blocks = stacks._runs_on_worker_thread
    stacks.replace("_runs_on_worker_thread", lambda kind: kind == TYPE or blocks(kind))


def _told(work: Callable[[], Document]) -> Document:
    try:
        return work()
    except ServiceError as error:
        # what CloudFormation turns into a failed resource with this reason
        raise ValueError(error.message) from error


def _settled(running: Running, uuid: str) -> Made:
    """Wait until a mapping is what it was to become, and say what the stack knows of it."""
    until = time.monotonic() + _SETTLED_S
    document = running.store.get(current(), uuid)
    while document and document["State"] not in operations.SETTLED:
        if time.monotonic() > until:
            raise ValueError(f"The mapping {uuid} stays {document['State']}.")
        time.sleep(_LOOK_S)
        document = running.store.get(current(), uuid)
    arn = document["EventSourceMappingArn"] if document else ""
    return uuid, {"Id": uuid, "UUID": uuid, "EventSourceMappingArn": arn}


def _given(props: Properties, operation: str) -> Document:
    """Turn properties into arguments: numbers and truths come as text from some templates."""
    shape = model.input_shape("lambda", operation)
    members = shape.members if shape else {}
    given = {}
    for name, value in props.items():
        if name == "Tags":
            if operation.startswith("Create"):
                given[name] = _tags(props)
        elif name not in _REPLACED_BY or operation.startswith("Create"):
            kind = members[name].type_name if name in members else ""
            given[name] = _typed(value, kind)
    return given


def _tags(props: Properties) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in props.get("Tags", ())}


def _typed(value: Any, kind: str) -> Any:
    if not isinstance(value, str):
        return value
    if kind == "integer" and value.lstrip("-").isdecimal():
        return int(value)
    if kind == "boolean" and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    return float(value) if kind == "timestamp" else value
