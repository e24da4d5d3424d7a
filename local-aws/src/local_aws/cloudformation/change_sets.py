"""Which states let a stack be changed, and to whom the change sets of a planned stack belong."""

import functools
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from local_aws.ministack.foreign import (
    cfn_changesets,
    cfn_handlers,
    cfn_helpers,
    cloudformation,
)

Record = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[[Record], Answer]

PLANNED = "REVIEW_IN_PROGRESS"  # it has change sets, and none was carried out yet
_ENDED = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED", "DELETE_FAILED")
_MADE_ANEW = ("ROLLBACK_COMPLETE", "DELETE_COMPLETE")
_OK = 200


def install() -> None:
    """Put the checks before the engine's handlers of updates and change sets."""
    handlers = cfn_handlers._ACTION_HANDLERS
    # the same dictionary, because the engine has it by name in two modules
    for name, checked in (
        ("UpdateStack", _update),
        ("CreateChangeSet", _create),
        ("ExecuteChangeSet", _execute),
    ):
        handlers[name] = functools.partial(checked, handlers[name])


def _update(update: Handler, params: Record) -> Answer:
    stack = cfn_handlers._resolve_stack(given(params, "StackName"))
    return _refusal(stack) or update(params)


def _create(create: Handler, params: Record) -> Answer:
    name = given(params, "StackName")
    stack = cfn_handlers._resolve_stack(name)
    if given(params, "ChangeSetType") != "CREATE":
        return _refusal(stack) or create(params)
    state = (stack or {}).get("StackStatus", "")
    if state not in {"", PLANNED, *_MADE_ANEW}:
        said = f"Stack [{name}] already exists and cannot be created again with the changeSet "
        return _error(f"{said}[{given(params, 'ChangeSetName')}].")
    if stack is None or state != PLANNED:
        return create(params)
    return _one_more(create, params, stack)


def _one_more(create: Handler, params: Record, planned: Record) -> Answer:
    """Make another change set of a planned stack, which the engine would make a second stack."""
    name, identifier = planned["StackName"], planned["StackId"]
    status, headers, body = create(params)
    made = cloudformation._stacks.get(name)
    cloudformation._stacks[name] = planned  # one that was refused leaves it as it was
    if status != _OK or made is None or made is planned:
        return status, headers, body
    cloudformation._stack_events.pop(made["StackId"], None)
    for each in cloudformation._change_sets.values():
        if each["StackId"] == made["StackId"]:
            each["StackId"] = identifier
    replaced = body.replace(escape(made["StackId"]).encode(), escape(identifier).encode())
    return status, headers, replaced


def _execute(execute: Handler, params: Record) -> Answer:
    _, found = cfn_changesets._find_change_set(
        given(params, "ChangeSetName"), given(params, "StackName")
    )
    if not found or found.get("ChangeSetType") == "CREATE":
        return execute(params)  # a set of a creation is gone as soon as another is carried out
    return _refusal(cfn_handlers._resolve_stack(found["StackName"])) or execute(params)


def _refusal(stack: Record | None) -> Answer | None:
    """Refuse to change a stack that cannot be changed in its state, in the service's words."""
    state = (stack or {}).get("StackStatus", "")
    if stack is not None and state == PLANNED:
        return _error(f"Stack [{stack['StackName']}] does not exist")
    if stack is None or not (state.endswith("_IN_PROGRESS") or state in _ENDED):
        return None
    return _error(f"Stack:{stack['StackId']} is in {state} state and can not be updated.")


def _error(message: str) -> Answer:
    refused: Answer = cfn_helpers._error("ValidationError", message)
    return refused


def given(params: Record, name: str) -> str:
    """Give a parameter of a call as the engine has them, a list each; empty where it has none."""
    value = params.get(name) or ""
    return str(value[0] if isinstance(value, list) else value)
