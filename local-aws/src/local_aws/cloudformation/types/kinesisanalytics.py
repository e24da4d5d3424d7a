"""AWS::KinesisAnalyticsV2::Application and its CloudWatch logging option."""

import time
from typing import Any

from botocore.model import Shape, StructureShape

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
from local_aws.protocol.model import input_shape

SERVICE = "kinesisanalyticsv2"
_MAINTENANCE = "ApplicationMaintenanceConfiguration"
_LONGEST_S = 600
_LOOK_S = 0.5
_MEMBERS = (
    "ApplicationConfiguration",
    "ApplicationDescription",
    "ApplicationMode",
    "RuntimeEnvironment",
    "ServiceExecutionRole",
)


def _create(call: Call, properties: Record, name: str) -> Made:
    given = chosen(properties, _MEMBERS)
    if tags := tag_list(properties):
        given["Tags"] = tags
    call(SERVICE, "CreateApplication", ApplicationName=name, **given)
    _maintain(call, name, properties)
    return Made(name, {})


def _update(call: Call, name: str, old: Record, new: Record) -> Record:
    detail = _described(call, name)
    if changed(old, new, "ApplicationDescription"):
        raise ValueError("the service cannot change an application's ApplicationDescription")
    given: Record = {}
    for member in ("ServiceExecutionRole", "RuntimeEnvironment"):
        if changed(old, new, member):
            given[f"{member}Update"] = new[member]
    if changed(old, new, "ApplicationConfiguration"):
        shape = input_shape(SERVICE, "UpdateApplication")
        assert shape is not None  # noqa: S101 - botocore's model has it
        updates = shape.members["ApplicationConfigurationUpdate"]
        given["ApplicationConfigurationUpdate"] = _as_update(
            updates, new.get("ApplicationConfiguration") or {}
        )
    running = detail["ApplicationStatus"] == "RUNNING"
    if running and new.get("RunConfiguration"):  # has no effect on others
        given["RunConfigurationUpdate"] = new["RunConfiguration"]
    if given:
        version = detail["ApplicationVersionId"]
        call(
            SERVICE,
            "UpdateApplication",
            ApplicationName=name,
            CurrentApplicationVersionId=version,
            **given,
        )
        _await_settled(call, name, running=running)
    if changed(old, new, _MAINTENANCE):
        _maintain(call, name, new)
    added, gone = changed_tags(old, new)
    arn = detail["ApplicationARN"]
    if gone:
        call(SERVICE, "UntagResource", ResourceARN=arn, TagKeys=gone)
    if added:
        tags = [{"Key": key, "Value": value} for key, value in added.items()]
        call(SERVICE, "TagResource", ResourceARN=arn, Tags=tags)
    return {}


def _maintain(call: Call, name: str, properties: Record) -> None:
    if wanted := properties.get(_MAINTENANCE):
        start = wanted["ApplicationMaintenanceWindowStartTime"]
        update = {"ApplicationMaintenanceWindowStartTimeUpdate": start}
        call(
            SERVICE,
            "UpdateApplicationMaintenanceConfiguration",
            ApplicationName=name,
            ApplicationMaintenanceConfigurationUpdate=update,
        )


def _await_settled(call: Call, name: str, *, running: bool) -> None:
    until = time.monotonic() + _LONGEST_S
    while (status := _described(call, name)["ApplicationStatus"]) not in {"READY", "RUNNING"}:
        if time.monotonic() > until:
            raise ValueError(f"the application {name} is still {status}")
        time.sleep(_LOOK_S)
    if running and status != "RUNNING":
        raise ValueError(f"the application {name} does not run with what was changed")


def _as_update(shape: Shape, value: Any) -> Any:
    """Return a configuration in the shape of its update, whose members end in ``Update``."""
    if not isinstance(shape, StructureShape) or not isinstance(value, dict):
        return value
    made = {}
    for name, member in shape.members.items():
        base = name.removesuffix("Updates") + "s" if name.endswith("Updates") else name
        base = {"EnvironmentPropertys": "EnvironmentProperties"}.get(base, base)
        base = base.removesuffix("Update")
        if base in value:
            made[name] = _as_update(member, value[base])
    return made


def _described(call: Call, name: str) -> Record:
    found = call(SERVICE, "DescribeApplication", ApplicationName=name)
    return dict(found["ApplicationDetail"])


def _delete(call: Call, name: str, _properties: Record) -> None:
    created = _described(call, name)["CreateTimestamp"]
    call(SERVICE, "DeleteApplication", ApplicationName=name, CreateTimestamp=created)


def _add_logging(call: Call, properties: Record, name: str) -> Made:
    application = properties["ApplicationName"]
    answer = call(
        SERVICE,
        "AddApplicationCloudWatchLoggingOption",
        ApplicationName=application,
        CurrentApplicationVersionId=_described(call, application)["ApplicationVersionId"],
        CloudWatchLoggingOption=properties["CloudWatchLoggingOption"],
    )
    stream = properties["CloudWatchLoggingOption"]["LogStreamARN"]
    options = answer["CloudWatchLoggingOptionDescriptions"]
    option = next(each for each in options if each["LogStreamARN"] == stream)
    made = option["CloudWatchLoggingOptionId"]
    return Made(made, {"Id": made})


def _change_logging(call: Call, option: str, _old: Record, new: Record) -> Record:
    application = new["ApplicationName"]
    stream = new["CloudWatchLoggingOption"]["LogStreamARN"]
    change = {"CloudWatchLoggingOptionId": option, "LogStreamARNUpdate": stream}
    call(
        SERVICE,
        "UpdateApplication",
        ApplicationName=application,
        CurrentApplicationVersionId=_described(call, application)["ApplicationVersionId"],
        CloudWatchLoggingOptionUpdates=[change],
    )
    return {"Id": option}


def _drop_logging(call: Call, option: str, properties: Record) -> None:
    application = properties["ApplicationName"]
    call(
        SERVICE,
        "DeleteApplicationCloudWatchLoggingOption",
        ApplicationName=application,
        CurrentApplicationVersionId=_described(call, application)["ApplicationVersionId"],
        CloudWatchLoggingOptionId=option,
    )


TYPES = {
    "AWS::KinesisAnalyticsV2::Application": Resource(
        names(f"ApplicationName RunConfiguration Tags {_MAINTENANCE}") | frozenset(_MEMBERS),
        _create,
        _update,
        _delete,
        named_by="ApplicationName",
        longest=128,
    ),
    "AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption": Resource(
        names("ApplicationName CloudWatchLoggingOption"),
        _add_logging,
        _change_logging,
        _drop_logging,
    ),
}
