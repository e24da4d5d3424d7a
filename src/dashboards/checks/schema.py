"""The types, names, enums and limits of a definition, by CloudFormation's own schema."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import jsonschema
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

_TYPE: Final = "AWS::QuickSight::Dashboard"
_REGION: Final = "us-east-1"


def problems(definition: Mapping[str, Any]) -> Iterator[str]:
    """Find what the schema that cfn-lint ships refuses."""
    for error in _validator().iter_errors(definition):
        yield f"{path(error.absolute_path)}: {error.message}"


def path(steps: Any) -> str:
    """Write the steps to a part of a definition as one path."""
    return "Definition" + "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps
    )


@cache
def _validator() -> Any:
    whole = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, _TYPE).schema
    part = {"$ref": "#/definitions/DashboardVersionDefinition", "definitions": whole["definitions"]}
    return jsonschema.Draft7Validator(part)
