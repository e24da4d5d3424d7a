"""``iam:PassRole``: who hands a role to a service needs leave for that role and service."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from local_aws.iam import decisions
from local_aws.protocol.service import Check
from local_aws.tenant import current

# what is no role's ARN is for the service to refuse
_ROLE = re.compile(r"arn:[\w-]+:iam::\d{12}:role/.+")
# service and operation -> the members that name roles, and the service that takes them
_PASSED: dict[tuple[str, str], tuple[tuple[str, ...], str]] = {
    ("athena", "CreateWorkGroup"): (("ExecutionRole",), "athena"),
    ("athena", "UpdateWorkGroup"): (("ExecutionRole",), "athena"),
    ("cloudformation", "CreateChangeSet"): (("RoleARN",), "cloudformation"),
    ("cloudformation", "CreateStack"): (("RoleARN",), "cloudformation"),
    ("cloudformation", "DeleteStack"): (("RoleARN",), "cloudformation"),
    ("cloudformation", "UpdateStack"): (("RoleARN",), "cloudformation"),
    ("databrew", "CreateProfileJob"): (("RoleArn",), "databrew"),
    ("databrew", "CreateRecipeJob"): (("RoleArn",), "databrew"),
    ("databrew", "UpdateProfileJob"): (("RoleArn",), "databrew"),
    ("databrew", "UpdateRecipeJob"): (("RoleArn",), "databrew"),
    ("events", "PutTargets"): (("RoleArn",), "events"),
    ("firehose", "CreateDeliveryStream"): (("RoleARN",), "firehose"),
    ("firehose", "UpdateDestination"): (("RoleARN",), "firehose"),
    ("glue", "CreateCrawler"): (("Role",), "glue"),
    ("glue", "CreateJob"): (("Role",), "glue"),
    ("kinesisanalyticsv2", "CreateApplication"): (("ServiceExecutionRole",), "kinesisanalytics"),
    ("kinesisanalyticsv2", "UpdateApplication"): (
        ("ServiceExecutionRoleUpdate",),
        "kinesisanalytics",
    ),
    ("lambda", "CreateFunction"): (("Role",), "lambda"),
    ("lambda", "UpdateFunctionConfiguration"): (("Role",), "lambda"),
    ("logs", "PutSubscriptionFilter"): (("roleArn",), "logs"),
    ("quicksight", "CreateDataSource"): (("RoleArn",), "quicksight"),
    ("quicksight", "UpdateDataSource"): (("RoleArn",), "quicksight"),
    ("scheduler", "CreateSchedule"): (("RoleArn",), "scheduler"),
    ("scheduler", "UpdateSchedule"): (("RoleArn",), "scheduler"),
    ("sns", "Subscribe"): (("SubscriptionRoleArn",), "sns"),
    ("states", "CreateStateMachine"): (("roleArn",), "states"),
    ("states", "UpdateStateMachine"): (("roleArn",), "states"),
}

# what a service answers where a role does not trust it
_UNTRUSTED = {
    "firehose": (
        "InvalidArgumentException",
        "Firehose is unable to assume role {role}. Please check the role provided.",
    ),
    "lambda": (
        "InvalidParameterValueException",
        "The role defined for the function cannot be assumed by Lambda.",
    ),
    "scheduler": (
        "ValidationException",
        "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
    ),
}


def schedule_group(schedule: str) -> str:
    """Return the ARN of a schedule's group, which is what the service names as its source."""
    place, _, path = schedule.rpartition(":")
    return f"{place}:schedule-group/{path.split('/')[1]}"


def distrust(service: str, role: str, taker: str, resource: str) -> tuple[str, str] | None:
    """Return the code and message of a service that cannot take a role; None where it can.

    Parameters
    ----------
    service : str
        That the role is handed to.
    role : str
        Its ARN.
    taker : str
        The service's principal, such as ``lambda.amazonaws.com``.
    resource : str
        The ARN of what acts in the role, such as the function.
    """
    if service not in _UNTRUSTED:
        return None
    if service == "scheduler":  # it names the group, never the schedule itself
        resource = schedule_group(resource)
    context = {"aws:SourceArn": resource, "aws:SourceAccount": current().account}
    if decisions.trusts(role, taker, context):
        return None
    code, message = _UNTRUSTED[service]
    return code, message.format(role=role)


def checks(service: str, operation: str, given: Any) -> list[Check]:
    """Return the leave that a call needs for the roles that it names.

    Parameters
    ----------
    service, operation : str
        As botocore, or ministack, names the service.
    given : object
        The call's arguments.
    """
    members, taker = _PASSED.get((service, operation), ((), ""))
    context = {"iam:PassedToService": f"{taker}.amazonaws.com"}
    roles = dict.fromkeys(role for role in _named(given, members) if _ROLE.fullmatch(role))
    return [Check("iam:PassRole", role, context) for role in roles]


def arguments(body: bytes, query: Mapping[str, Any]) -> Any:
    """Read the arguments of a call in JSON, or of the query protocol."""
    if body[:1] == b"{":
        try:
            return json.loads(body)
        except ValueError:  # the service says what is wrong with it
            return {}
    flat = {name: value[0] if isinstance(value, list) else value for name, value in query.items()}
    entries = {
        flat[name]: flat.get(f"{name.removesuffix('.key')}.value")
        for name in flat
        if name.startswith("Attributes.entry.") and name.endswith(".key")
    }
    return {**flat, **entries}


def _named(given: Any, members: tuple[str, ...]) -> Iterator[str]:
    if isinstance(given, list):
        for item in given:
            yield from _named(item, members)
    elif isinstance(given, dict):
        for name, value in given.items():
            if name in members and isinstance(value, str):
                yield value
            else:
                yield from _named(value, members)
