"""Reading objects: large ones are mapped from their files, and sent in chunks."""

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local_aws.ministack.foreign import responses, s3
from local_aws.protocol.http import Receive, Send

Answer = tuple[int, dict[str, str], Any]
MAPPED_BYTES = 1024 * 1024
CHUNK_BYTES = 256 * 1024


def install() -> None:
    """Replace ministack's way to an object's body."""
    read_whole, get_object, get_data = s3._read_body, s3._get_object, s3._get_object_data

    def read_body(bucket: str, key: str, record: dict[str, Any]) -> bytes | mmap.mmap:
        if record.get("body") is None and record["size"] >= MAPPED_BYTES:
            with Path(s3._object_disk_path(bucket, key)).open("rb") as file:
                return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        body: bytes = read_whole(bucket, key, record)
        return body

    def get_in_chunks(*arguments: Any) -> Answer:
        status, headers, body = get_object(*arguments)
        return status, headers, _stream(body) if isinstance(body, mmap.mmap) else body

    def get_bytes(*arguments: Any, **options: Any) -> bytes | None:
        body = get_data(*arguments, **options)
        return None if body is None else bytes(body)

    s3.replace("_read_body", read_body)
    s3.replace("_get_object", get_in_chunks)
    s3.replace("_get_object_data", get_bytes)


def _stream(body: mmap.mmap) -> Any:
    async def run(send: Send, _: Receive) -> None:
        # the map stands for the file as it was, also when the object is replaced meanwhile
        for chunk in _chunks(body):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return responses.StreamingResponse(run)


def _chunks(body: mmap.mmap) -> Iterator[bytes]:
    for start in range(0, len(body), CHUNK_BYTES):
        yield body[start : start + CHUNK_BYTES]
