"""CopyObject: what a copy takes from its source, and what it has of its own.

ministack gives the copy the source's ETag and checksum also where those are of parts, its storage
class and its redirect, and copies an object onto itself where nothing would change.
"""

import hashlib
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element, SubElement, tostring

from local_aws.ministack.foreign import s3
from local_aws.s3 import content_type

Answer = tuple[int, dict[str, str], bytes]
Headers = dict[str, str]

_ALGORITHM = "x-amz-checksum-algorithm"
_STORAGE_CLASS = "x-amz-storage-class"
_REDIRECT = "x-amz-website-redirect-location"
_ENCRYPTION = "x-amz-server-side-encryption"
_UNCHANGED = (
    "This copy request is illegal because it is trying to copy an object to itself without "
    "changing the object's metadata, storage class, website redirect location or encryption "
    "attributes."
)


def install() -> None:
    """Replace ministack's copy of an object."""
    copy = s3._copy_object

    def copy_whole(bucket: str, key: str, headers: Headers) -> Answer:
        if _changes_nothing(bucket, key, headers):
            refused: Answer = s3._error("InvalidRequest", _UNCHANGED, 400, f"/{bucket}/{key}")
            return refused
        status, told, body = copy(bucket, key, {_STORAGE_CLASS: "STANDARD", **headers})
        if status != 200:
            return status, told, body
        record = s3._buckets[bucket]["objects"][key]
        _settle(bucket, key, record, headers)
        return status, told, _result(record)

    s3.replace("_copy_object", copy_whole)


def _changes_nothing(bucket: str, key: str, headers: Headers) -> bool:
    """Return whether a copy of the current object onto itself would change nothing.

    In a bucket with an encryption of its own it may, as on the service.
    """
    source = unquote(headers.get("x-amz-copy-source", "").lstrip("/"))
    if source != f"{bucket}/{key}" or bucket not in s3._buckets:
        return False
    changes = (
        _replaces(headers),
        key not in s3._buckets[bucket]["objects"],
        bucket in s3._bucket_encryption,
        any(name in (_STORAGE_CLASS, _REDIRECT) for name in headers),
        any(name.startswith(_ENCRYPTION) for name in headers),
    )
    return not any(changes)


def _replaces(headers: Headers) -> bool:
    return headers.get("x-amz-metadata-directive", "COPY").upper() == "REPLACE"


def _settle(bucket: str, key: str, record: dict[str, Any], headers: Headers) -> None:
    """Give a copy its own ETag, checksum, type and redirect, and keep it so."""
    if _replaces(headers):
        record["content_type"] = headers.get("content-type", content_type.UNKNOWN)
        record["content_encoding"] = headers.get("content-encoding")
    record["preserved_headers"].pop(_REDIRECT, None)
    if _REDIRECT in headers:
        record["preserved_headers"][_REDIRECT] = headers[_REDIRECT]
    held = record.get("checksums") or {}
    of_parts = "-" in record["etag"]
    algorithm = headers.get(_ALGORITHM, "").upper() or next(iter(held), None)
    if of_parts or (algorithm and algorithm not in held):
        body = bytes(s3._read_body(bucket, key, record))
        digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
        record["etag"] = f'"{digest}"'
        if algorithm:
            record["checksums"] = {algorithm: s3._compute_s3_checksum(algorithm, body)}
    known = ("etag", "checksums", "content_type", "content_encoding", "preserved_headers")
    for version in s3._object_versions.get((bucket, key), []):
        if version["version_id"] == (record.get("version_id") or "null"):
            version.update({name: record[name] for name in known}, parts=None)
    s3._persist_object(bucket, key, record)


def _result(record: dict[str, Any]) -> bytes:
    root = Element("CopyObjectResult", xmlns=s3.S3_NS)
    SubElement(root, "LastModified").text = record["last_modified"]
    SubElement(root, "ETag").text = record["etag"]
    for algorithm, value in record["checksums"].items():
        SubElement(root, f"Checksum{algorithm}").text = value
        SubElement(root, "ChecksumType").text = "FULL_OBJECT"
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document
