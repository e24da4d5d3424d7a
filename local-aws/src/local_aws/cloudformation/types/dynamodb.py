"""AWS::DynamoDB::Table."""

from local_aws.cloudformation.calls import Call
from local_aws.cloudformation.types.model import (
    Made,
    Record,
    Resource,
    changed,
    changed_tags,
    chosen,
    names,
    tag_list,
)

_AS_THEY_ARE = (
    "AttributeDefinitions",
    "BillingMode",
    "DeletionProtectionEnabled",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
    "OnDemandThroughput",
    "ProvisionedThroughput",
    "TableClass",
)
# what a table has where a template says nothing
_DEFAULTS: Record = {
    "BillingMode": "PROVISIONED",
    "DeletionProtectionEnabled": False,
    "OnDemandThroughput": {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1},
    "TableClass": "STANDARD",
}
_TTL = "TimeToLiveSpecification"
_PITR = "PointInTimeRecoverySpecification"


def _create(call: Call, properties: Record, name: str) -> Made:
    given = chosen(properties, _AS_THEY_ARE)
    if stream := properties.get("StreamSpecification"):
        given["StreamSpecification"] = {"StreamEnabled": True, **stream}
    if encryption := properties.get("SSESpecification"):
        given["SSESpecification"] = _encryption(encryption)
    if tags := tag_list(properties):
        given["Tags"] = tags
    call("dynamodb", "CreateTable", TableName=name, **given)
    _expire(call, name, {}, properties.get(_TTL) or {})
    _recover(call, name, {}, properties.get(_PITR) or {})
    return Made(name, _attributes(call, name))


def _encryption(value: Record) -> Record:
    spelled = {"SSEEnabled": "Enabled", "KMSMasterKeyId": "KMSMasterKeyId", "SSEType": "SSEType"}
    return {spelled[member]: given for member, given in value.items()}


def _expire(call: Call, name: str, old: Record, new: Record) -> None:
    if old == new:
        return
    if old.get("Enabled") and old.get("AttributeName") != new.get("AttributeName"):
        gone = {"Enabled": False, "AttributeName": old["AttributeName"]}
        call("dynamodb", "UpdateTimeToLive", TableName=name, TimeToLiveSpecification=gone)
    if new.get("Enabled") or (new and old.get("Enabled")):
        call("dynamodb", "UpdateTimeToLive", TableName=name, TimeToLiveSpecification=new)


def _recover(call: Call, name: str, old: Record, new: Record) -> None:
    if old != new:
        given = new or {"PointInTimeRecoveryEnabled": False}
        given = {"PointInTimeRecoveryEnabled": False, **given}
        call(
            "dynamodb",
            "UpdateContinuousBackups",
            TableName=name,
            PointInTimeRecoverySpecification=given,
        )


def _attributes(call: Call, name: str) -> Record:
    table = call("dynamodb", "DescribeTable", TableName=name)["Table"]
    streams = (table.get("StreamSpecification") or {}).get("StreamEnabled")
    stream = {"StreamArn": table["LatestStreamArn"]} if streams else {}
    return {"Arn": table["TableArn"], **stream}


def _update(call: Call, name: str, old: Record, new: Record) -> Record:
    given: Record = {}
    for member, default in _DEFAULTS.items():
        if changed(old, new, member):
            given[member] = new.get(member, default)
    capacity = "ProvisionedThroughput"
    if changed(old, new, capacity) and capacity in new:
        given[capacity] = new[capacity]
    if changed(old, new, "StreamSpecification"):
        stream = new.get("StreamSpecification")
        given["StreamSpecification"] = (
            {"StreamEnabled": True, **stream} if stream else {"StreamEnabled": False}
        )
    if changed(old, new, "SSESpecification"):
        given["SSESpecification"] = _encryption(
            new.get("SSESpecification") or {"SSEEnabled": False}
        )
    if given:
        call("dynamodb", "UpdateTable", TableName=name, **given)
    _reindex(call, name, old, new)
    _expire(call, name, old.get(_TTL) or {}, new.get(_TTL) or {})
    _recover(call, name, old.get(_PITR) or {}, new.get(_PITR) or {})
    attributes = _attributes(call, name)
    added, gone = changed_tags(old, new)
    if gone:
        call("dynamodb", "UntagResource", ResourceArn=attributes["Arn"], TagKeys=gone)
    if added:
        tags = [{"Key": key, "Value": value} for key, value in added.items()]
        call("dynamodb", "TagResource", ResourceArn=attributes["Arn"], Tags=tags)
    return attributes


def _reindex(call: Call, name: str, old: Record, new: Record) -> None:
    """Change the global indexes, one a call as the service wants it."""
    before, now = (
        {index["IndexName"]: index for index in each.get("GlobalSecondaryIndexes") or []}
        for each in (old, new)
    )
    gone = [index for index in before if before[index] != now.get(index)]
    for index in gone:
        _change_index(call, name, new, {"Delete": {"IndexName": index}})
    for index, given in now.items():
        if before.get(index) != given:
            _change_index(call, name, new, {"Create": given})


def _change_index(call: Call, name: str, new: Record, change: Record) -> None:
    call(
        "dynamodb",
        "UpdateTable",
        TableName=name,
        AttributeDefinitions=new["AttributeDefinitions"],
        GlobalSecondaryIndexUpdates=[change],
    )


def _delete(call: Call, name: str, _properties: Record) -> None:
    call("dynamodb", "DeleteTable", TableName=name)


TYPES = {
    "AWS::DynamoDB::Table": Resource(
        names(f"TableName Tags StreamSpecification SSESpecification {_TTL} {_PITR}")
        | frozenset(_AS_THEY_ARE),
        _create,
        _update,
        _delete,
        named_by="TableName",
        refused=(
            f"{_PITR}/RecoveryPeriodInDays",
            "GlobalSecondaryIndexes/*/ContributorInsightsSpecification",
            "GlobalSecondaryIndexes/*/WarmThroughput",
            "StreamSpecification/ResourcePolicy",
        ),
    )
}
