"""Multipart uploads: parts go to a file as they come, and the finished file becomes the object.

Parts of equal size, as every client sends them, are written to their places in one file, so that
completing the upload moves that file. Other parts get files of their own and are joined.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from local_aws import objects
from local_aws.ministack.foreign import s3
from local_aws.s3 import checksums

Answer = tuple[int, dict[str, str], bytes]
COPY_BYTES = 1024 * 1024
_LEAST_PART_BYTES = 5 * 1024 * 1024  # user guide, "Amazon S3 multipart upload limits"


@dataclass(frozen=True)
class _Place:
    """Where the body of a part is."""

    file: Path
    offset: int
    size: int


class _Spill:
    """The files of one upload."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.part_bytes: int | None = None

    def keep(self, number: int, body: bytes) -> _Place:
        """Write a part's body."""
        if self.part_bytes is None:
            self.part_bytes = len(body)
        if len(body) <= self.part_bytes:
            place = _Place(self.file, (number - 1) * self.part_bytes, len(body))
        else:
            place = _Place(self.file.with_name(f"{self.file.name}.{number}"), 0, len(body))
        place.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(place.file, "r+b" if place.file.exists() else "wb") as file:  # noqa: PTH123
            file.seek(place.offset)
            file.write(body)
        return place

    def join(self, places: list[_Place]) -> Path:
        """Return one file that holds the parts in order."""
        end = 0
        for place in places:
            if (place.file, place.offset) != (self.file, end):
                return self._copy(places)
            end += place.size
        os.truncate(self.file, end)
        return self.file

    def _copy(self, places: list[_Place]) -> Path:
        joined = self.file.with_name(f"{self.file.name}.joined")
        with joined.open("wb") as target:
            for place in places:
                with place.file.open("rb") as source:
                    source.seek(place.offset)
                    left = place.size
                    while left:
                        left -= target.write(source.read(min(left, COPY_BYTES)))
        return joined

    def forget(self) -> None:
        """Remove the files."""
        for file in self.file.parent.glob(f"{self.file.name}*"):
            file.unlink()


def install(folder: Path) -> None:
    """Replace ministack's way with parts.

    Parameters
    ----------
    folder : Path
        Where unfinished uploads are kept.
    """
    upload_part, copy_part, abort = (
        s3._upload_part,
        s3._upload_part_copy,
        s3._abort_multipart_upload,
    )

    def spill(answer: Answer, params: dict[str, list[str]]) -> Answer:
        upload_id, number = s3._qp(params, "uploadId"), int(s3._qp(params, "partNumber") or "1")
        upload = s3._multipart_uploads.get(upload_id)
        if answer[0] == 200 and upload is not None:
            part = upload["parts"][number]
            _check_part(upload, part)
            kept = upload.setdefault("spill", _Spill(folder / upload_id))
            part["place"] = kept.keep(number, part.pop("body"))
        return answer

    def upload_to_file(
        bucket: str, key: str, body: bytes, params: dict[str, list[str]], headers: dict[str, str]
    ) -> Answer:
        upload = s3._multipart_uploads.get(s3._qp(params, "uploadId"))
        refused = checksums.refused_part(upload, headers)
        return refused or spill(upload_part(bucket, key, body, params, headers), params)

    def copy_to_file(
        bucket: str, key: str, params: dict[str, list[str]], headers: dict[str, str]
    ) -> Answer:
        return spill(copy_part(bucket, key, params, headers), params)

    def abort_with_file(bucket: str, key: str, params: dict[str, list[str]]) -> Answer:
        upload = s3._multipart_uploads.get(s3._qp(params, "uploadId"))
        answer: Answer = abort(bucket, key, params)
        if answer[0] == 204 and upload is not None and "spill" in upload:
            upload["spill"].forget()
        return answer

    s3.replace("_upload_part", upload_to_file)
    s3.replace("_upload_part_copy", copy_to_file)
    s3.replace("_abort_multipart_upload", abort_with_file)
    s3.replace("_complete_multipart_upload", complete)


def _check_part(upload: dict[str, Any], part: dict[str, Any]) -> None:
    """Give a part that was copied the checksum of its upload's algorithm."""
    algorithm, held = upload.get("checksum_algorithm"), part.get("checksums") or {}
    if algorithm and algorithm not in held:
        value = s3._compute_s3_checksum(algorithm, bytes(part["body"]))
        part["checksums"] = {**held, algorithm: value}


class _RefusedError(Exception):
    """A completion that S3 refuses, with the answer."""

    def __init__(self, code: str, message: str, status: int = 400, **more: str) -> None:
        super().__init__(message)
        self.answer: Answer = s3._error(code, message, status, extra=more)


def complete(
    bucket: str, key: str, body: bytes, params: dict[str, list[str]], headers: dict[str, str]
) -> Answer:
    """CompleteMultipartUpload, as ministack answers it, without a body in memory."""
    upload_id = s3._qp(params, "uploadId")
    done = s3._completed_multipart_uploads.get(upload_id)
    if done is not None and done["key"] == key:
        again: Answer = done["response"]
        return again
    upload = s3._multipart_uploads.get(upload_id)
    if upload is None or (upload["bucket"], upload["key"]) != (bucket, key):
        missing = "The specified multipart upload does not exist."
        return _RefusedError("NoSuchUpload", missing, 404).answer
    current = s3._buckets[bucket]["objects"].get(key)
    refused: Answer | None = s3._check_sse_c_part(headers, upload)
    refused = refused or s3._check_put_preconditions(headers, current)
    if refused:
        return refused
    try:
        numbers, parts = _parts(upload, body)
        record = _record(upload, numbers, parts, headers)
    except _RefusedError as error:
        return error.answer
    file = upload["spill"].join([part["place"] for part in parts])
    version = objects.adopt(bucket, key, file, record, "s3:ObjectCreated:CompleteMultipartUpload")
    upload["spill"].forget()
    del s3._multipart_uploads[upload_id]
    sent = {"Content-Type": "application/xml", **s3._stored_sse_headers(record)}
    if version:
        sent["x-amz-version-id"] = version
    answer = (200, sent, _result(bucket, key, record, headers))
    s3._completed_multipart_uploads[upload_id] = {"key": key, "response": answer}
    return answer


def _parts(upload: dict[str, Any], body: bytes) -> tuple[list[int], list[dict[str, Any]]]:
    """Return the numbers and the kept parts that a request names."""
    try:
        named = _named_parts(body)
    except (ParseError, ValueError, KeyError):
        named = []
    if not named:
        text = "The XML you provided was not well-formed or did not validate"
        raise _RefusedError("MalformedXML", f"{text} against our published schema.")
    numbers, parts = [number for number, _, _ in named], []
    for number, etag, sums in named:
        part = upload["parts"].get(number)
        if part is None or not _matches(part, etag, sums):
            text = "One or more of the specified parts could not be found."
            raise _RefusedError("InvalidPart", f"{text} Part number {number} is invalid.")
        parts.append(part)
    if numbers != sorted(set(numbers)):
        raise _RefusedError("InvalidPartOrder", "The list of parts was not in ascending order.")
    for number, part in zip(numbers[:-1], parts, strict=False):
        if part["size"] < _LEAST_PART_BYTES:
            raise _RefusedError(
                "EntityTooSmall",
                "Your proposed upload is smaller than the minimum allowed size",
                ETag=part["etag"].strip('"'),
                MinSizeAllowed=str(_LEAST_PART_BYTES),
                PartNumber=str(number),
                ProposedSize=str(part["size"]),
            )
    return numbers, parts


def _named_parts(body: bytes) -> list[tuple[int, str, dict[str, str]]]:
    """Return number, ETag and checksums of each part that the request names, in its order."""
    named = []
    for element in s3.fromstring(body).iter():
        if _local(element.tag) != "Part":
            continue
        members = {_local(child.tag): (child.text or "").strip() for child in element}
        sums = {
            name.removeprefix("Checksum").upper(): value
            for name, value in members.items()
            if name.startswith("Checksum") and value
        }
        etag = members.get("ETag", "").strip('"')
        named.append((int(members["PartNumber"]), etag, sums))
    return named


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _matches(part: dict[str, Any], etag: str, sums: dict[str, str]) -> bool:
    held = part.get("checksums") or {}
    same_etag = not etag or etag == part["etag"].strip('"')
    return same_etag and all(held.get(name) == value for name, value in sums.items())


def _record(
    upload: dict[str, Any],
    numbers: list[int],
    parts: list[dict[str, Any]],
    headers: dict[str, str],
) -> dict[str, Any]:
    """Return ministack's record of the finished object, after checking it against the request."""
    size = sum(part["size"] for part in parts)
    if headers.get("x-amz-mp-object-size", str(size)) != str(size):
        text = f"The provided 'x-amz-mp-object-size' header value does not match {size}"
        raise _RefusedError("InvalidRequest", text)
    algorithm = upload.get("checksum_algorithm")
    checksum = checksums.of_parts(upload, parts)
    asked = headers.get(f"x-amz-checksum-{algorithm.lower()}") if algorithm else None
    if asked and asked != checksum:
        raise _RefusedError("BadDigest", f"The {algorithm} you specified did not match.")
    digests = b"".join(bytes.fromhex(part["etag"].strip('"')) for part in parts)
    etag = hashlib.md5(digests, usedforsecurity=False).hexdigest()
    return {
        "content_type": upload["content_type"],
        "content_encoding": upload.get("content_encoding"),
        "etag": f'"{etag}-{len(parts)}"',
        "last_modified": s3.now_iso(),
        "metadata": upload["metadata"],
        "preserved_headers": upload.get("preserved_headers", {}),
        "storage_class": upload.get("storage_class") or "STANDARD",
        "parts": [
            {"PartNumber": number, "Size": part["size"]}
            for number, part in zip(numbers, parts, strict=True)
        ],
        "checksums": {algorithm: checksum} if checksum else {},
    }


def _result(bucket: str, key: str, record: dict[str, Any], headers: dict[str, str]) -> bytes:
    root = Element("CompleteMultipartUploadResult", xmlns=s3.S3_NS)
    SubElement(root, "Location").text = f"http://{headers.get('host', 'localhost')}/{bucket}/{key}"
    SubElement(root, "Bucket").text = bucket
    SubElement(root, "Key").text = key
    SubElement(root, "ETag").text = record["etag"]
    for algorithm, value in record["checksums"].items():
        SubElement(root, f"Checksum{algorithm}").text = value
        SubElement(root, "ChecksumType").text = checksums.type_of(record["checksums"])
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document
