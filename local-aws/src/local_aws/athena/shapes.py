"""Athena's own description of its API, as botocore carries it: operations, shapes, constraints."""

import re
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

from local_aws.athena.errors import InvalidRequestError


@cache
def service_model() -> ServiceModel:
    """Return botocore's model of Athena."""
    return ServiceModel(Loader().load_service_model("athena", "service-2"), "athena")


def operation(name: str) -> OperationModel | None:
    """Return one operation's model, None when Athena has no such operation."""
    model = service_model()
    return model.operation_model(name) if name in model.operation_names else None


def check(model: OperationModel, payload: dict[str, Any]) -> None:
    """Refuse a call whose members are missing or outside their constraints, as Athena words it.

    Raises
    ------
    InvalidRequestError
        Naming each constraint that is not met.
    """
    found: list[str] = []
    if model.input_shape is not None:
        _check(model.input_shape, payload, "", found)
    if found:
        noun = "error" if len(found) == 1 else "errors"
        raise InvalidRequestError(f"{len(found)} validation {noun} detected: " + "; ".join(found))


def _check(shape: Shape, value: Any, path: str, found: list[str]) -> None:
    if value is None:
        return
    if isinstance(shape, StructureShape):
        if not isinstance(value, dict):
            found.append(_must(value, path, "Member must be a structure"))
            return
        found.extend(
            _must(None, _child(path, name), "Member must not be null")
            for name in shape.required_members
            if value.get(name) is None
        )
        for name, member in shape.members.items():
            _check(member, value.get(name), _child(path, name), found)
    elif isinstance(shape, ListShape):
        _check_size(shape, value, path, found)
        for number, item in enumerate(value if isinstance(value, list) else [], 1):
            _check(shape.member, item, f"{path}.{number}.member", found)
    elif isinstance(shape, MapShape):
        for key, item in value.items() if isinstance(value, dict) else []:
            _check(shape.value, item, f"{path}.{key}.member", found)
    else:
        _check_scalar(shape, value, path, found)


def _check_size(shape: Shape, value: Any, path: str, found: list[str]) -> None:
    if not isinstance(value, list):
        found.append(_must(value, path, "Member must be a list"))
        return
    lowest, highest = shape.metadata.get("min", 0), shape.metadata.get("max")
    if len(value) < lowest:
        text = f"Member must have length greater than or equal to {lowest}"
        found.append(_must(value, path, text))
    if highest is not None and len(value) > highest:
        found.append(_must(value, path, f"Member must have length less than or equal to {highest}"))


def _check_scalar(shape: Shape, value: Any, path: str, found: list[str]) -> None:
    types = {"string": str, "boolean": bool, "integer": int, "long": int}
    expected = types.get(shape.type_name)
    if expected and (
        not isinstance(value, expected) or (expected is int and isinstance(value, bool))
    ):
        found.append(_must(value, path, f"Member must be of type {shape.type_name}"))
        return
    limits = shape.metadata
    if isinstance(value, str):
        if "enum" in limits and value not in limits["enum"]:
            text = f"Member must satisfy enum value set: [{', '.join(limits['enum'])}]"
            found.append(_must(value, path, text))
        if "pattern" in limits and not re.fullmatch(_python_pattern(limits["pattern"]), value):
            text = f"Member must satisfy regular expression pattern: {limits['pattern']}"
            found.append(_must(value, path, text))
        size, what = len(value), "have length"
    else:
        size, what = value, "have value"
    if "min" in limits and size < limits["min"]:
        found.append(
            _must(value, path, f"Member must {what} greater than or equal to {limits['min']}")
        )
    if "max" in limits and size > limits["max"]:
        found.append(
            _must(value, path, f"Member must {what} less than or equal to {limits['max']}")
        )


def _python_pattern(pattern: str) -> str:
    # Java writes the planes above U+FFFF as a pair of surrogates; Python has the characters
    return pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")


def _child(path: str, name: str) -> str:
    first = name[:1].lower() + name[1:]
    return f"{path}.{first}" if path else first


def _must(value: Any, path: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"
