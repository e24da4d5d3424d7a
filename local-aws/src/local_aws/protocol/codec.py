"""The encodings of requests and answers: JSON, and the CBOR of the Java SDK and of Smithy.

Inside, a blob is ``bytes`` and a time in an answer is what `time` makes. On the wire
JSON has base64 and seconds with a fraction; the Java SDK's CBOR has byte strings and, unlike
RFC 8949, whole **milliseconds** under tag 1, Smithy's has seconds there. `query` has the encoding
of forms and XML.
"""

from binascii import b2a_base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cbor2
import orjson
from botocore.model import StructureShape

from local_aws.protocol import model
from local_aws.protocol.errors import ServiceError, serialization

Record = dict[str, Any]


@dataclass(frozen=True)
class Codec:
    """One encoding: its Content-Type, what its requests' Content-Type begins with, both ways."""

    content_type: str
    prefix: str
    loads: Callable[[bytes], Any]
    dumps: Callable[[Any], bytes]
    headers: Mapping[str, str] = field(default_factory=dict)
    """What each answer has beside its Content-Type."""

    def typed(self, _shape: StructureShape | None, given: Record) -> Record:
        """Turn what was read into the types of a shape; these encodings have types themselves."""
        return given

    def answer(self, service: str, operation: str, answer: Record) -> bytes:
        """Write the answer of an operation."""
        return self.dumps(answer) if answer or model.has_answer(service, operation) else b""

    def refusal(self, service: str, error: ServiceError) -> bytes:
        """Write an error."""
        message = {model.message_member(service, error.code): error.message}
        return self.dumps({"__type": error.code, **message, **error.members})


def time(milliseconds: int) -> cbor2.CBORTag:
    """Make the time of an answer, in milliseconds since 1970, as CBOR has it."""
    return cbor2.CBORTag(1, milliseconds)


def time_of(seconds: float) -> cbor2.CBORTag:
    """Make the time of an answer from seconds since 1970."""
    return time(round(seconds * 1000))


def choose(codecs: Sequence[Codec], content_type: str) -> Codec:
    """Return the encoding that a request's Content-Type names, the first where it names none."""
    return next((c for c in codecs if content_type.startswith(c.prefix)), codecs[0])


def arguments(body: bytes, codec: Codec) -> dict[str, Any]:
    """Read a request's body, which may be empty.

    Returns
    -------
    dict
        The arguments, not checked.

    Raises
    ------
    ServiceError
        SerializationException where the body cannot be read.
    """
    try:
        request = codec.loads(body) if body else {}
    except (orjson.JSONDecodeError, cbor2.CBORDecodeError) as error:
        raise serialization(f"Could not read the body: {error}") from None
    if not isinstance(request, dict):
        raise serialization("The body is not a structure")
    return request


def _json_value(value: Any) -> Any:
    if type(value) is bytes:
        return b2a_base64(value, newline=False).decode()
    if type(value) is cbor2.CBORTag:
        return value.value / 1000
    raise TypeError(f"{type(value)} has no place in an answer")


def _dumps_json(answer: Any) -> bytes:
    return orjson.dumps(answer, default=_json_value)


def _dumps_smithy(answer: Any) -> bytes:
    return cbor2.dumps(_in_seconds(answer))


def _in_seconds(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _in_seconds(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_in_seconds(member) for member in value]
    return cbor2.CBORTag(1, value.value / 1000) if type(value) is cbor2.CBORTag else value


def _plain(value: Any, _immutable: bool) -> Any:
    return value


def _loads_cbor(body: bytes) -> Any:
    # the time of tag 1 stays the number that it is: milliseconds are no time to cbor2
    return cbor2.loads(body, semantic_decoders={1: _plain})


JSON = Codec("application/x-amz-json-1.1", "application/x-amz-json", orjson.loads, _dumps_json)
REST_JSON = Codec("application/json", "application/json", orjson.loads, _dumps_json)
CBOR = Codec("application/x-amz-cbor-1.1", "application/x-amz-cbor", _loads_cbor, cbor2.dumps)
JSON_1_0 = Codec("application/x-amz-json-1.0", "application/x-amz-json", orjson.loads, _dumps_json)
SMITHY_CBOR = Codec(
    "application/cbor",
    "application/cbor",
    _loads_cbor,
    _dumps_smithy,
    {"smithy-protocol": "rpc-v2-cbor"},
)
