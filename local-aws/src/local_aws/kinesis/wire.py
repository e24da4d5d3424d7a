"""The two encodings of Kinesis' requests and answers: JSON 1.1, and the CBOR of the Java SDK.

Inside, a blob is ``bytes`` and a time in an answer is what `time` makes. On the wire
JSON has base64 and seconds with a fraction; CBOR has byte strings and, unlike
RFC 8949, whole **milliseconds** under tag 1.
"""

from binascii import b2a_base64
from typing import Any

import cbor2
import orjson

from local_aws.kinesis.errors import KinesisError

JSON = "application/x-amz-json-1.1"
CBOR = "application/x-amz-cbor-1.1"


def time(milliseconds: int) -> cbor2.CBORTag:
    """Make the time of an answer, in milliseconds since 1970, as CBOR has it."""
    return cbor2.CBORTag(1, milliseconds)


def time_of(seconds: float) -> cbor2.CBORTag:
    """Make the time of an answer from seconds since 1970."""
    return time(round(seconds * 1000))


def loads(body: bytes, content_type: str) -> dict[str, Any]:
    """Read a request's body.

    Parameters
    ----------
    body : bytes
        JSON or CBOR; empty means no arguments.
    content_type : str
        The request's Content-Type.

    Returns
    -------
    dict
        The arguments, not checked.

    Raises
    ------
    KinesisError
        SerializationException where the body cannot be read.
    """
    try:
        if is_cbor(content_type):
            request = cbor2.loads(body, semantic_decoders={1: _plain}) if body else {}
        else:
            request = orjson.loads(body) if body else {}
    except (orjson.JSONDecodeError, cbor2.CBORDecodeError) as error:
        raise KinesisError("SerializationException", f"Could not read the body: {error}") from None
    if not isinstance(request, dict):
        raise KinesisError("SerializationException", "The body is not a structure")
    return request


def dumps(answer: dict[str, Any], content_type: str) -> bytes:
    """Write an answer in the encoding of the request."""
    if not is_cbor(content_type):
        return orjson.dumps(answer, default=_json_value)
    if answer.keys() == {"FailedRecordCount", "Records"} and not answer["FailedRecordCount"]:
        return _all_placed(answer["Records"])
    return cbor2.dumps(answer)


def answer_type(content_type: str) -> str:
    """Say which Content-Type answers a request's one."""
    return CBOR if is_cbor(content_type) else JSON


def is_cbor(content_type: str) -> bool:
    """Say whether a Content-Type names the CBOR encoding."""
    return content_type.startswith("application/x-amz-cbor")


def _all_placed(results: list[dict[str, str]]) -> bytes:
    """Write the usual answer of PutRecords in CBOR, at a quarter of cbor2's cost.

    A sequence number always has 56 digits and a shard's name 20 characters, so their heads
    (RFC 8949, section 3) are part of the text.
    """
    texts = [f"\xa2nSequenceNumberx8{r['SequenceNumber']}gShardIdt{r['ShardId']}" for r in results]
    head = b"\xa2qFailedRecordCount\x00gRecords\x99" + len(results).to_bytes(2, "big")
    return head + "".join(texts).encode("latin-1")


def _plain(value: Any, _immutable: bool) -> Any:
    return value


def _json_value(value: Any) -> Any:
    if type(value) is bytes:
        return b2a_base64(value, newline=False).decode()
    if type(value) is cbor2.CBORTag:
        return value.value / 1000
    raise TypeError(f"{type(value)} has no place in an answer")
