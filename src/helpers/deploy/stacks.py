"""One stack: brought to what its template says, or removed, with a line for each resource."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from helpers import aws
from helpers.errors import InputError, PlatformError, ServiceError

_FIRST_PAUSE_S: Final = 0.05
_LONGEST_PAUSE_S: Final = 2.0
_ATTEMPTS: Final = 5  # against somebody else's deployment, or a role that is not yet everywhere
_UNCHANGED: Final = ("didn't contain changes", "No updates are to be performed")
# a stack whose first creation or whose removal failed has to go before it can be made
_DEAD: Final = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED")
_PLANNED: Final = "REVIEW_IN_PROGRESS"  # a change set was made, and none was carried out yet
# somebody else deploys it at the same moment, or its role was made a moment ago
_BUSY: Final = (
    "_IN_PROGRESS",
    "InvalidChangeSetStatus",
    "cannot be assumed",
    "ChangeSetNotFound",
    "already exists and cannot be created again",
)
_VALIDATED: Final = "Call DescribeEvents"
_CONSEQUENCES: Final = ("cancelled", "canceled")  # "Resource creation cancelled"


@dataclass(frozen=True)
class Deployed:
    """What a stack is after its deployment: whether anything changed, and its outputs."""

    changed: bool
    outputs: dict[str, str] = field(default_factory=dict)


def deploy(
    name: str,
    template: Path,
    values: Mapping[str, str],
    say: Callable[[str], None],
    role: str | None = None,
) -> Deployed:
    """Bring a stack to what its template says; one that was cut off goes on.

    Parameters
    ----------
    name : str
        The stack's.
    template : pathlib.Path
        CloudFormation, as YAML.
    values : mapping of str to str
        By name of a parameter; the template takes those that it has. Of the others a stack that
        is there keeps its own values, and a new one gets the template's.
    say : callable
        Takes a line for each resource as it changes.
    role : str, optional
        ARN of the role in which CloudFormation acts; the caller's own rights by default.

    Returns
    -------
    Deployed
        Its outputs, and whether there was anything to do.

    Raises
    ------
    InputError
        Where CloudFormation refuses template or parameters before it begins.
    ServiceError
        Where a resource fails, with the first cause, or CloudFormation is out of reach.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _deploy(name, template, values, say, role)
        except _OvertakenError:
            continue
        except (ClientError, BotoCoreError) as error:
            if attempt == _ATTEMPTS or not any(text in str(error) for text in _BUSY):
                raise _refusal(name, template, error) from error
            time.sleep(attempt)
    raise ServiceError(f"Others kept changing the stack {name}: run it again when they are done.")


def _deploy(
    name: str,
    template: Path,
    values: Mapping[str, str],
    say: Callable[[str], None],
    role: str | None,
) -> Deployed:
    client = aws.client("cloudformation")
    _wait(client, name)
    before = _state(client, name)
    if _status(client, name) in _DEAD:
        client.delete_stack(StackName=name)
        _wait(client, name)
        before = _state(client, name)
    changes = _change_set(client, name, template, values, role)
    if changes is None:
        return Deployed(False, _outputs(client, name))
    if _state(client, name) != before:
        client.delete_change_set(ChangeSetName=changes["ChangeSetId"])
        raise _OvertakenError
    _say_changes(changes, say)
    known = _event_ids(client, name)
    client.execute_change_set(ChangeSetName=changes["ChangeSetId"], StackName=name)
    ended = _follow(client, name, known, say)
    if ended not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        raise ServiceError(
            f"The stack {name} ended as {ended}: {_first_cause(client, name, known)}"
        )
    return Deployed(True, _outputs(client, name))


class _OvertakenError(Exception):
    """The stack is another one since the change set was begun: it compares with what was."""


def _state(client: Any, name: str) -> tuple[object, ...]:
    """Say where a stack is; one that is planned only is where it was before."""
    try:
        found = client.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return ()
        raise
    if found["StackStatus"] == _PLANNED:
        return ()
    return found["StackStatus"], found["StackId"], found.get("LastUpdatedTime")


def _refusal(name: str, template: Path, error: ClientError | BotoCoreError) -> PlatformError:
    if isinstance(error, ClientError) and error.response["Error"]["Code"] == "ValidationError":
        return InputError(f"{template.name}: {error.response['Error']['Message']}")
    return ServiceError(f"CloudFormation did not deploy the stack {name}: {error}")


def destroy(name: str, say: Callable[[str], None]) -> bool:
    """Remove a stack; what its template retains stays.

    Parameters
    ----------
    name : str
        The stack's.
    say : callable
        Takes a line for each resource as it changes.

    Returns
    -------
    bool
        Whether there was one.

    Raises
    ------
    ServiceError
        Where a resource does not go, or CloudFormation is out of reach.
    """
    client = aws.client("cloudformation")
    try:
        if _status(client, name) is None:
            return False
        stack = client.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        known = _event_ids(client, stack)
        client.delete_stack(StackName=name)
        ended = _follow(client, stack, known, say)
    except (ClientError, BotoCoreError) as error:
        raise ServiceError(f"CloudFormation did not remove the stack {name}: {error}") from error
    if ended != "DELETE_COMPLETE":
        raise ServiceError(
            f"The stack {name} ended as {ended}: {_first_cause(client, stack, known)}"
        )
    return True


def _status(client: Any, name: str) -> str | None:
    try:
        return str(client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise


def _pauses() -> Iterator[None]:
    """Wait a little at first, then longer."""
    pause = _FIRST_PAUSE_S
    while True:
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE_S)
        yield


def _wait(client: Any, name: str) -> None:
    """Wait for what somebody, or a deployment that was cut off, began."""
    for _ in _pauses():
        status = _status(client, name) or ""
        if not status.endswith("_IN_PROGRESS") or status == _PLANNED:
            return


def _change_set(
    client: Any, name: str, template: Path, values: Mapping[str, str], role: str | None
) -> dict[str, Any] | None:
    """Make a change set; None where there is nothing to change."""
    body = template.read_text(encoding="utf-8")
    taken = client.validate_template(TemplateBody=body)["Parameters"]
    kind = "CREATE" if _status(client, name) in {None, _PLANNED} else "UPDATE"
    kept = _parameters(client, name) if kind == "UPDATE" else set()
    parameters: list[dict[str, Any]] = [
        {"ParameterKey": key, "ParameterValue": values[key]}
        if key in values
        else {"ParameterKey": key, "UsePreviousValue": True}
        for key in (each["ParameterKey"] for each in taken)
        if key in values or key in kept
    ]
    identifier = client.create_change_set(
        StackName=name,
        ChangeSetName=f"deploy-{time.time_ns()}",
        ChangeSetType=kind,
        TemplateBody=body,
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=parameters,
        **({"RoleARN": role} if role else {}),
    )["Id"]
    for _ in _pauses():
        found: dict[str, Any] = client.describe_change_set(ChangeSetName=identifier)
        if found["Status"] == "CREATE_COMPLETE":
            return found
        if found["Status"] == "FAILED":
            break
    reason = found.get("StatusReason", "no reason was given")
    client.delete_change_set(ChangeSetName=identifier)
    if any(text in reason for text in _UNCHANGED):
        return None
    raise InputError(f"{template.name}: {reason}")


def _parameters(client: Any, name: str) -> set[str]:
    found = client.describe_stacks(StackName=name)["Stacks"][0]
    return {each["ParameterKey"] for each in found.get("Parameters", ())}


def _say_changes(changes: Mapping[str, Any], say: Callable[[str], None]) -> None:
    for change in changes.get("Changes", ()):
        resource = change["ResourceChange"]
        say(f"{resource['Action']:<7} {resource['LogicalResourceId']} ({resource['ResourceType']})")


def _events(client: Any, name: str) -> list[dict[str, Any]]:
    """Every event of a stack, the oldest first."""
    pages = client.get_paginator("describe_stack_events").paginate(StackName=name)
    return [event for page in pages for event in page["StackEvents"]][::-1]


def _event_ids(client: Any, name: str) -> set[str]:
    return {event["EventId"] for event in _events(client, name)}


def _follow(client: Any, name: str, known: set[str], say: Callable[[str], None]) -> str:
    """Tell what happens to each resource until the stack rests; returns its status."""
    told = set(known)
    status = ""
    for _ in _pauses():
        status = _status(client, name) or "DELETE_COMPLETE"
        for event in _events(client, name):
            if event["EventId"] not in told:
                told.add(event["EventId"])
                say(f"{event['ResourceStatus']:<20} {event['LogicalResourceId']}")
        if not status.endswith("_IN_PROGRESS"):
            break
    return status


def _first_cause(client: Any, name: str, known: set[str]) -> str:
    """Say what failed first; what was cancelled because of it is no cause."""
    for event in _events(client, name):
        reason = event.get("ResourceStatusReason", "")
        failed = event["ResourceStatus"].endswith("_FAILED") and event["EventId"] not in known
        if failed and not any(word in reason for word in _CONSEQUENCES):
            if _VALIDATED in reason:
                reason = _first_problem(client, name) or reason
            return f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason}"
    return "no event names a cause; look at the stack's events"


def _first_problem(client: Any, name: str) -> str:
    """Say what a validation before the first resource found, which the stack's events leave out."""
    for event in client.describe_events(StackName=name)["OperationEvents"]:
        if event["EventType"] == "VALIDATION_ERROR":
            return f"{event['LogicalResourceId']}: {event['ValidationStatusReason']}"
    return ""


def _outputs(client: Any, name: str) -> dict[str, str]:
    stack = client.describe_stacks(StackName=name)["Stacks"][0]
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())}
