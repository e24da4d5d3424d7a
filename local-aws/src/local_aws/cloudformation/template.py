"""A template's values as far as they are known before anything is made."""

import copy
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from local_aws.ministack.foreign import cfn_engine

Record = dict[str, Any]


class _Unknown:
    """What only a made resource, an export or a secret can tell."""

    def __repr__(self) -> str:
        return "(known when it is deployed)"


UNKNOWN: Final = _Unknown()
_NOTHING: Final = object()
_LATER = ("Fn::GetAtt", "Fn::ImportValue")


class Template(NamedTuple):
    """A template with what its parameters and conditions came to.

    Attributes
    ----------
    parameters : mapping
        By name, each with its ``Value``, as the engine resolves them.
    """

    body: Record
    conditions: Mapping[str, bool]
    parameters: Mapping[str, Record]

    def resources(self) -> dict[str, Record]:
        """Return the declared resources whose condition holds, by logical id."""
        declared = self.body.get("Resources") or {}
        return {
            name: resource
            for name, resource in declared.items()
            if self.conditions.get(resource.get("Condition", ""), True)
        }

    def properties(self, resource: Record) -> Record:
        """Return a resource's properties, `UNKNOWN` in the place of what is not known yet."""
        found = self._known(resource.get("Properties") or {})
        return found if isinstance(found, dict) else {}

    def _known(self, value: Any) -> Any:
        if isinstance(value, str):
            return UNKNOWN if "{{resolve:" in value else value
        if isinstance(value, list):
            items = [self._known(item) for item in value]
            return [item for item in items if item is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and (name := next(iter(value))) in {"Ref", "Condition"} | _FUNCTIONS:
            return self._of_function(name, value)
        members = {name: self._known(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member is not _NOTHING}

    def _of_function(self, name: str, value: Record) -> Any:
        if value == {"Ref": "AWS::NoValue"}:
            return _NOTHING
        if name == "Fn::If":
            condition, then, otherwise = value[name]
            return self._known(then if self.conditions.get(condition) else otherwise)
        if name in _LATER or self._needs_a_resource(value):
            return UNKNOWN
        try:
            return cfn_engine._resolve_refs(
                copy.deepcopy(value),
                {},
                self.parameters,
                self.conditions,
                self.body.get("Mappings", {}),
                "stack",
                "arn:aws:cloudformation:us-east-1:000000000000:stack/stack/0",
            )
        except (ValueError, KeyError, TypeError):
            return UNKNOWN  # the engine says so itself when it comes to it

    def _needs_a_resource(self, value: Any) -> bool:
        if any(
            name in self.body["Resources"] for name, _ in cfn_engine._intrinsic_references(value)
        ):
            return True
        text = str(value)
        return any(f"'{later}'" in text for later in _LATER) or "{{resolve:" in text


_FUNCTIONS = frozenset(
    f"Fn::{name}"
    for name in (
        "Base64", "Cidr", "FindInMap", "GetAZs", "GetAtt", "If", "ImportValue", "Join", "Length",
        "Select", "Split", "Sub", "ToJsonString", "Transform",
    )
)  # fmt: skip
