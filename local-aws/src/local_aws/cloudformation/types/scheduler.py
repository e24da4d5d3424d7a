"""AWS::Scheduler::Schedule."""

from datetime import datetime
from typing import Any

from local_aws.cloudformation.calls import Call
from local_aws.cloudformation.types.model import Made, Record, Resource, chosen, names
from local_aws.tenant import current

_MEMBERS = names(
    "Description EndDate FlexibleTimeWindow GroupName ScheduleExpression "
    "ScheduleExpressionTimezone StartDate State Target"
)


def _given(properties: Record) -> dict[str, Any]:
    made = chosen(properties, _MEMBERS)
    for member in ("StartDate", "EndDate"):
        if member in made:
            made[member] = datetime.fromisoformat(made[member])
    return made


def _create(call: Call, properties: Record, name: str) -> Made:
    call("scheduler", "CreateSchedule", Name=name, **_given(properties))
    return Made(name, _attributes(name, properties))


def _attributes(name: str, properties: Record) -> Record:
    group = properties.get("GroupName", "default")
    place = f"arn:aws:scheduler:{current().region}:{current().account}:schedule"
    return {"Arn": f"{place}/{group}/{name}"}


def _update(call: Call, name: str, _old: Record, new: Record) -> Record:
    call("scheduler", "UpdateSchedule", Name=name, **_given(new))
    return _attributes(name, new)


def _delete(call: Call, name: str, properties: Record) -> None:
    call("scheduler", "DeleteSchedule", Name=name, **chosen(properties, ["GroupName"]))


TYPES = {
    "AWS::Scheduler::Schedule": Resource(
        names("Name") | _MEMBERS, _create, _update, _delete, named_by="Name", longest=64
    )
}
