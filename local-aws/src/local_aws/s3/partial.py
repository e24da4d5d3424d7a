"""Ranges and parts of objects and of their versions, for GetObject and HeadObject alike.

ministack reads ranges of current objects only, and of HeadObject none: a range of a version would
come back as the whole version.
"""

import re
from dataclasses import dataclass
from typing import Any

from local_aws.ministack.foreign import s3

Answer = tuple[int, dict[str, str], Any]
Params = dict[str, list[str]]

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_MOST_PARTS = 10_000


@dataclass(frozen=True)
class _Slice:
    """Bytes `start` to `end`, the end left out."""

    start: int
    end: int
    parts: int | None = None


def install() -> None:
    """Replace ministack's ways to an object and to its headers."""
    get, head, unsigned = (
        s3._get_object,
        s3._head_object,
        s3._reject_response_overrides_if_unsigned,
    )

    def get_part(
        bucket: str, key: str, headers: dict[str, str], params: Params | None = None
    ) -> Answer:
        return _part_of(get, bucket, key, headers, params or {})

    def head_part(
        bucket: str,
        key: str,
        headers: dict[str, str] | None = None,
        params: Params | None = None,
    ) -> Answer:
        return _part_of(head, bucket, key, headers or {}, params or {})

    def reject_unsigned(
        headers: dict[str, str], params: Params, bucket: str, key: str
    ) -> Answer | None:
        if s3._qp(params, "AWSAccessKeyId") and s3._qp(params, "Signature"):
            return None  # a URL that was presigned by Signature Version 2
        refused: Answer | None = unsigned(headers, params, bucket, key)
        return refused

    s3.replace("_get_object", get_part)
    s3.replace("_head_object", head_part)
    s3.replace("_reject_response_overrides_if_unsigned", reject_unsigned)


def _part_of(read: Any, bucket: str, key: str, headers: dict[str, str], params: Params) -> Answer:
    asked, number = headers.get("range", ""), s3._qp(params, "partNumber")
    if refused := _refused_arguments(asked, number):
        return refused
    whole = {name: value for name, value in headers.items() if name != "range"}
    rest = {name: value for name, value in params.items() if name != "partNumber"}
    status, told, body = read(bucket, key, whole, rest)
    if status != 200:
        return status, told, body
    size = int(told["Content-Length"])
    parts = _parts(bucket, key, rest) if number else []
    found = _numbered(parts, int(number), size) if number else _ranged(asked, size)
    if isinstance(found, tuple):
        return found
    if found is None:
        s3._apply_response_overrides(told, rest)
        return status, told, body
    # a checksum of the whole would be compared with the part
    told = {n: value for n, value in told.items() if not n.startswith("x-amz-checksum-")}
    told["Content-Length"] = str(found.end - found.start)
    if size:
        told["Content-Range"] = f"bytes {found.start}-{found.end - 1}/{size}"
    if found.parts:
        told["x-amz-mp-parts-count"] = str(found.parts)
    s3._apply_response_overrides(told, rest)
    return 206, told, body[found.start : found.end]


def _refused_arguments(asked: str, number: str) -> Answer | None:
    if number and not (number.isdecimal() and 1 <= int(number) <= _MOST_PARTS):
        text = f"Part number must be an integer between 1 and {_MOST_PARTS}, inclusive"
        refused: Answer = s3._error("InvalidArgument", text, 400)
        return refused
    if number and asked:
        text = "Cannot specify both Range header and partNumber query parameter"
        refused = s3._error("InvalidRequest", text, 400)
        return refused
    return None


def _parts(bucket: str, key: str, params: Params) -> list[dict[str, int]]:
    """Return the parts that an object or version was uploaded in, none where it came whole."""
    version = s3._qp(params, "versionId")
    records = s3._object_versions.get((bucket, key), []) if version else []
    named = (each for each in records if each["version_id"] == version)
    record = next(named, None) or s3._buckets[bucket]["objects"].get(key) or {}
    return record.get("parts") or []


def _numbered(parts: list[dict[str, int]], number: int, size: int) -> _Slice | Answer:
    start = 0
    for part in parts:
        if part["PartNumber"] == number:
            return _Slice(start, start + part["Size"], len(parts))
        start += part["Size"]
    if not parts and number == 1:
        return _Slice(0, size)
    refused: Answer = s3._error(
        "InvalidPartNumber",
        "The requested partnumber is not satisfiable",
        416,
        extra={"PartNumberRequested": str(number), "ActualPartCount": str(len(parts) or 1)},
    )
    return refused


def _ranged(asked: str, size: int) -> _Slice | Answer | None:
    """Return what a Range header asks for; one that is none, or of several ranges, is ignored."""
    match = _RANGE.fullmatch(asked.strip())
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(int(last) + 1 if last else size, size)
        if last and int(last) < start:
            return None
    if start < size:
        return _Slice(start, end)
    refused: Answer = s3._error(
        "InvalidRange",
        "The requested range is not satisfiable",
        416,
        extra={"RangeRequested": asked, "ActualObjectSize": str(size)},
        headers={"Content-Range": f"bytes */{size}"},
    )
    return refused
