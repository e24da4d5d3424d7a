"""AWS::Logs::LogGroup, AWS::Logs::LogStream and AWS::Logs::MetricFilter."""

from local_aws.cloudformation.calls import Call
from local_aws.cloudformation.types.model import (
    Made,
    Record,
    Resource,
    changed,
    changed_tags,
    names,
    nothing_to_update,
    tags,
)
from local_aws.tenant import current

_TRANSFORMATION = {
    "DefaultValue": "defaultValue",
    "Dimensions": "dimensions",
    "MetricName": "metricName",
    "MetricNamespace": "metricNamespace",
    "MetricValue": "metricValue",
    "Unit": "unit",
}


def _create(call: Call, properties: Record, name: str) -> Made:
    given: Record = {"tags": found} if (found := tags(properties)) else {}
    if "LogGroupClass" in properties:
        given["logGroupClass"] = properties["LogGroupClass"]
    if "KmsKeyId" in properties:
        given["kmsKeyId"] = properties["KmsKeyId"]
    call("logs", "CreateLogGroup", logGroupName=name, **given)
    _retain(call, name, {}, properties)
    return Made(name, _attributes(name))


def _retain(call: Call, name: str, old: Record, new: Record) -> None:
    if not changed(old, new, "RetentionInDays"):
        return
    if days := new.get("RetentionInDays"):
        call("logs", "PutRetentionPolicy", logGroupName=name, retentionInDays=days)
    else:
        call("logs", "DeleteRetentionPolicy", logGroupName=name)


def _attributes(name: str) -> Record:
    return {"Arn": f"arn:aws:logs:{current().region}:{current().account}:log-group:{name}:*"}


def _update(call: Call, name: str, old: Record, new: Record) -> Record:
    if changed(old, new, "KmsKeyId", "LogGroupClass"):
        raise ValueError("the local AWS does not change KmsKeyId or LogGroupClass of a log group")
    _retain(call, name, old, new)
    added, gone = changed_tags(old, new)
    arn = _attributes(name)["Arn"].removesuffix(":*")
    if gone:
        call("logs", "UntagResource", resourceArn=arn, tagKeys=gone)
    if added:
        call("logs", "TagResource", resourceArn=arn, tags=added)
    return _attributes(name)


def _delete(call: Call, name: str, _properties: Record) -> None:
    call("logs", "DeleteLogGroup", logGroupName=name)


def _create_stream(call: Call, properties: Record, name: str) -> Made:
    call("logs", "CreateLogStream", logGroupName=properties["LogGroupName"], logStreamName=name)
    return Made(name, {})


def _delete_stream(call: Call, name: str, properties: Record) -> None:
    call("logs", "DeleteLogStream", logGroupName=properties["LogGroupName"], logStreamName=name)


def _put_filter(call: Call, properties: Record, name: str) -> Made:
    call(
        "logs",
        "PutMetricFilter",
        filterName=name,
        filterPattern=properties["FilterPattern"],
        logGroupName=properties["LogGroupName"],
        metricTransformations=[_transformation(t) for t in properties["MetricTransformations"]],
    )
    return Made(name, {})


def _transformation(given: Record) -> Record:
    made = {_TRANSFORMATION[member]: value for member, value in given.items()}
    if "dimensions" in made:
        made["dimensions"] = {each["Key"]: each["Value"] for each in made["dimensions"]}
    if "defaultValue" in made:
        made["defaultValue"] = float(made["defaultValue"])
    return made


def _update_filter(call: Call, name: str, _old: Record, new: Record) -> Record:
    return _put_filter(call, new, name).attributes


def _delete_filter(call: Call, name: str, properties: Record) -> None:
    group = properties["LogGroupName"]
    call("logs", "DeleteMetricFilter", logGroupName=group, filterName=name)


TYPES = {
    "AWS::Logs::LogGroup": Resource(
        names("LogGroupName RetentionInDays Tags LogGroupClass KmsKeyId"),
        _create,
        _update,
        _delete,
        named_by="LogGroupName",
    ),
    "AWS::Logs::LogStream": Resource(
        names("LogGroupName LogStreamName"),
        _create_stream,
        nothing_to_update,
        _delete_stream,
        named_by="LogStreamName",
    ),
    "AWS::Logs::MetricFilter": Resource(
        names("FilterName FilterPattern LogGroupName MetricTransformations"),
        _put_filter,
        _update_filter,
        _delete_filter,
        named_by="FilterName",
    ),
}
