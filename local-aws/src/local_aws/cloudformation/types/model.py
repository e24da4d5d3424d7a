"""What a resource type is: which properties it reads, and how it is made, changed and removed."""

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from local_aws.cloudformation.calls import Call
from local_aws.protocol.tags import OWN

Record = dict[str, Any]


class Made(NamedTuple):
    """A resource: its physical id, what Ref gives, and what Fn::GetAtt gives by name."""

    id: str
    attributes: Record


class Resource(NamedTuple):
    """A resource type.

    Attributes
    ----------
    properties : frozenset of str
        Those that are read; every other one of the schema is refused by name.
    create : callable
        Takes the caller, the properties, and the name that the resource has.
    update : callable
        Takes the caller, the physical id, the properties before and now; a change that replaces
        the resource does not come here.
    delete : callable
        Takes the caller, the physical id and the properties.
    named_by : str
        The property that is its name; a name is generated where the template gives none.
    longest : int
        The most characters of a generated name.
    lower : bool
        Whether a generated name is in small letters.
    refused : tuple of str
        Paths below the first level that are not carried out.
    """

    properties: frozenset[str]
    create: Callable[[Call, Record, str], Made]
    update: Callable[[Call, str, Record, Record], Record]
    delete: Callable[[Call, str, Record], None]
    named_by: str = ""
    longest: int = 255
    lower: bool = False
    refused: tuple[str, ...] = ()


def names(text: str) -> frozenset[str]:
    """Read names that spaces divide."""
    return frozenset(text.split())


def chosen(properties: Mapping[str, Any], members: Iterable[str]) -> Record:
    """Return some of the properties, those that are declared."""
    return {name: properties[name] for name in members if name in properties}


def document(value: Any) -> str:
    """Write a policy or pattern, which a template may give as text or as a structure."""
    return value if isinstance(value, str) else json.dumps(value)


def tags(properties: Record, member: str = "Tags") -> dict[str, str]:
    """Return a resource's tags by key; those of CloudFormation's own are not a caller's to set."""
    given = properties.get(member) or []
    found = given if isinstance(given, dict) else {tag["Key"]: tag["Value"] for tag in given}
    return {key: str(value) for key, value in found.items() if not key.startswith(OWN)}


def tag_list(properties: Record, member: str = "Tags") -> list[dict[str, str]]:
    """Return a resource's tags as most services take them."""
    return [{"Key": key, "Value": value} for key, value in tags(properties, member).items()]


def changed_tags(old: Record, new: Record) -> tuple[dict[str, str], list[str]]:
    """Return the tags to set and the keys to take away."""
    before, now = tags(old), tags(new)
    added = {key: value for key, value in now.items() if before.get(key) != value}
    return added, sorted(before.keys() - now.keys())


def changed(old: Record, new: Record, *members: str) -> bool:
    """Say whether one of some properties differs."""
    return any(old.get(name) != new.get(name) for name in members)


def carried_out(kind: str, given: Record, told: Record) -> None:
    """Refuse a setting that a service took and does not tell again: it dropped it.

    Raises
    ------
    ValueError
        With the type and the setting.
    """
    for name, value in given.items():
        if value not in ({}, [], "") and name not in told:
            raise ValueError(f"the local AWS does not carry out {kind}'s {name}")


def unique() -> str:
    """Make the part of an id that no other has."""
    return uuid.uuid4().hex[:12]


def nothing_to_update(_call: Call, _id: str, _old: Record, _new: Record) -> Record:
    """Stand for the update of a type that every change replaces."""
    return {}
