"""What Lambda's operations on mappings do where the source is Kinesis."""

import re
import time
import uuid
from typing import Any, Protocol

from local_aws.event_source import checks
from local_aws.event_source.reader import stream_key
from local_aws.event_source.settings import DEFAULTS, OPTIONAL, Document
from local_aws.event_source.store import Checkpoint, Store
from local_aws.functions.clients import As
from local_aws.functions.errors import conflict, in_use, invalid, not_found
from local_aws.kinesis.store import Store as Streams
from local_aws.kinesis.stream import Stream
from local_aws.ministack.foreign import lambdas
from local_aws.tenant import Tenant, current

SETTLED = frozenset({"Enabled", "Disabled"})
_PARTIAL_ARN = re.compile(r"\d{12}:function:")


class Running(Protocol):
    """What keeps mappings at work: see `service.EventSources`."""

    streams: Streams
    store: Store
    endpoint: str

    def changed(self, tenant: Tenant, uuid: str) -> None:
        """Let a mapping become what its document says."""


def is_kinesis(arn: object) -> bool:
    """Say whether a source is ours."""
    return isinstance(arn, str) and arn.split(":")[2:3] == ["kinesis"]


def create(running: Running, tenant: Tenant, given: Document) -> Document:
    """Make a mapping; it begins where the stream is now, however long it takes to begin."""
    said = checks.arguments("CreateEventSourceMapping", given)
    arn = said["EventSourceArn"]
    checks.start(said, running.streams.clock())
    function_arn, function = _function(said["FunctionName"])
    stream = checks.source(running.streams, tenant, arn)
    document = {
        **DEFAULTS,
        **_settings(said),
        "EventSourceArn": arn,
        "FunctionArn": function_arn,
        "LastModified": time.time(),
        "LastProcessingResult": "No records processed",
        "StartingPosition": said["StartingPosition"],
        "State": "Creating",
        "StateTransitionReason": "User action",
        "UUID": str(uuid.uuid4()),
    }
    document["EventSourceMappingArn"] = (
        f"arn:aws:lambda:{tenant.region}:{tenant.account}:event-source-mapping:{document['UUID']}"
    )
    if "StartingPositionTimestamp" in said:
        document["StartingPositionTimestamp"] = said["StartingPositionTimestamp"]
    checks.together(document)
    caller = As(function["Role"], function["FunctionName"], tenant.region, running.endpoint)
    checks.role_reads(stream, arn, caller)
    places = _starts(stream, said, document["ParallelizationFactor"])
    # before the mapping itself: without its starts it would begin at the oldest record
    running.store.reach(document["UUID"], stream_key(stream), places)
    kept = document | {"Enabled": said.get("Enabled", True)}
    if other := running.store.add(tenant, kept, said.get("Tags", {})):
        raise conflict(
            f'The event source arn (" {arn} ") and function (" {function["FunctionName"]} ") '
            "provided mapping already exists. Please update or delete the existing mapping "
            f"with UUID {other}"
        )
    running.changed(tenant, document["UUID"])
    return document


def get(running: Running, tenant: Tenant, uuid: str) -> Document:
    """Describe a mapping."""
    return _shown(_kept(running, tenant, uuid))


def listed(running: Running, tenant: Tenant, source: str, function: str) -> list[Document]:
    """Describe the mappings of a source, of a function, or all."""
    name = lambdas._resolve_name_and_qualifier(function)[0] if function else ""
    return [
        _shown(each)
        for each in running.store.all(tenant)
        if source in ("", each["EventSourceArn"])
        and name in ("", each["FunctionArn"].split(":")[6])
    ]


def update(running: Running, tenant: Tenant, uuid: str, given: Document) -> Document:
    """Change a mapping; what it is at is finished first."""
    said = checks.arguments("UpdateEventSourceMapping", given | {"UUID": uuid})
    before = _kept(running, tenant, uuid)
    if before["State"] not in SETTLED:
        raise in_use("Cannot update the event source mapping because it is in use.")
    changes = _settings(said)
    if "FilterCriteria" in changes and not changes["FilterCriteria"].get("Filters"):
        changes["FilterCriteria"] = None
    if "FunctionName" in said:
        changes["FunctionArn"], _ = _function(said["FunctionName"])
    checks.together(before | changes)
    enabled = said.get("Enabled", before["Enabled"])
    state = "Enabling" if enabled else "Disabling"
    changes |= {
        "Enabled": enabled,
        "LastModified": time.time(),
        "State": "Updating" if enabled == before["Enabled"] else state,
        "StateTransitionReason": "User action",
    }
    running.store.change(uuid, changes)
    running.changed(tenant, uuid)
    return _shown(_kept(running, tenant, uuid) | {"State": changes["State"]})


def delete(running: Running, tenant: Tenant, uuid: str) -> Document:
    """Delete a mapping; it is gone when what it is at has been finished."""
    document = _kept(running, tenant, uuid)
    if document["State"] not in SETTLED:
        raise in_use("Cannot delete the event source mapping because it is in use.")
    changes = {"State": "Deleting", "StateTransitionReason": "User action"}
    running.store.change(uuid, changes)
    running.changed(tenant, uuid)
    return _shown(document | changes)


def _kept(running: Running, tenant: Tenant, uuid: str) -> Document:
    document = running.store.get(tenant, uuid)
    if document is None:
        raise not_found("The resource you requested does not exist.")
    return document


def _shown(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "Enabled"}


def _settings(said: Document) -> Document:
    known = {name: said[name] for name in (*DEFAULTS, *OPTIONAL) if name in said}
    if "DestinationConfig" in known:
        destination = (known["DestinationConfig"].get("OnFailure") or {}).get("Destination")
        known["DestinationConfig"] = {
            "OnFailure": {"Destination": destination} if destination else {}
        }
    return known


def _function(reference: str) -> tuple[str, dict[str, Any]]:
    """Find a function; its ARN with the qualifier that the mapping names."""
    if _PARTIAL_ARN.match(reference):
        reference = f"arn:aws:lambda:{current().region}:{reference}"
    record, config, name = lambdas._get_func_record_for_ref(reference)
    if record is None or config is None:
        raise invalid("Function does not exist")
    _, qualifier = lambdas._resolve_name_and_qualifier(reference)
    arn = ":".join(config["FunctionArn"].split(":")[:7])
    return f"{arn}:{qualifier}" if qualifier else arn, {**config, "FunctionName": name}


def _starts(stream: Stream, said: Document, lanes: int) -> list[Checkpoint]:
    """Say where each shard of today begins; one that is made later begins at its own start."""
    kind = said["StartingPosition"]
    places = []
    with stream.lock:
        for shard in stream.shards.values():
            position, drained = shard.first, False
            if kind == "LATEST":
                position, drained = shard.tip, shard.closed is not None
            elif kind == "AT_TIMESTAMP":
                position = shard.position_at_time(said["StartingPositionTimestamp"] * 1000)
            places += [
                Checkpoint(shard.number, lane, lanes, position, drained) for lane in range(lanes)
            ]
    return places
