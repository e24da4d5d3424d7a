"""AWS::QuickSight::RefreshSchedule."""

from local_aws.cloudformation.calls import Call
from local_aws.cloudformation.types.model import Made, Record, Resource, names
from local_aws.cloudformation.types.quicksight import account


def _schedule(properties: Record) -> Record:
    """Return a schedule as its service spells it: what is TimeZone in a template is Timezone."""
    schedule = dict(properties["Schedule"])
    frequency = dict(schedule["ScheduleFrequency"])
    if "TimeZone" in frequency:
        frequency["Timezone"] = frequency.pop("TimeZone")
    return {**schedule, "ScheduleFrequency": frequency}


def _of_schedule(properties: Record) -> Record:
    return {"AwsAccountId": account(properties), "DataSetId": properties["DataSetId"]}


def _create_schedule(call: Call, properties: Record, name: str) -> Made:
    schedule = {"ScheduleId": name, **_schedule(properties)}
    about = _of_schedule(properties)
    answer = call("quicksight", "CreateRefreshSchedule", **about, Schedule=schedule)
    made = f"{account(properties)}|{properties['DataSetId']}|{schedule['ScheduleId']}"
    return Made(made, {"Arn": answer["Arn"]})


def _update_schedule(call: Call, made: str, _old: Record, new: Record) -> Record:
    schedule = {"ScheduleId": made.rpartition("|")[2], **_schedule(new)}
    about = _of_schedule(new)
    answer = call("quicksight", "UpdateRefreshSchedule", **about, Schedule=schedule)
    return {"Arn": answer["Arn"]}


def _delete_schedule(call: Call, made: str, properties: Record) -> None:
    schedule = made.rpartition("|")[2]
    about = _of_schedule(properties)
    call("quicksight", "DeleteRefreshSchedule", **about, ScheduleId=schedule)


TYPES = {
    "AWS::QuickSight::RefreshSchedule": Resource(
        names("AwsAccountId DataSetId Schedule"),
        _create_schedule,
        _update_schedule,
        _delete_schedule,
    ),
}
