"""Requests checked against AWS's own description of Kinesis, which botocore carries."""

import binascii
import re
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from local_aws.kinesis.errors import KinesisError, validation

_MILLISECONDS_FROM = 1e11
"""A number of this size cannot be seconds (year 5138), so it is the Java SDK's milliseconds."""

# optional in the model for streams that distribute records by themselves, which is not done here
_ALSO_REQUIRED = {("PutRecordInput", "PartitionKey"), ("PutRecordsRequestEntry", "PartitionKey")}

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "timestamp": (int, float),
    "structure": dict,
    "list": list,
    "map": dict,
}


@cache
def _model() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("kinesis", "service-2"), "kinesis")


@cache
def operations() -> frozenset[str]:
    """Name every operation that the service has."""
    return frozenset(_model().operation_names)


def checked(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """Check the arguments of an operation and turn them into Python's values.

    Parameters
    ----------
    operation : str
        For instance ``"GetShardIterator"``.
    request : dict
        The arguments as they were read from JSON or CBOR.

    Returns
    -------
    dict
        The known arguments: blobs as bytes, times as seconds since 1970.

    Raises
    ------
    KinesisError
        SerializationException for a wrong type, ValidationException for
        everything that breaks a length, range, pattern or enumeration.
    """
    shape = _model().operation_model(operation).input_shape
    broken: list[str] = []
    values: dict[str, Any] = _structure(shape, request, "", broken) if shape else {}
    if broken:
        plural = "s" if len(broken) > 1 else ""
        raise validation(f"{len(broken)} validation error{plural} detected: {'; '.join(broken)}")
    return values


def blob(value: Any) -> bytes:
    """Read a blob: base64 text in JSON, bytes in CBOR.

    Raises
    ------
    KinesisError
        SerializationException where the text is not base64.
    """
    if isinstance(value, bytes):
        return value
    try:
        return binascii.a2b_base64(value, strict_mode=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise KinesisError(
            "SerializationException", f"A value can not be converted to a Blob: {error}"
        ) from None


def _structure(
    shape: StructureShape, value: dict[str, Any], path: str, broken: list[str]
) -> dict[str, Any]:
    values = {}
    for name, member in shape.members.items():
        at = f"{path}.{_lower(name)}" if path else _lower(name)
        if value.get(name) is not None:
            values[name] = _value(member, value[name], at, broken)
        elif name in shape.required_members or (shape.name, name) in _ALSO_REQUIRED:
            broken.append(
                f"Value null at '{at}' failed to satisfy constraint: Member must not be null"
            )
    return values


def _value(shape: Shape, value: Any, path: str, broken: list[str]) -> Any:
    kind = shape.type_name
    if kind == "blob":
        value = blob(value)
    elif not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        raise KinesisError(
            "SerializationException", f"{path}: a {type(value).__name__} is no {kind}"
        )
    _constrain(shape, value, path, broken)
    if isinstance(shape, StructureShape):
        return _structure(shape, value, path, broken)
    if isinstance(shape, ListShape):
        return [
            _value(shape.member, item, f"{path}.{number}.member", broken)
            for number, item in enumerate(value, 1)
        ]
    if isinstance(shape, MapShape):
        for key, item in value.items():
            _value(shape.key, key, f"{path}.key", broken)
            _value(shape.value, item, f"{path}.{key}.member", broken)
        return value
    if kind == "timestamp":
        return value / 1000 if abs(value) >= _MILLISECONDS_FROM else float(value)
    return value


def _constrain(shape: Shape, value: Any, path: str, broken: list[str]) -> None:
    def refuse(constraint: str) -> None:
        # blobs and lists can be megabytes
        shown = f"'{value}' " if isinstance(value, (str, int, float)) else ""
        broken.append(
            f"Value {shown}at '{path}' failed to satisfy constraint: Member must {constraint}"
        )

    limits = shape.metadata
    if shape.type_name in {"integer", "long"}:
        if value < limits.get("min", value):
            refuse(f"have value greater than or equal to {limits['min']}")
        if value > limits.get("max", value):
            refuse(f"have value less than or equal to {limits['max']}")
    elif shape.type_name in {"string", "blob", "list", "map"}:
        if len(value) < limits.get("min", 0):
            refuse(f"have length greater than or equal to {limits['min']}")
        if len(value) > limits.get("max", len(value)):
            refuse(f"have length less than or equal to {limits['max']}")
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        refuse(f"satisfy regular expression pattern: {limits['pattern']}")
    if "enum" in limits and value not in limits["enum"]:
        refuse(f"satisfy enum value set: [{', '.join(limits['enum'])}]")


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]
