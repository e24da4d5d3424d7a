"""S3 for our own services: ministack's objects, read and written as files in this process.

An object written here is an ordinary object to every client. All functions act for the account
that ministack's context variables name: run them inside `local_aws.tenant.request_scope`,
in any thread. Bodies stay on disk, so an object of any size costs no memory. Where a service acts
for a caller (`local_aws.iam.decisions.acting_for`), each function needs that caller's leave.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

from local_aws.iam import decisions
from local_aws.ministack.foreign import responses, s3
from local_aws.s3 import encryption

READ_BYTES = 1024 * 1024
_URI = re.compile(r"s3[an]?://([^/]+)(?:/(.*))?", re.DOTALL)


class NoSuchBucketError(Exception):
    """The bucket does not exist in this account; the message is its name."""


class NoSuchObjectError(Exception):
    """The object does not exist; the message is its URI."""


@dataclass(frozen=True)
class StoredObject:
    """One object of a listing: key, size in bytes, ETag without quotes, and the file it is in.

    `modified` is the time of its last change in UTC, such as ``2026-11-22T13:02:03.713Z``.
    """

    bucket: str
    key: str
    size: int
    etag: str
    modified: str

    @cached_property
    def path(self) -> Path:
        """The file that holds the body; looked up once, since that costs a dozen system calls."""
        return path(self.bucket, self.key)

    @property
    def uri(self) -> str:
        """The object's address, ``s3://BUCKET/KEY``."""
        return f"s3://{self.bucket}/{self.key}"


def split_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key (or prefix) of an S3 URI.

    Raises
    ------
    ValueError
        When it is none.

    Examples
    --------
    >>> split_uri("s3://shop/lake/day=1/")
    ('shop', 'lake/day=1/')
    """
    match = _URI.fullmatch(uri)
    if match is None:
        raise ValueError(f"{uri} is not an S3 location")
    return match[1], match[2] or ""


def bucket_exists(bucket: str) -> bool:
    """Return whether this account has the bucket."""
    return bucket in s3._buckets


def exists(uri: str) -> bool:
    """Return whether there is an object at an S3 URI."""
    bucket, key = split_uri(uri)
    return bucket_exists(bucket) and key in _objects(bucket)


def find(bucket: str, key: str) -> StoredObject:
    """Return an existing object.

    Raises
    ------
    NoSuchBucketError, NoSuchObjectError
        When there is none.
    """
    return _stored(bucket, key, _readable(bucket, key))


def path(bucket: str, key: str) -> Path:
    """Return the file of an existing object.

    Raises
    ------
    NoSuchBucketError, NoSuchObjectError
        When there is none.
    """
    _readable(bucket, key)
    # ministack looks at every folder above the file, a hundred times slower: a query opens many
    plain = f"{s3.DATA_DIR}/{responses.get_account_id()}/{bucket}/{key}"
    if s3._plain_path_key(key) and os.path.isfile(plain):  # noqa: PTH113 - pathlib is slower
        return Path(plain)
    return Path(s3._object_disk_path(bucket, key))


def with_addresses(text: str) -> str:
    """Return a message with the addresses of objects in place of the files that they are in."""
    return re.sub(rf"{re.escape(str(s3.DATA_DIR))}/[^/]+/", "s3://", text)


def list_objects(bucket: str, prefix: str = "") -> list[StoredObject]:
    """Return the objects under a prefix in the order of their keys.

    Raises
    ------
    NoSuchBucketError
        When the bucket does not exist.
    """
    decisions.as_caller("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": prefix})
    found = [
        (key, record) for key, record in list(_objects(bucket).items()) if key.startswith(prefix)
    ]
    found.sort(key=lambda pair: pair[0].encode())
    return [_stored(bucket, key, record) for key, record in found]


def put_file(bucket: str, key: str, source: Path, content_type: str) -> None:
    """Make a file an object: it is moved, not read into memory.

    Parameters
    ----------
    bucket, key : str
        The object; one that exists is replaced at once.
    source : Path
        A finished file; gone afterwards.
    content_type : str
        The MIME type that clients are told.

    Raises
    ------
    NoSuchBucketError
        When the bucket does not exist; the file is left where it is.
    """
    decisions.as_caller("s3:PutObject", f"arn:aws:s3:::{bucket}/{key}")
    _objects(bucket)
    digest = hashlib.md5(usedforsecurity=False)
    for chunk in _chunks(source):
        digest.update(chunk)
    record = s3._build_object_record(b"", {"content-type": content_type}, f'"{digest.hexdigest()}"')
    record["preserved_headers"].update(encryption.default_headers(bucket))
    adopt(bucket, key, source, record, "s3:ObjectCreated:Put")


def adopt(bucket: str, key: str, source: Path, record: dict[str, Any], event: str) -> str | None:
    """Move a file to where ministack keeps an object's body, and make it that object.

    Parameters
    ----------
    bucket, key : str
        The object; one that exists is replaced at once.
    source : Path
        A finished file; gone afterwards.
    record : dict
        ministack's record of the object; its size is set here.
    event : str
        The notification to send, such as ``s3:ObjectCreated:Put``.

    Returns
    -------
    str or None
        The version's id, in a bucket with versions.
    """
    record.update(size=source.stat().st_size, body=None)
    if bucket in s3._bucket_replication:
        s3._maybe_replicate(bucket, key, record, source.read_bytes())
    # a version that this write displaces is copied away before its file is replaced
    prior = _objects(bucket).get(key)
    version: str | None = s3._record_object_version(bucket, key, prior, record, None)
    target = Path(s3._object_disk_path(bucket, key))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    incoming = target.with_name(f".{uuid4().hex}.tmp")
    shutil.move(source, incoming)
    incoming.chmod(0o600)
    os.utime(incoming)  # newer than the metadata that it goes under, see s3.recovery
    incoming.replace(target)
    _objects(bucket)[key] = record
    s3._persist_object(bucket, key, record)
    s3._fire_s3_event_async(
        bucket, key, event, size=record["size"], etag=record["etag"], version_id=version
    )
    return version


def delete(bucket: str, key: str) -> None:
    """Delete an object; it is no error when there is none."""
    decisions.as_caller("s3:DeleteObject", f"arn:aws:s3:::{bucket}/{key}")
    _objects(bucket)
    s3._delete_object(bucket, key)


def _readable(bucket: str, key: str) -> dict[str, Any]:
    """Return ministack's record of an object that the caller may read."""
    decisions.as_caller("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}")
    record = _objects(bucket).get(key)
    if record is None:
        raise NoSuchObjectError(f"s3://{bucket}/{key}")
    return record


def _stored(bucket: str, key: str, record: dict[str, Any]) -> StoredObject:
    return StoredObject(
        bucket, key, record["size"], record["etag"].strip('"'), record["last_modified"]
    )


def _objects(bucket: str) -> dict[str, dict[str, Any]]:
    found = s3._buckets.get(bucket)
    if found is None:
        raise NoSuchBucketError(bucket)
    objects: dict[str, dict[str, Any]] = found["objects"]
    return objects


def _chunks(source: Path) -> Iterator[bytes]:
    with source.open("rb") as file:
        while chunk := file.read(READ_BYTES):
            yield chunk
