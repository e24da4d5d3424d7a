"""AWS::Kinesis::Stream and AWS::Kinesis::StreamConsumer."""

import time

from local_aws.cloudformation.calls import Call
from local_aws.cloudformation.types.model import (
    Made,
    Record,
    Resource,
    changed,
    changed_tags,
    chosen,
    names,
    nothing_to_update,
    tags,
)

_DAY_H = 24
_WAIT_S = 0.05
_LONGEST_S = 60.0
_ON_DEMAND = "ON_DEMAND"


def _create(call: Call, properties: Record, name: str) -> Made:
    given = chosen(properties, ["ShardCount", "StreamModeDetails", "MaxRecordSizeInKiB"])
    mode = properties.get("StreamModeDetails", {}).get("StreamMode")
    if mode != _ON_DEMAND:
        given.setdefault("ShardCount", 1)
    if found := tags(properties):
        given["Tags"] = found
    call("kinesis", "CreateStream", StreamName=name, **given)
    described = _active(call, name)
    _retain(call, name, _DAY_H, properties.get("RetentionPeriodHours", _DAY_H))
    _encrypt(call, name, {}, properties.get("StreamEncryption") or {})
    if metrics := properties.get("DesiredShardLevelMetrics"):
        call("kinesis", "EnableEnhancedMonitoring", StreamName=name, ShardLevelMetrics=metrics)
    return Made(name, {"Arn": described["StreamARN"]})


def _active(call: Call, name: str) -> Record:
    deadline = time.monotonic() + _LONGEST_S
    while True:
        found = call("kinesis", "DescribeStreamSummary", StreamName=name)[
            "StreamDescriptionSummary"
        ]
        if found["StreamStatus"] == "ACTIVE":
            return dict(found)
        if time.monotonic() > deadline:
            raise ValueError(f"the stream {name} stays {found['StreamStatus']}")
        time.sleep(_WAIT_S)


def _retain(call: Call, name: str, before: int, now: int) -> None:
    if now != before:
        verb = "Increase" if now > before else "Decrease"
        operation = f"{verb}StreamRetentionPeriod"
        call("kinesis", operation, StreamName=name, RetentionPeriodHours=now)


def _encrypt(call: Call, name: str, before: Record, now: Record) -> None:
    if before == now:
        return
    if before:
        call("kinesis", "StopStreamEncryption", StreamName=name, **before)
    if now:
        call("kinesis", "StartStreamEncryption", StreamName=name, **now)
    _active(call, name)


def _update(call: Call, name: str, old: Record, new: Record) -> Record:
    arn = _active(call, name)["StreamARN"]
    if changed(old, new, "StreamModeDetails"):
        mode = new.get("StreamModeDetails") or {"StreamMode": "PROVISIONED"}
        call("kinesis", "UpdateStreamMode", StreamARN=arn, StreamModeDetails=mode)
        _active(call, name)
    mode = new.get("StreamModeDetails", {}).get("StreamMode")
    if changed(old, new, "ShardCount") and mode != _ON_DEMAND:
        count = new.get("ShardCount", 1)
        call(
            "kinesis",
            "UpdateShardCount",
            StreamName=name,
            TargetShardCount=count,
            ScalingType="UNIFORM_SCALING",
        )
        _active(call, name)
    retention = [each.get("RetentionPeriodHours", _DAY_H) for each in (old, new)]
    _retain(call, name, *retention)
    _encrypt(call, name, old.get("StreamEncryption") or {}, new.get("StreamEncryption") or {})
    if changed(old, new, "MaxRecordSizeInKiB"):
        size = new.get("MaxRecordSizeInKiB", 1024)
        call("kinesis", "UpdateMaxRecordSize", StreamARN=arn, MaxRecordSizeInKiB=size)
    _monitor(call, name, old, new)
    added, gone = changed_tags(old, new)
    if gone:
        call("kinesis", "RemoveTagsFromStream", StreamName=name, TagKeys=gone)
    if added:
        call("kinesis", "AddTagsToStream", StreamName=name, Tags=added)
    return {"Arn": arn}


def _monitor(call: Call, name: str, old: Record, new: Record) -> None:
    before, now = (set(each.get("DesiredShardLevelMetrics") or []) for each in (old, new))
    for operation, metrics in (
        ("DisableEnhancedMonitoring", before - now),
        ("EnableEnhancedMonitoring", now - before),
    ):
        if metrics:
            call("kinesis", operation, StreamName=name, ShardLevelMetrics=sorted(metrics))


def _delete(call: Call, name: str, _properties: Record) -> None:
    call("kinesis", "DeleteStream", StreamName=name, EnforceConsumerDeletion=True)


def _register(call: Call, properties: Record, _name: str) -> Made:
    given = chosen(properties, ["StreamARN", "ConsumerName"])
    if found := tags(properties):
        given["Tags"] = found
    consumer = call("kinesis", "RegisterStreamConsumer", **given)["Consumer"]
    attributes = {
        **given,
        "ConsumerARN": consumer["ConsumerARN"],
        "ConsumerStatus": consumer["ConsumerStatus"],
        "ConsumerCreationTimestamp": str(int(consumer["ConsumerCreationTimestamp"].timestamp())),
    }
    return Made(consumer["ConsumerARN"], attributes)


def _deregister(call: Call, arn: str, _properties: Record) -> None:
    call("kinesis", "DeregisterStreamConsumer", ConsumerARN=arn)


TYPES = {
    "AWS::Kinesis::Stream": Resource(
        names(
            "Name ShardCount StreamModeDetails RetentionPeriodHours StreamEncryption Tags "
            "DesiredShardLevelMetrics MaxRecordSizeInKiB"
        ),
        _create,
        _update,
        _delete,
        named_by="Name",
        longest=128,
    ),
    "AWS::Kinesis::StreamConsumer": Resource(
        names("StreamARN ConsumerName Tags"), _register, nothing_to_update, _deregister
    ),
}
