"""What a resource may declare: the services' own schemas, as cfn-lint carries them.

A schema is read when a template first names its type; nothing of cfn-lint itself is imported.
"""

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

# the shapes of all regions; where they differ, those of this one
REGION = "us-east-1"


@cache
def _folder() -> Path:
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("cfn-lint is not installed")
    return Path(spec.submodule_search_locations[0]) / "data" / "schemas"


@cache
def _files() -> dict[str, str]:
    listed: dict[str, str] = json.loads((_folder() / f"providers/{REGION}.json").read_text())
    return listed


@cache
def schema(resource_type: str) -> Schema:
    """Return the schema of a resource type, such as ``AWS::S3::Bucket``."""
    path = _folder() / f"resources/{_files()[resource_type]}.json"
    read: Schema = json.loads(path.read_text())
    return read


@cache
def create_only(resource_type: str) -> frozenset[str]:
    """Name the properties whose change replaces a resource, with ``/`` below the first level."""
    return frozenset(_paths(resource_type, "createOnlyProperties"))


@cache
def primary(resource_type: str) -> tuple[str, ...]:
    """Name the properties that identify a resource of the type."""
    return tuple(_paths(resource_type, "primaryIdentifier"))


@cache
def read_only(resource_type: str) -> frozenset[str]:
    """Name what the service sets itself, so that no template may."""
    return frozenset(_paths(resource_type, "readOnlyProperties"))


def _paths(resource_type: str, keyword: str) -> list[str]:
    listed = schema(resource_type).get(keyword) or []
    return [path.removeprefix("/properties/") for path in listed]


def resolved(resource_type: str, part: Schema) -> Schema:
    """Follow the references of a part of a schema."""
    while "$ref" in part:
        found: Any = schema(resource_type)
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def at(value: Any, path: str) -> Any:
    """Return what is at a path, of which ``*`` is any item of a list."""
    name, _, rest = path.partition("/")
    if name == "*":
        found = value if isinstance(value, list) else []
        return next((there for item in found if (there := at(item, rest)) is not None), None)
    inside = value.get(name) if isinstance(value, dict) else None
    return at(inside, rest) if rest and inside is not None else inside
