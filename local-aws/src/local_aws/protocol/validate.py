"""Requests checked against AWS's own description of a service (`model`)."""

import binascii
import datetime
import decimal
import math
from collections.abc import Callable, Collection
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from local_aws.protocol import patterns
from local_aws.protocol.errors import ServiceError, serialization, validation

_MILLISECONDS_FROM = 1e11
"""A number of this size cannot be seconds (year 5138), so it is the Java SDK's milliseconds."""

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "boolean": bool,
    "timestamp": (int, float, decimal.Decimal, datetime.datetime),
    "structure": dict,
    "list": list,
    "map": dict,
}
_SIZED = {"string", "blob", "list", "map"}
_FRACTIONS = {"float", "double"}
_NUMBERS = {"integer", "long"} | _FRACTIONS
_EXACT = 2**1023
_NO_NUMBERS = ("NaN", "Infinity", "-Infinity")
"""How JSON has, as text, what it has no numbers for."""


def checked(
    shape: StructureShape | None,
    request: dict[str, Any],
    invalid: Callable[[str], ServiceError] = validation,
    also_required: Collection[tuple[str, str]] = (),
) -> dict[str, Any]:
    """Check the arguments of an operation and turn them into Python's values.

    Parameters
    ----------
    shape : StructureShape or None
        The operation's input.
    request : dict
        The arguments as they were read from JSON or CBOR.
    invalid : callable
        Makes the service's error for arguments that break a constraint.
    also_required : collection
        Shape and member of what the model leaves free and the service here needs.

    Returns
    -------
    dict
        The known arguments: blobs as bytes, times as seconds since 1970.

    Raises
    ------
    ServiceError
        SerializationException for a wrong type, what `invalid` makes for
        everything that breaks a length, range, pattern or enumeration.
    """
    if shape is None:
        return {}
    broken = _Broken(also_required)
    values = _structure(shape, request, "", broken)
    if broken.said:
        plural = "s" if len(broken.said) > 1 else ""
        text = "; ".join(broken.said)
        raise invalid(f"{len(broken.said)} validation error{plural} detected: {text}")
    return values


def blob(value: Any) -> bytes:
    """Read a blob: base64 text in JSON, bytes in CBOR.

    Raises
    ------
    ServiceError
        SerializationException where the text is not base64.
    """
    if isinstance(value, bytes):
        return value
    try:
        return binascii.a2b_base64(value, strict_mode=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise serialization(f"A value can not be converted to a Blob: {error}") from None


class _Broken:
    """The constraints that one request breaks, in the service's words."""

    def __init__(self, also_required: Collection[tuple[str, str]]) -> None:
        self.also_required = also_required
        self.said: list[str] = []

    def add(self, value: Any, path: str, constraint: str) -> None:
        # blobs and lists can be megabytes
        shown = f"'{value}' " if isinstance(value, (str, int, float)) else ""
        shown = "null " if value is None else shown
        self.said.append(
            f"Value {shown}at '{path}' failed to satisfy constraint: Member must {constraint}"
        )


def _structure(
    shape: StructureShape, value: dict[str, Any], path: str, broken: _Broken
) -> dict[str, Any]:
    if shape.is_document_type:
        return value
    values = {}
    for name, member in shape.members.items():
        at = f"{path}.{_lower(name)}" if path else _lower(name)
        if value.get(name) is not None:
            values[name] = _value(member, value[name], at, broken)
        elif name in shape.required_members or (shape.name, name) in broken.also_required:
            broken.add(None, at, "not be null")
    return values


def _value(shape: Shape, value: Any, path: str, broken: _Broken) -> Any:
    kind = shape.type_name
    if kind in _FRACTIONS:
        value = _fraction(value)
    if kind == "blob":
        value = blob(value)
    elif not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        raise serialization(f"{path}: a {type(value).__name__} is no {kind}")
    if kind == "timestamp":
        return _seconds(value, path)
    _constrain(shape, value, path, broken)
    if isinstance(shape, StructureShape):
        return _structure(shape, value, path, broken)
    if isinstance(shape, ListShape):
        return [
            _value(shape.member, item, f"{path}.{number}.member", broken)
            for number, item in enumerate(value, 1)
        ]
    if isinstance(shape, MapShape):
        return {
            _value(shape.key, key, f"{path}.key", broken): _value(
                shape.value, item, f"{path}.{key}.member", broken
            )
            for key, item in value.items()
            if item is not None
        }
    return value


def _fraction(value: Any) -> Any:
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _EXACT
    return float(value) if whole or value in _NO_NUMBERS else value


def _seconds(value: float | decimal.Decimal | datetime.datetime, path: str) -> float:
    if isinstance(value, datetime.datetime):  # the text of CBOR's tag 0, which has its zone
        return value.timestamp()
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise serialization(f"{path}: {value} is no timestamp")
    return number / 1000 if abs(number) >= _MILLISECONDS_FROM else number


def _constrain(shape: Shape, value: Any, path: str, broken: _Broken) -> None:
    limits, kind = shape.metadata, shape.type_name
    if kind in _NUMBERS or kind in _SIZED:
        size, what = (value, "value") if kind in _NUMBERS else (len(value), "length")
        if size < limits.get("min", size):
            broken.add(value, path, f"have {what} greater than or equal to {limits['min']}")
        if size > limits.get("max", size):
            broken.add(value, path, f"have {what} less than or equal to {limits['max']}")
    if "pattern" in limits and not patterns.compiled(limits["pattern"]).fullmatch(value):
        broken.add(value, path, f"satisfy regular expression pattern: {limits['pattern']}")
    if "enum" in limits and value not in limits["enum"]:
        broken.add(value, path, f"satisfy enum value set: [{', '.join(limits['enum'])}]")


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
