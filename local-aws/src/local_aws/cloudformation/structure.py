"""What a template is made of: its sections, and that what one part names another declares.

The words are CloudFormation's own.
"""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from local_aws.ministack.foreign import cfn_engine

Record = Mapping[str, Any]

SECTIONS = frozenset({
    "AWSTemplateFormatVersion", "Conditions", "Description", "Globals", "Hooks", "Mappings",
    "Metadata", "Outputs", "Parameters", "Resources", "Rules", "Transform",
})  # fmt: skip
ATTRIBUTES = frozenset({
    "Condition", "CreationPolicy", "DeletionPolicy", "DependsOn", "Metadata", "Properties", "Type",
    "UpdatePolicy", "UpdateReplacePolicy",
})  # fmt: skip
PSEUDO = frozenset(
    f"AWS::{name}"
    for name in (
        "AccountId", "NoValue", "NotificationARNs", "Partition", "Region", "StackId", "StackName",
        "URLSuffix",
    )
)  # fmt: skip


def refusal(body: Record) -> str:
    """Say what of a template's structure is wrong, the first that CloudFormation would tell.

    Parameters
    ----------
    body : mapping
        The template, its transforms applied.

    Returns
    -------
    str
        Empty where nothing is.
    """
    return next(_faults(body), "")


def _faults(body: Record) -> Iterator[str]:
    if unknown := sorted(body.keys() - SECTIONS):
        yield f"Invalid template property or properties [{', '.join(unknown)}]"
    resources = body.get("Resources")
    if not resources:
        yield "Template format error: At least one Resources member must be defined."
        return
    for name, resource in resources.items():
        for attribute in sorted(resource.keys() - ATTRIBUTES):
            yield f"Invalid template resource property '{attribute}' of {name}"
        if "Type" not in resource:
            yield (
                f"Template format error: [/Resources/{name}] Every Resources object must contain "
                "a Type member."
            )
    declared = {*resources, *body.get("Parameters", {}), *PSEUDO}
    conditions = body.get("Conditions", {})
    for section in ("Resources", "Outputs"):
        part = body.get(section, {})
        if missing := sorted(_named(part) - declared):
            yield (
                f"Template format error: Unresolved resource dependencies [{', '.join(missing)}] "
                f"in the {section} block of the template"
            )
        for condition in sorted(_conditions(part) - conditions.keys()):
            yield (
                f"Template format error: Unresolved condition dependency {condition} in the "
                f"{section} block of the template"
            )
    yield from _circles(resources)


def _named(part: Record) -> set[str]:
    """Name what the resources, or the outputs, of a template refer to."""
    referred = {name for name, _ in cfn_engine._intrinsic_references(part)}
    return referred | {name for each in part.values() for name in _depends_on(each)}


def _conditions(part: Record) -> set[str]:
    own = {each["Condition"] for each in part.values() if "Condition" in each}
    return own | set(_of_ifs(part))


def _of_ifs(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _of_ifs(item)
    elif isinstance(value, Mapping):
        match value.get("Fn::If"):
            case [str(condition), *_]:
                yield condition
        yield from _of_ifs(list(value.values()))


def _circles(resources: Record) -> Iterator[str]:
    needs = {
        name: {
            *_depends_on(resource),
            *(other for other, _ in cfn_engine._intrinsic_references(resource)),
        }
        & resources.keys()
        for name, resource in resources.items()
    }
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        circle = ", ".join(sorted(set(error.args[1])))
        yield f"Circular dependency between resources: [{circle}]"


def _depends_on(resource: Record) -> list[str]:
    given = resource.get("DependsOn", [])
    return [given] if isinstance(given, str) else list(given)
