"""AWS's event stream: messages that follow each other in the body of one answer."""

import struct
import zlib
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from local_aws.protocol.codec import Codec

CONTENT_TYPE = "application/vnd.amazon.eventstream"


class Event(NamedTuple):
    """One message: ``"event"`` or ``"exception"``, the name of its shape, and its members."""

    kind: str
    name: str
    payload: dict[str, Any]


async def written(events: AsyncIterator[Event], codec: Codec) -> AsyncIterator[bytes]:
    """Write events as they come; their payloads have the encoding of the request."""
    async for event in events:
        yield message(event, codec)


def message(event: Event, codec: Codec) -> bytes:
    """Write one message: lengths, checksum, headers, payload, checksum."""
    headers = b"".join(
        struct.pack("!B", len(field))
        + field.encode()
        + struct.pack("!BH", 7, len(text))
        + text.encode()
        for field, text in (
            (":message-type", event.kind),
            (f":{event.kind}-type", event.name),
            (":content-type", codec.content_type),
        )
    )
    body = codec.dumps(event.payload)
    prelude = struct.pack("!II", 16 + len(headers) + len(body), len(headers))
    whole = prelude + struct.pack("!I", zlib.crc32(prelude)) + headers + body
    return whole + struct.pack("!I", zlib.crc32(whole))
