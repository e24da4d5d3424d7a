"""Our resource types and checks in the place of those of ministack's engine.

The engine orders resources, rolls back, makes change sets and tells events; a type that is not
among ours is unknown to it, as on AWS a type that does not exist. It is imported at the first call.
"""

import asyncio
import functools
import importlib
import threading
from collections.abc import Callable
from typing import Any

from local_aws.cloudformation import calls, change_sets, replacement, structure
from local_aws.cloudformation.template import Template
from local_aws.cloudformation.types import TYPES
from local_aws.ministack import foreign
from local_aws.ministack.foreign import (
    app,
    cfn_changesets,
    cfn_drift,
    cfn_handlers,
    cfn_provisioners,
    cfn_stacks,
    cloudformation,
    router,
    sqs,
)

Record = dict[str, Any]

OF_THE_ENGINE = "AWS::CloudFormation::"  # nested stacks, custom resources, wait conditions
_ROLE_KEPT = {"CreateStack", "UpdateStack", "CreateChangeSet", "DeleteStack"}


def install() -> None:
    """Put our types in place, as soon as CloudFormation is first called."""
    _remember_callers()
    _Engine.is_ours = False


class _Engine:
    """Whether the engine of this process has our types."""

    is_ours = False
    changing = threading.Lock()


def _put_in_place() -> None:
    with _Engine.changing:
        if not _Engine.is_ours:
            foreign.check(foreign.OF_STACKS)
            _register()
            _check_first()
            change_sets.install()
            _Engine.is_ours = True


@functools.cache
def _checks() -> Any:
    # it takes a second to import, which only a stack is worth
    return importlib.import_module("local_aws.cloudformation.checks")


def _register() -> None:
    known = cfn_provisioners._RESOURCE_HANDLERS
    kept = {kind: entry for kind, entry in known.items() if kind.startswith(OF_THE_ENGINE)}
    ours = {kind: _entry(kind, known.get(kind, {})) for kind in TYPES}
    # the same dictionary, because the engine's modules have it by name
    known.clear()
    known.update(kept | ours)
    # our calls are answered by the loop that the engine runs in
    cfn_stacks.replace("_runs_on_worker_thread", lambda resource_type: True)
    replacement.install()
    _find_drifted_queues()


def _find_drifted_queues() -> None:
    """Let drift find a queue by its account and name: its URL begins as a client reached it."""
    read, covered = cfn_drift._DRIFT_READERS["AWS::SQS::Queue"]

    def found(physical_id: str, properties: Record) -> Record | None:
        place = sqs._queue_ref_from_urlish(physical_id)
        urls = list(sqs._queues.keys())
        url = next((each for each in urls if sqs._queue_ref_from_urlish(each) == place), None)
        return None if url is None else dict(read(url, properties))

    cfn_drift.add("_DRIFT_READERS", "AWS::SQS::Queue", (found, covered))


def _entry(kind: str, known: Record) -> Record:
    imported = {"import": known["import"]} if "import" in known else {}
    return {
        **imported,
        "create": functools.partial(_create, kind),
        "update": functools.partial(_update, kind),
        "update_with_logical_id": True,
        "delete": functools.partial(_delete, kind),
    }


def _create(kind: str, logical_id: str, properties: Record, stack: str) -> tuple[str, Record]:
    resource = TYPES[kind]
    given = _checks().coerced(kind, properties)
    name = given.get(resource.named_by) or cfn_provisioners._physical_name(
        stack, logical_id, lowercase=resource.lower, max_len=resource.longest
    )
    made = resource.create(calls.Call(), given, name)
    return made.id, made.attributes


def _update(  # noqa: PLR0917 - the engine's
    kind: str, physical_id: str, old: Record, new: Record, stack: str, logical_id: str
) -> tuple[str, Record]:
    coerce = _checks().coerced
    before, now = coerce(kind, old), coerce(kind, new)
    if replacement.is_needed_below(kind, before, now):
        return _create(kind, logical_id, new, stack)
    attributes = TYPES[kind].update(calls.Call(), physical_id, before, now)
    return physical_id, attributes


def _delete(kind: str, physical_id: str, properties: Record) -> None:
    given = _checks().coerced(kind, properties)
    try:
        TYPES[kind].delete(calls.Call(), physical_id, given)
    except calls.CallError as error:
        if not error.is_absence:  # gone is what it was to be
            raise


def _check_first() -> None:
    # what a role may do is somebody's affair also where nobody is refused anything
    cfn_handlers.replace("_capabilities_enforced", lambda: True)
    for module in (cfn_changesets, cfn_handlers):
        validate = module.validate_template_support
        module.replace("validate_template_support", _checking(validate))
        module.replace("_resolve_parameters", _declared(module._resolve_parameters))


def _declared(resolve: Callable[..., Record]) -> Callable[..., Record]:
    def resolved(
        template: Record, provided_params: list[Record], previous_params: Record | None = None
    ) -> Record:
        given = {each.get("Key", "") for each in provided_params}
        if unknown := sorted(given - template.get("Parameters", {}).keys()):
            raise ValueError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
        for each in provided_params:
            if each.get("UsePreviousValue") and each.get("Value"):
                raise ValueError(
                    f"Invalid input for parameter key {each['Key']}. Cannot specify "
                    "usePreviousValue as true and non empty value for a parameter"
                )
        return resolve(template, provided_params, previous_params)

    return resolved


def _checking(validate: Callable[..., None]) -> Callable[..., None]:
    def validated(template: Record, conditions: Any, params: Any = None) -> None:
        validate(template, conditions, params)
        if not template.get("Transform") and (said := structure.refusal(template)):
            raise ValueError(said)
        if params is None:  # ValidateTemplate has no values to check with
            return
        read = Template(template, conditions, params)
        if said := _checks().refusal(read, TYPES):
            raise ValueError(said)

    return validated


def _remember_callers() -> None:
    handle = app.SERVICE_HANDLERS["cloudformation"]

    async def remembered(
        method: str, path: str, headers: dict[str, str], body: bytes, query: Record
    ) -> Any:
        if not _Engine.is_ours:
            await asyncio.to_thread(_put_in_place)
        params = app._routing_params(method, path, headers, body, query)
        name = _stack_named(params)
        keeps = change_sets.given(params, "Action") in _ROLE_KEPT
        given = change_sets.given(params, "RoleARN") if keeps else ""
        role = given or (cloudformation._stacks.get(name) or {}).get("RoleARN", "")
        calls.act_for(router.extract_access_key_id(headers, query), role)
        answer = await handle(method, path, headers, body, query)
        if change_sets.given(params, "Action") == "DescribeStacks":
            answer = (*answer[:2], answer[2].replace(b"<Outputs></Outputs>", b""))
        stack = cloudformation._stacks.get(name)
        if given and stack is not None and answer[0] < 300:
            stack["RoleARN"] = given
        return answer

    app.add("SERVICE_HANDLERS", "cloudformation", remembered)


def _stack_named(params: Record) -> str:
    named = change_sets.given(params, "StackName")
    if not named:  # the ARN of a change set says it alone
        changes = cloudformation._change_sets.get(change_sets.given(params, "ChangeSetName")) or {}
        named = str(changes.get("StackName", ""))
    return named.split("/")[1] if named.startswith("arn:") else named
