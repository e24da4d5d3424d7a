"""Workgroups: named settings for queries, among them the result location and the bytes cutoff."""

import copy
import time
from typing import Any

from local_aws.athena.errors import InvalidRequestError
from local_aws.athena.pages import page
from local_aws.athena.store import Document, Kind, Store
from local_aws.ministack.foreign import athena as ministack_athena
from local_aws.objects import split_uri
from local_aws.tenant import Tenant, request_scope

PRIMARY = "primary"
ENGINE_VERSION = "Athena engine version 3"
MANAGED = "ManagedQueryResultsConfiguration"
UNSUPPORTED = (
    "CustomerContentEncryptionConfiguration",
    "IdentityCenterConfiguration",
    "QueryResultsS3AccessGrantsConfiguration",
    "ExecutionRole",
    "EngineConfiguration",
    "MonitoringConfiguration",
)


def engine_version(selected: str | None = None) -> Document:
    """Return the ``EngineVersion`` structure for what a client selected.

    Raises
    ------
    InvalidRequestError
        For a version that the local Athena does not have.
    """
    selected = selected or "AUTO"
    if selected not in ("AUTO", ENGINE_VERSION):
        raise InvalidRequestError(f"Engine version {selected} is not supported", "INVALID_INPUT")
    return {"SelectedEngineVersion": selected, "EffectiveEngineVersion": ENGINE_VERSION}


def find(store: Store, tenant: Tenant, name: str) -> Document:
    """Return a workgroup; ``primary`` is there from the start.

    Raises
    ------
    InvalidRequestError
        When there is none of that name.
    """
    found = store.get(tenant, "workgroup", name)
    if found is None and name == PRIMARY:
        found = _new(PRIMARY, {"EnforceWorkGroupConfiguration": False}, "")
    if found is None:
        found = _of_stacks(tenant).get(name)
    if found is None:
        raise InvalidRequestError(f"WorkGroup {name} is not found.")
    return found


def enforces_location(group: Document) -> bool:
    """Return whether a workgroup says where results go, whatever its clients say."""
    configuration = group["Configuration"]
    named = "OutputLocation" in configuration["ResultConfiguration"]
    return bool(configuration["EnforceWorkGroupConfiguration"]) and named


def manages_results(group: Document) -> bool:
    """Return whether a workgroup keeps results in Athena's own storage."""
    return bool(group["Configuration"].get(MANAGED, {}).get("Enabled"))


def _check_managed(configuration: Document) -> None:
    managed = configuration.get(MANAGED, {})
    if "EncryptionConfiguration" in managed:
        message = f"EncryptionConfiguration of {MANAGED} is not supported by the local Athena"
        raise InvalidRequestError(message)
    if managed.get("Enabled") and "OutputLocation" in configuration.get("ResultConfiguration", {}):
        raise InvalidRequestError(
            "A workgroup cannot have the OutputLocation parameter when managed query results are "
            "enabled"
        )


def _of_stacks(tenant: Tenant) -> dict[str, Document]:
    """Return the workgroups that ministack's CloudFormation made, which it keeps as its own."""
    with request_scope(tenant.account, tenant.region):
        made = {name: dict(group) for name, group in ministack_athena._workgroups.items()}
    made.pop(PRIMARY, None)
    return {
        name: {
            **_new(name, group.get("Configuration") or {}, group.get("Description", "")),
            "State": group["State"],
            "CreationTime": group["CreationTime"],
        }
        for name, group in made.items()
    }


def _new(name: str, configuration: Document, description: str) -> Document:
    for member in UNSUPPORTED:
        if member in configuration:
            raise InvalidRequestError(f"{member} is not supported by the local Athena")
    check_location(configuration.get("ResultConfiguration", {}))
    _check_managed(configuration)
    defaults = {
        "ResultConfiguration": {},
        "EnforceWorkGroupConfiguration": True,
        "PublishCloudWatchMetricsEnabled": True,
        "RequesterPaysEnabled": False,
    }
    selected = configuration.get("EngineVersion", {}).get("SelectedEngineVersion")
    return {
        "Name": name,
        "State": "ENABLED",
        "Configuration": {
            **defaults,
            **configuration,
            "EngineVersion": engine_version(selected),
        },
        "Description": description,
        "CreationTime": round(time.time(), 3),
    }


def check_location(result_configuration: Document) -> None:
    """Refuse a result location that is none.

    Raises
    ------
    InvalidRequestError
        Where it names no bucket in S3.
    """
    location = result_configuration.get("OutputLocation")
    if location is None:
        return
    try:
        split_uri(location)
    except ValueError:
        raise InvalidRequestError("outputLocation is not a valid S3 path.") from None


def create(store: Store, tenant: Tenant, payload: Document) -> Document:
    """CreateWorkGroup."""
    name = payload["Name"]
    if name in names(store, tenant):
        raise InvalidRequestError(f"WorkGroup {name} is already created")
    group = _new(name, payload.get("Configuration", {}), payload.get("Description", ""))
    store.put(tenant, "workgroup", name, group)
    if payload.get("Tags"):
        tags = {tag["Key"]: tag["Value"] for tag in payload["Tags"]}
        store.put(tenant, "tags", f"workgroup/{name}", tags)
    return {}


def get(store: Store, tenant: Tenant, payload: Document) -> Document:
    """GetWorkGroup."""
    return {"WorkGroup": find(store, tenant, payload["WorkGroup"])}


def names(store: Store, tenant: Tenant) -> list[str]:
    """Return the names of all workgroups in order."""
    own = {group["Name"] for group in store.all(tenant, "workgroup")}
    return sorted({PRIMARY} | own | set(_of_stacks(tenant)))


def list_all(store: Store, tenant: Tenant, payload: Document) -> Document:
    """ListWorkGroups."""
    shown, token = page(names(store, tenant), payload, 50)
    groups = [find(store, tenant, name) for name in shown]
    members = ("Name", "State", "Description", "CreationTime")
    summaries = [
        {**{m: group[m] for m in members}, "EngineVersion": group["Configuration"]["EngineVersion"]}
        for group in groups
    ]
    return {"WorkGroups": summaries, **token}


def update(store: Store, tenant: Tenant, payload: Document) -> Document:
    """UpdateWorkGroup."""
    group = copy.deepcopy(find(store, tenant, payload["WorkGroup"]))
    updates = dict(payload.get("ConfigurationUpdates", {}))
    configuration = group["Configuration"]
    for member in UNSUPPORTED:
        if member in updates or f"{member}Updates" in updates:
            raise InvalidRequestError(f"{member} is not supported by the local Athena")
    result_updates = updates.pop("ResultConfigurationUpdates", {})
    check_location(result_updates)
    _merge(configuration["ResultConfiguration"], result_updates)
    if "EngineVersion" in updates:
        selected = updates.pop("EngineVersion").get("SelectedEngineVersion")
        configuration["EngineVersion"] = engine_version(selected)
    managed = updates.pop(f"{MANAGED}Updates", None)
    if managed is not None:
        _merge(configuration.setdefault(MANAGED, {}), managed)
    _merge(configuration, updates)
    _check_managed(configuration)
    for member in ("Description", "State"):
        if member in payload:
            group[member] = payload[member]
    store.put(tenant, "workgroup", group["Name"], group)
    return {}


def _merge(target: Document, updates: dict[str, Any]) -> None:
    for member, value in updates.items():
        if not member.startswith("Remove"):
            target[member] = value
        elif value:
            target.pop(member.removeprefix("Remove"), None)


def delete(store: Store, tenant: Tenant, payload: Document) -> Document:
    """DeleteWorkGroup, also of what it holds with ``RecursiveDeleteOption``."""
    name = payload["WorkGroup"]
    if name == PRIMARY:
        raise InvalidRequestError("WorkGroup primary cannot be deleted")
    find(store, tenant, name)
    owned: tuple[Kind, ...] = ("named_query", "prepared_statement", "execution")
    if not payload.get("RecursiveDeleteOption") and any(store.all(tenant, k, name) for k in owned):
        raise InvalidRequestError(f"WorkGroup {name} is not empty")
    for kind in owned:
        store.delete_owned(tenant, kind, name)
    store.delete(tenant, "tags", f"workgroup/{name}")
    store.delete(tenant, "workgroup", name)
    with request_scope(tenant.account, tenant.region):
        ministack_athena._workgroups.pop(name, None)
    return {}


def list_engine_versions(_: Store, __: Tenant, payload: Document) -> Document:
    """ListEngineVersions."""
    versions = [engine_version(), engine_version(ENGINE_VERSION)]
    shown, token = page(versions, payload, 10)
    return {"EngineVersions": shown, **token}
