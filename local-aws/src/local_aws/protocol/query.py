"""AWS Query: a form in, XML out, as SDKs of before spoke to CloudWatch and IAM.

A list in a form is ``Name.member.1``, a map ``Name.entry.1.key``; every value is text, so a request
is read along the shape of its operation. A time is in ISO 8601.
"""

import datetime
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import cbor2
from botocore.model import ListShape, MapShape, Shape, StructureShape

from local_aws.protocol import model
from local_aws.protocol.codec import Codec, Record
from local_aws.protocol.errors import ServiceError, serialization
from local_aws.protocol.validate import blob

ACTION = "Action"


class Query(Codec):
    """The encoding of AWS Query; its requests name their operation in ``Action``."""

    def typed(self, shape: StructureShape | None, given: Record) -> Record:
        """Read the text of a form as the types of a shape.

        Raises
        ------
        ServiceError
            SerializationException for a text that is none of its type.
        """
        return {} if shape is None else _structure(shape, given, "")

    def answer(self, service: str, operation: str, answer: Record) -> bytes:
        """Write the XML of an answer."""
        shape = model.output_shape(service, operation)
        if shape is None:
            return _document(service, f"{operation}Response", "")
        result = f"<{operation}Result>{_xml(answer, shape)}</{operation}Result>"
        return _document(service, f"{operation}Response", result)

    def refusal(self, service: str, error: ServiceError) -> bytes:
        """Write the XML of an error."""
        whose = "Sender" if error.status < 500 else "Receiver"
        told = {
            "Type": whose,
            "Code": model.query_code(service, error.code),
            "Message": error.message,
        }
        inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in told.items())
        shape = model.error_shape(service, error.code)
        more = _xml(error.members, shape) if shape is not None else ""
        return _document(service, "ErrorResponse", f"<Error>{inside}{more}</Error>")


def _document(service: str, root: str, inside: str) -> bytes:
    namespace = model.service_model(service).metadata.get("xmlNamespace", "")
    return f'<{root} xmlns="{namespace}">{inside}</{root}>'.encode()


def _xml(value: Any, shape: Shape) -> str:
    if isinstance(shape, StructureShape):
        members = shape.members
        return "".join(
            f"<{name}>{_xml(each, members[name])}</{name}>" for name, each in value.items()
        )
    if isinstance(shape, ListShape):
        return "".join(f"<member>{_xml(each, shape.member)}</member>" for each in value)
    if isinstance(shape, MapShape):
        return "".join(
            f"<entry><key>{escape(key)}</key><value>{_xml(each, shape.value)}</value></entry>"
            for key, each in value.items()
        )
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, cbor2.CBORTag):
        moment = datetime.datetime.fromtimestamp(value.value / 1000, datetime.UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return escape(str(value))


def _tree(body: bytes) -> Record:
    tree: Record = {}
    for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True):
        *path, last = name.split(".")
        at = tree
        for part in path:
            inner = at.setdefault(part, {})
            if not isinstance(inner, dict):
                raise serialization(f"{name} is both a value and a structure")
            at = inner
        if isinstance(at.get(last), dict):
            raise serialization(f"{name} is both a value and a structure")
        at[last] = value
    return tree


def _structure(shape: StructureShape, given: Any, path: str) -> Record:
    if not isinstance(given, dict):
        raise serialization(f"{path}: a text is no structure")
    return {
        name: _typed(member, given[name], f"{path}.{name}" if path else name)
        for name, member in shape.members.items()
        if name in given
    }


def _typed(shape: Shape, value: Any, path: str) -> Any:
    if isinstance(shape, StructureShape):
        return _structure(shape, value, path)
    if isinstance(shape, ListShape):
        return [_typed(shape.member, each, path) for each in _numbered(value, "member", path)]
    if isinstance(shape, MapShape):
        pairs = _numbered(value, "entry", path)
        return {pair.get("key", ""): _typed(shape.value, pair.get("value"), path) for pair in pairs}
    if not isinstance(value, str):
        raise serialization(f"{path}: a structure is no {shape.type_name}")
    return _scalar(shape.type_name, value, path)


def _numbered(value: Any, member: str, path: str) -> Iterator[Any]:
    if value == "":  # how an empty list is sent
        return
    held = value.get(member, value) if isinstance(value, dict) else None
    if not isinstance(held, dict) or not all(number.isdigit() for number in held):
        raise serialization(f"{path}: expected {path}.{member}.1")
    for number in sorted(held, key=int):
        yield held[number]


def _scalar(kind: str, text: str, path: str) -> Any:
    try:
        match kind:
            case "integer" | "long":
                return int(text)
            case "float" | "double":
                return float(text)
            case "boolean":
                return {"true": True, "false": False}[text.lower()]
            case "timestamp":
                return _time(text)
            case "blob":
                return blob(text)
            case _:
                return text
    except (ValueError, KeyError):
        raise serialization(f"{path}: {text} is no {kind}") from None


def _time(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        moment = datetime.datetime.fromisoformat(text)
        zone = moment.tzinfo or datetime.UTC
        return moment.replace(tzinfo=zone).timestamp()


def _never(answer: Any) -> bytes:
    raise TypeError(f"AWS Query has no form for {type(answer)} outside of an operation")


QUERY = Query("text/xml", "application/x-www-form-urlencoded", _tree, _never)
