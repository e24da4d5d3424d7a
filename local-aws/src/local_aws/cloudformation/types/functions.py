"""AWS::Lambda::Function, AWS::Lambda::EventSourceMapping and AWS::Lambda::Permission."""

import io
import zipfile

from local_aws.cloudformation.calls import Call
from local_aws.cloudformation.types.model import (
    Made,
    Record,
    Resource,
    carried_out,
    changed,
    changed_tags,
    chosen,
    names,
    nothing_to_update,
    tags,
    unique,
)

# a function's settings, with what they are where a template says nothing
_SETTINGS: Record = {
    "DeadLetterConfig": {"TargetArn": ""},
    "Description": "",
    "Environment": {"Variables": {}},
    "EphemeralStorage": {"Size": 512},
    "Handler": None,
    "ImageConfig": {},
    "Layers": [],
    "LoggingConfig": {"LogFormat": "Text"},
    "MemorySize": 128,
    "Role": None,
    "Runtime": None,
    "SnapStart": {"ApplyOn": "None"},
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
}
_CODE = ("ImageUri", "S3Bucket", "S3Key", "S3ObjectVersion")


def _create(call: Call, properties: Record, name: str) -> Made:
    given = chosen(properties, (*_SETTINGS, "Architectures", "PackageType"))
    made = call(
        "lambda",
        "CreateFunction",
        FunctionName=name,
        Code=_code(properties),
        Tags=tags(properties),
        **given,
    )
    carried_out("AWS::Lambda::Function", given, {**made, "ImageConfig": given.get("ImageConfig")})
    _reserve(call, name, {}, properties)
    _limit_recursion(call, name, {}, properties)
    return Made(name, {"Arn": made["FunctionArn"]})


def _code(properties: Record) -> Record:
    code = properties["Code"]
    text = code.get("ZipFile")
    return chosen(code, _CODE) if text is None else {"ZipFile": _zipped(text, properties)}


def _zipped(text: str, properties: Record) -> bytes:
    """Pack code that stands in a template, as Lambda does: one file, named ``index``."""
    suffix = "js" if properties.get("Runtime", "").startswith("nodejs") else "py"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo(f"index.{suffix}"), text)
    return buffer.getvalue()


def _reserve(call: Call, name: str, old: Record, new: Record) -> None:
    member = "ReservedConcurrentExecutions"
    if old.get(member) == new.get(member):
        return
    if member in new:
        given = {member: new[member]}
        call("lambda", "PutFunctionConcurrency", FunctionName=name, **given)
    else:
        call("lambda", "DeleteFunctionConcurrency", FunctionName=name)


def _limit_recursion(call: Call, name: str, old: Record, new: Record) -> None:
    if changed(old, new, "RecursiveLoop"):
        loop = new.get("RecursiveLoop", "Terminate")
        call("lambda", "PutFunctionRecursionConfig", FunctionName=name, RecursiveLoop=loop)


def _update(call: Call, name: str, old: Record, new: Record) -> Record:
    if changed(old, new, "Code", "Architectures"):
        architectures = new.get("Architectures", ["x86_64"])
        call(
            "lambda",
            "UpdateFunctionCode",
            FunctionName=name,
            Architectures=architectures,
            **_code(new),
        )
    given = {}
    for member, default in _SETTINGS.items():
        value = new.get(member, default)
        if changed(old, new, member) and value is not None:
            given[member] = value
    if given:
        call("lambda", "UpdateFunctionConfiguration", FunctionName=name, **given)
    _reserve(call, name, old, new)
    _limit_recursion(call, name, old, new)
    arn = call("lambda", "GetFunctionConfiguration", FunctionName=name)["FunctionArn"]
    _retag(call, arn, old, new)
    return {"Arn": arn}


def _retag(call: Call, arn: str, old: Record, new: Record) -> None:
    added, gone = changed_tags(old, new)
    if gone:
        call("lambda", "UntagResource", Resource=arn, TagKeys=gone)
    if added:
        call("lambda", "TagResource", Resource=arn, Tags=added)


def _delete(call: Call, name: str, _properties: Record) -> None:
    call("lambda", "DeleteFunction", FunctionName=name)


_FIXED = names("EventSourceArn StartingPosition StartingPositionTimestamp")
# what an event source has where a template says nothing; None: as the service sees fit
_OF_SOURCE: Record = {
    "BatchSize": None,
    "BisectBatchOnFunctionError": False,
    "DestinationConfig": {"OnFailure": {}},
    "Enabled": True,
    "FilterCriteria": {},
    "FunctionResponseTypes": [],
    "MaximumBatchingWindowInSeconds": 0,
    "MaximumRecordAgeInSeconds": -1,
    "MaximumRetryAttempts": -1,
    "MetricsConfig": {"Metrics": []},
    "ParallelizationFactor": 1,
    "ScalingConfig": {},
    "TumblingWindowInSeconds": 0,
}


def _connect(call: Call, properties: Record, _name: str) -> Made:
    given = chosen(properties, (*_OF_SOURCE, *_FIXED))
    made = call(
        "lambda",
        "CreateEventSourceMapping",
        FunctionName=properties["FunctionName"],
        **given,
        **({"Tags": tags(properties)} if tags(properties) else {}),
    )
    told = {name: value for name, value in given.items() if name != "Enabled"}
    try:
        carried_out("AWS::Lambda::EventSourceMapping", told, made)
    except ValueError:
        call("lambda", "DeleteEventSourceMapping", UUID=made["UUID"])
        raise
    return Made(made["UUID"], _source_attributes(made))


def _source_attributes(made: Record) -> Record:
    return {"Id": made["UUID"], "EventSourceMappingArn": made.get("EventSourceMappingArn", "")}


def _reconnect(call: Call, uuid: str, old: Record, new: Record) -> Record:
    given = {}
    for member, default in _OF_SOURCE.items():
        value = new.get(member, default)
        if changed(old, new, member) and value is not None:
            given[member] = value
    if changed(old, new, "FunctionName"):
        given["FunctionName"] = new["FunctionName"]
    made = call("lambda", "UpdateEventSourceMapping", UUID=uuid, **given)
    attributes = _source_attributes(made)
    _retag(call, attributes["EventSourceMappingArn"], old, new)
    return attributes


def _disconnect(call: Call, uuid: str, _properties: Record) -> None:
    call("lambda", "DeleteEventSourceMapping", UUID=uuid)


_OF_PERMISSION = names(
    "Action EventSourceToken FunctionName FunctionUrlAuthType Principal PrincipalOrgID "
    "SourceAccount SourceArn"
)


def _permit(call: Call, properties: Record, name: str) -> Made:
    statement = f"{name}-{unique()}"
    call("lambda", "AddPermission", StatementId=statement, **chosen(properties, _OF_PERMISSION))
    return Made(statement, {"Id": statement})


def _forbid(call: Call, statement: str, properties: Record) -> None:
    function = properties["FunctionName"]
    call("lambda", "RemovePermission", FunctionName=function, StatementId=statement)


TYPES = {
    "AWS::Lambda::Function": Resource(
        names(
            "FunctionName Code Architectures PackageType ReservedConcurrentExecutions "
            "RecursiveLoop Tags"
        )
        | frozenset(_SETTINGS),
        _create,
        _update,
        _delete,
        named_by="FunctionName",
        longest=64,
        refused=("Code/SourceKMSKeyArn",),
    ),
    "AWS::Lambda::EventSourceMapping": Resource(
        names("FunctionName Tags") | frozenset(_OF_SOURCE) | _FIXED,
        _connect,
        _reconnect,
        _disconnect,
    ),
    "AWS::Lambda::Permission": Resource(
        _OF_PERMISSION, _permit, nothing_to_update, _forbid, longest=80
    ),
}
