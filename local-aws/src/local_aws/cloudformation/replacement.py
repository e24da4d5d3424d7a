"""Which change replaces a resource, and where that cannot be."""

from typing import Any

from local_aws.cloudformation import schemas
from local_aws.cloudformation.types import TYPES
from local_aws.ministack.foreign import cfn_provisioners, cfn_stacks

Record = dict[str, Any]

_TABLE = "AWS::DynamoDB::Table"
# no schema says of these that they replace; the table's reference does
_KEYS_OF_A_TABLE = ("KeySchema", "LocalSecondaryIndexes")


def install() -> None:
    """Let the engine ask our schemas what replaces a resource of our types."""
    by_name = cfn_provisioners._property_recreation
    refused = cfn_provisioners._custom_named_replacement_error

    def recreation(resource_type: str, name: str) -> str:
        if resource_type not in TYPES:
            return str(by_name(resource_type, name))
        return "Always" if name in schemas.create_only(resource_type) else "Never"

    def error(
        resource_type: str, old_props: Record, new_props: Record, physical_id: str | None = None
    ) -> str | None:
        if resource_type in TYPES:
            return refusal(resource_type, old_props, new_props) or None
        return str(refused(resource_type, old_props, new_props, physical_id) or "") or None

    cfn_provisioners.replace("_property_recreation", recreation)
    for module in (cfn_provisioners, cfn_stacks):
        module.replace("_custom_named_replacement_error", error)


def refusal(kind: str, old: Record, new: Record) -> str:
    """Say why a change cannot be made, in CloudFormation's words.

    The new resource is made before the old one is removed, so that both cannot have one name.

    Parameters
    ----------
    kind : str
        The type.
    old, new : dict
        The properties before and now.

    Returns
    -------
    str
        Empty where it can.
    """
    names = [schemas.at(old, path) for path in _identity(kind)]
    if not names or None in names or names != [schemas.at(new, path) for path in _identity(kind)]:
        return ""
    if not any(schemas.at(old, path) != schemas.at(new, path) for path in _replacing(kind)):
        return ""
    return (
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
        f"Rename {'|'.join(str(name) for name in names)} and update the stack again."
    )


def is_needed_below(kind: str, old: Record, new: Record) -> bool:
    """Say whether a change that the engine does not see replaces a resource.

    It compares the properties of the first level, and only those that the schema says replace.
    """
    unseen = (path for path in _replacing(kind) if "/" in path or path in _KEYS_OF_A_TABLE)
    return any(schemas.at(old, path) != schemas.at(new, path) for path in unseen)


def _identity(kind: str) -> tuple[str, ...]:
    """Name the properties that tell a resource from others, none where the service makes that."""
    paths = schemas.primary(kind)
    if any(path in schemas.read_only(kind) for path in paths):
        paths = tuple(filter(None, [TYPES[kind].named_by]))
    return paths


def _replacing(kind: str) -> tuple[str, ...]:
    return (*schemas.create_only(kind), *(_KEYS_OF_A_TABLE if kind == _TABLE else ()))
