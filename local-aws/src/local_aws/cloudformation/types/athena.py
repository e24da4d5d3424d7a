"""AWS::Athena::WorkGroup and AWS::Athena::NamedQuery."""

from typing import Any

from local_aws.cloudformation.calls import Call
from local_aws.cloudformation.types.model import (
    Made,
    Record,
    Resource,
    changed_tags,
    chosen,
    names,
    nothing_to_update,
    tag_list,
)
from local_aws.tenant import current

_LOCATION = ("OutputLocation", "EncryptionConfiguration", "ExpectedBucketOwner", "AclConfiguration")


def _create(call: Call, properties: Record, name: str) -> Made:
    given = chosen(properties, ["Description"])
    if "WorkGroupConfiguration" in properties:
        given["Configuration"] = properties["WorkGroupConfiguration"]
    if found := tag_list(properties):
        given["Tags"] = found
    call("athena", "CreateWorkGroup", Name=name, **given)
    if properties.get("State") == "DISABLED":
        call("athena", "UpdateWorkGroup", WorkGroup=name, State="DISABLED")
    return Made(name, _attributes(call, name))


def _update(call: Call, name: str, old: Record, new: Record) -> Record:
    before, now = (each.get("WorkGroupConfiguration") or {} for each in (old, new))
    call(
        "athena",
        "UpdateWorkGroup",
        WorkGroup=name,
        Description=new.get("Description", ""),
        State=new.get("State", "ENABLED"),
        ConfigurationUpdates=_updates(before, now),
    )
    added, gone = changed_tags(old, new)
    arn = f"arn:aws:athena:{current().region}:{current().account}:workgroup/{name}"
    if gone:
        call("athena", "UntagResource", ResourceARN=arn, TagKeys=gone)
    if added:
        tags = [{"Key": key, "Value": value} for key, value in added.items()]
        call("athena", "TagResource", ResourceARN=arn, Tags=tags)
    return _attributes(call, name)


def _updates(before: Record, now: Record) -> Record:
    """Return the update that makes one configuration another: what is gone is taken back."""
    defaults: Record = {
        "EnforceWorkGroupConfiguration": True,
        "PublishCloudWatchMetricsEnabled": True,
        "RequesterPaysEnabled": False,
        "EngineVersion": {"SelectedEngineVersion": "AUTO"},
    }
    made: Record = {}
    for name, value in defaults.items():
        if before.get(name) != now.get(name):
            made[name] = now.get(name, value)
    if "BytesScannedCutoffPerQuery" in now:
        made["BytesScannedCutoffPerQuery"] = now["BytesScannedCutoffPerQuery"]
    elif "BytesScannedCutoffPerQuery" in before:
        made["RemoveBytesScannedCutoffPerQuery"] = True
    made["ResultConfigurationUpdates"] = _location(
        before.get("ResultConfiguration") or {}, now.get("ResultConfiguration") or {}
    )
    managed = "ManagedQueryResultsConfiguration"
    if before.get(managed) != now.get(managed):
        made[f"{managed}Updates"] = now.get(managed) or {"Enabled": False}
    if "ExecutionRole" in now:
        made["ExecutionRole"] = now["ExecutionRole"]
    return made


def _location(before: Record, now: Record) -> Record:
    made: dict[str, Any] = chosen(now, _LOCATION)
    gone = [name for name in _LOCATION if name in before and name not in now]
    return made | {f"Remove{name}": True for name in gone}


def _attributes(call: Call, name: str) -> Record:
    found = call("athena", "GetWorkGroup", WorkGroup=name)["WorkGroup"]
    version = found["Configuration"].get("EngineVersion", {}).get("EffectiveEngineVersion", "")
    created = str(int(found["CreationTime"].timestamp()))
    effective = "WorkGroupConfiguration.EngineVersion.EffectiveEngineVersion"
    return {"CreationTime": created, effective: version}


def _delete(call: Call, name: str, properties: Record) -> None:
    recursive = properties.get("RecursiveDeleteOption", False)
    call("athena", "DeleteWorkGroup", WorkGroup=name, RecursiveDeleteOption=recursive)


def _create_query(call: Call, properties: Record, name: str) -> Made:
    members = ("Database", "Description", "QueryString", "WorkGroup")
    given = {"Name": properties.get("Name", name), **chosen(properties, members)}
    query = call("athena", "CreateNamedQuery", **given)["NamedQueryId"]
    return Made(query, {"NamedQueryId": query})


def _delete_query(call: Call, query: str, _properties: Record) -> None:
    call("athena", "DeleteNamedQuery", NamedQueryId=query)


TYPES = {
    "AWS::Athena::WorkGroup": Resource(
        names("Name Description State Tags WorkGroupConfiguration RecursiveDeleteOption"),
        _create,
        _update,
        _delete,
        named_by="Name",
        longest=128,
        refused=(
            "WorkGroupConfiguration/AdditionalConfiguration",
            "WorkGroupConfiguration/CustomerContentEncryptionConfiguration",
            "WorkGroupConfiguration/EngineConfiguration",
            "WorkGroupConfiguration/MonitoringConfiguration",
        ),
    ),
    "AWS::Athena::NamedQuery": Resource(
        names("Name Database Description QueryString WorkGroup"),
        _create_query,
        nothing_to_update,
        _delete_query,
        longest=128,
    ),
}
