"""Versions, encryption and conditions of S3's objects, and what S3 refuses by name."""

import hashlib
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import urllib3
from botocore.exceptions import ClientError

from local_aws.s3.refusals import CARRIED_OUT, refused_operations
from local_aws.testing import environment

MIB = 1 << 20


@pytest.fixture
def s3(aws_env: str) -> Any:
    return boto3.client("s3")


@pytest.fixture
def bucket(s3: Any) -> str:
    name = f"test-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name)
    return name


def refused(call: Callable[..., Any], **arguments: Any) -> tuple[int, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    said = caught.value.response
    return said["ResponseMetadata"]["HTTPStatusCode"], said["Error"]["Code"]


def upload(s3: Any, bucket: str, key: str, body: bytes, **asked: Any) -> dict[str, Any]:
    """Put an object in parts; `asked` with "If…" goes with the completion."""
    last = {name: asked.pop(name) for name in list(asked) if name.startswith("If")}
    place = {"Bucket": bucket, "Key": key}
    place["UploadId"] = s3.create_multipart_upload(**place, **asked)["UploadId"]
    part = s3.upload_part(**place, PartNumber=1, Body=body)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    return dict(s3.complete_multipart_upload(**place, MultipartUpload=parts, **last))


def body(s3: Any, bucket: str, key: str, **more: Any) -> bytes:
    return bytes(s3.get_object(Bucket=bucket, Key=key, **more)["Body"].read())


def versions(s3: Any, bucket: str) -> list[tuple[str, bool, bytes | None]]:
    """Key, whether it is the latest, and the body (None: a delete marker), newest first."""
    listed = s3.list_object_versions(Bucket=bucket)
    found = [(v, body(s3, bucket, v["Key"], VersionId=v["VersionId"])) for v in listed["Versions"]]
    found += [(marker, None) for marker in listed.get("DeleteMarkers", [])]
    found.sort(key=lambda each: (each[0]["IsLatest"], each[0]["LastModified"]), reverse=True)
    return [(v["Key"], v["IsLatest"], held and held[:1]) for v, held in found]


ENCRYPTIONS = [
    ({}, {"ServerSideEncryption": "AES256"}),
    ({"ServerSideEncryption": "AES256"}, {"ServerSideEncryption": "AES256"}),
    (
        {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "the-key", "BucketKeyEnabled": True},
        {
            "ServerSideEncryption": "aws:kms",
            "SSEKMSKeyId": "arn:aws:kms:us-east-1:000000000000:key/the-key",
            "BucketKeyEnabled": True,
        },
    ),
    (
        {"ServerSideEncryption": "aws:kms:dsse", "SSEKMSKeyId": "arn:aws:kms:r:1:key/k"},
        {"ServerSideEncryption": "aws:kms:dsse", "SSEKMSKeyId": "arn:aws:kms:r:1:key/k"},
    ),
]


@pytest.mark.parametrize(("asked", "told"), ENCRYPTIONS)
@pytest.mark.parametrize("by_default", [False, True])
def test_encryption_is_told_by_every_call(
    s3: Any, bucket: str, asked: dict[str, Any], told: dict[str, Any], by_default: bool
) -> None:
    s3.put_object(Bucket=bucket, Key="source", Body=b"x")
    if by_default and asked:
        default = {"SSEAlgorithm": asked["ServerSideEncryption"]}
        if "SSEKMSKeyId" in asked:
            default["KMSMasterKeyID"] = asked["SSEKMSKeyId"]
        rule = {
            "ApplyServerSideEncryptionByDefault": default,
            "BucketKeyEnabled": asked.get("BucketKeyEnabled", False),
        }
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
        asked = {}
    source = {"Bucket": bucket, "Key": "source"}
    answers = [
        s3.put_object(Bucket=bucket, Key="put", Body=b"x", **asked),
        s3.head_object(Bucket=bucket, Key="put"),
        s3.get_object(Bucket=bucket, Key="put"),
        s3.copy_object(Bucket=bucket, Key="copy", CopySource=source, **asked),
        s3.head_object(Bucket=bucket, Key="copy"),
        upload(s3, bucket, "parts", b"x", **asked),
        s3.head_object(Bucket=bucket, Key="parts"),
    ]
    members = ("ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled")
    for answer in answers:
        assert {name: answer[name] for name in members if name in answer} == told


def test_kms_without_a_key_is_the_accounts_own_key(s3: Any, bucket: str) -> None:
    kms = {"ServerSideEncryption": "aws:kms"}
    keys = {s3.put_object(Bucket=bucket, Key=key, Body=b"x", **kms)["SSEKMSKeyId"] for key in "ab"}
    assert len(keys) == 1
    assert keys.pop().startswith("arn:aws:kms:us-east-1:000000000000:key/")


@pytest.mark.parametrize("write", ["put", "parts", "copy"])
def test_writes_keep_their_conditions(s3: Any, bucket: str, write: str) -> None:
    source = s3.put_object(Bucket=bucket, Key="source", Body=b"x")

    def again(key: str, **conditions: Any) -> Any:
        if write == "parts":
            return upload(s3, bucket, key, b"new", **conditions)
        if write == "copy":
            whence = {"Bucket": bucket, "Key": "source"}
            return s3.copy_object(Bucket=bucket, Key=key, CopySource=whence, **conditions)
        return s3.put_object(Bucket=bucket, Key=key, Body=b"new", **conditions)

    again("k", IfNoneMatch="*")
    etag = s3.head_object(Bucket=bucket, Key="k")["ETag"]
    assert refused(again, key="k", IfNoneMatch="*") == (412, "PreconditionFailed")
    assert refused(again, key="k", IfMatch='"0"') == (412, "PreconditionFailed")
    assert refused(again, key="none", IfMatch=source["ETag"]) == (404, "NoSuchKey")
    assert refused(again, key="k", IfNoneMatch='"0"') == (501, "NotImplemented")
    again("k", IfMatch=etag)


def test_versions_are_kept_and_come_back(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"0")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=bucket, Key="k", Body=b"1")["VersionId"]
    second = upload(s3, bucket, "k", b"2" * 2 * MIB)["VersionId"]
    third = s3.put_object(Bucket=bucket, Key="k", Body=b"3" * 2 * MIB)["VersionId"]
    assert len({first, second, third, "null"}) == 4
    assert body(s3, bucket, "k", VersionId="null") == b"0"
    assert body(s3, bucket, "k", VersionId=second) == b"2" * 2 * MIB
    assert s3.head_object(Bucket=bucket, Key="k", VersionId=first)["ContentLength"] == 1
    marker = s3.delete_object(Bucket=bucket, Key="k")
    assert marker["DeleteMarker"]
    assert refused(s3.get_object, Bucket=bucket, Key="k") == (404, "NoSuchKey")
    assert [(latest, held) for _, latest, held in versions(s3, bucket)] == [
        (True, None),
        (False, b"3"),
        (False, b"2"),
        (False, b"1"),
        (False, b"0"),
    ]
    whence = {"Bucket": bucket, "Key": "k", "VersionId": second}
    copied = s3.copy_object(Bucket=bucket, Key="copy", CopySource=whence)
    assert copied["CopySourceVersionId"] == second
    assert body(s3, bucket, "copy") == b"2" * 2 * MIB
    s3.delete_object(Bucket=bucket, Key="k", VersionId=marker["VersionId"])
    assert body(s3, bucket, "k") == b"3" * 2 * MIB
    s3.delete_object(Bucket=bucket, Key="k", VersionId=third)
    assert body(s3, bucket, "k") == b"2" * 2 * MIB
    assert refused(s3.get_object, Bucket=bucket, Key="k", VersionId=third) == (404, "NoSuchVersion")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    s3.put_object(Bucket=bucket, Key="k", Body=b"4")
    s3.put_object(Bucket=bucket, Key="k", Body=b"5")
    assert s3.delete_object(Bucket=bucket, Key="k")["VersionId"] == "null"
    kept = [held for key, _, held in versions(s3, bucket) if key == "k"]
    assert kept == [None, b"2", b"1"]


def test_athena_reads_the_newest_version(s3: Any, bucket: str) -> None:
    from athena_client import connect

    athena = connect(f"results-{bucket}"[:60])
    athena.succeed("CREATE DATABASE IF NOT EXISTS versioned")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key="t/a.csv", Body=b"old\n")
    newest = s3.put_object(Bucket=bucket, Key="t/a.csv", Body=b"new\n")["VersionId"]
    table = f"versioned.t{bucket[-8:]}"
    athena.succeed(f"CREATE EXTERNAL TABLE {table} (c string) LOCATION 's3://{bucket}/t/'")
    assert athena.rows(f"SELECT c FROM {table}")[1:] == [["new"]]
    s3.delete_object(Bucket=bucket, Key="t/a.csv", VersionId=newest)
    assert athena.rows(f"SELECT c FROM {table}")[1:] == [["old"]]
    s3.delete_object(Bucket=bucket, Key="t/a.csv")
    assert athena.rows(f"SELECT c FROM {table}")[1:] == []


@pytest.fixture
def restarted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Any]]:
    """Start a server, or kill the one that runs and start it again; gives a client of S3."""
    servers: list[subprocess.Popen[str]] = []

    def kill() -> None:
        for server in servers:
            server.kill()
            server.wait()
        servers.clear()

    def start() -> Any:
        kill()
        command = [sys.executable, "-m", "local_aws", "--port", "0", "--data", str(tmp_path)]
        servers.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        assert servers[0].stdout is not None
        for name, value in environment(servers[0].stdout.readline().split()[1]).items():
            monkeypatch.setenv(name, value)
        return boto3.session.Session().client("s3")

    start.kill = kill  # type: ignore[attr-defined]
    yield start
    kill()


@pytest.mark.server
def test_versions_and_settings_survive_a_kill(restarted: Callable[[], Any]) -> None:
    s3 = restarted()
    s3.create_bucket(Bucket="kept")
    s3.put_object(Bucket="kept", Key="k", Body=b"0")
    s3.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
    s3 = restarted()
    s3.put_object(Bucket="kept", Key="k", Body=b"1")
    upload(s3, "kept", "k", b"2" * MIB)
    s3 = restarted()
    s3.delete_objects(Bucket="kept", Delete={"Objects": [{"Key": "k"}]})
    s3.put_bucket_tagging(Bucket="kept", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    s3 = restarted()
    assert s3.get_bucket_tagging(Bucket="kept")["TagSet"] == [{"Key": "a", "Value": "b"}]
    kept = [("k", True, None), ("k", False, b"2"), ("k", False, b"1"), ("k", False, b"0")]
    assert versions(s3, "kept") == kept


@pytest.mark.server
@pytest.mark.parametrize("write", ["put", "parts", "delete"])
def test_a_write_that_a_kill_cut_off_is_none_or_whole(
    restarted: Callable[[], Any], tmp_path: Path, write: str
) -> None:
    s3 = restarted()
    for bucket in ("plain", "versioned"):
        s3.create_bucket(Bucket=bucket)
    enabled = {"Status": "Enabled"}
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration=enabled)
    for bucket in ("plain", "versioned"):
        s3.put_object(Bucket=bucket, Key="a/k", Body=b"first")
        s3.put_object(Bucket=bucket, Key="a/k", Body=b"acknowledged")
    last = s3.list_object_versions(Bucket="versioned")["Versions"][0]["VersionId"]
    if write == "delete":
        s3.delete_object(Bucket="versioned", Key="a/k")
    folder = tmp_path / "s3" / "000000000000"
    stale = {b: (folder / b / "a" / "k.meta.json").read_bytes() for b in ("plain", "versioned")}
    for bucket in stale:
        # all that a write does before the metadata: the displaced version is kept, the body new
        if write == "parts":
            upload(s3, bucket, "a/k", b"cut off")
        else:
            s3.put_object(Bucket=bucket, Key="a/k", Body=b"cut off")
    assert s3.get_bucket_versioning(Bucket="versioned")["Status"] == "Enabled"
    restarted.kill()  # type: ignore[attr-defined]
    for bucket, metadata in stale.items():
        sidecar = folder / bucket / "a" / "k.meta.json"
        sidecar.write_bytes(metadata)
        os.utime(sidecar, ns=(0, 0))
    s3 = restarted()
    whole = s3.get_object(Bucket="plain", Key="a/k")
    assert whole["Body"].read() == b"cut off"
    assert whole["ETag"] == f'"{hashlib.md5(b"cut off", usedforsecurity=False).hexdigest()}"'
    assert body(s3, "versioned", "a/k", VersionId=last) == b"acknowledged"
    if write == "delete":
        assert refused(s3.get_object, Bucket="versioned", Key="a/k") == (404, "NoSuchKey")
    else:
        now = s3.get_object(Bucket="versioned", Key="a/k")
        assert (now["VersionId"], now["Body"].read()) == (last, b"acknowledged")


AS_ROOT = {
    "authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, "
    "SignedHeaders=host, Signature=of-root-it-is-not-checked"
}


def test_what_is_not_carried_out_is_refused_by_name(s3: Any, bucket: str) -> None:
    assert len(refused_operations()) > 30
    for (method, on_object, name), operation in refused_operations().items():
        url = f"{s3.meta.endpoint_url}/{bucket}{'/key' if on_object else ''}?{name}"
        body = b"<x/>" if method in ("PUT", "POST") else None
        answer = urllib3.request(method, url, body=body, headers=AS_ROOT)
        assert (answer.status, operation in answer.data.decode()) == (501, True), operation
    s3.head_bucket(Bucket=bucket)  # DELETE of a part that is not known took the whole bucket
    assert ("PUT", False) in CARRIED_OUT
    put = {"Bucket": bucket, "Key": "k", "Body": b"x"}
    assert refused(s3.put_object, **put, WriteOffsetBytes=1) == (501, "NotImplemented")


STORED = [
    (
        "bucket_lifecycle_configuration",
        "LifecycleConfiguration",
        {
            "Rules": [
                {
                    "ID": "r",
                    "Status": "Enabled",
                    "Filter": {"Prefix": "x/"},
                    "Expiration": {"Days": 3},
                }
            ]
        },
    ),
    ("bucket_tagging", "Tagging", {"TagSet": [{"Key": "a", "Value": "b"}]}),
    (
        "bucket_policy",
        "Policy",
        '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*",'
        '"Resource":"*"}]}',
    ),
    (
        "public_access_block",
        "PublicAccessBlockConfiguration",
        dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"),
            True,
        ),
    ),
    (
        "bucket_notification_configuration",
        "NotificationConfiguration",
        {"EventBridgeConfiguration": {}},
    ),
]


@pytest.mark.parametrize(("name", "member", "value"), STORED)
def test_settings_of_a_bucket_are_given_back(
    s3: Any, bucket: str, name: str, member: str, value: Any
) -> None:
    getattr(s3, f"put_{name}")(Bucket=bucket, **{member: value})
    answer = getattr(s3, f"get_{name}")(Bucket=bucket)
    given = answer.get(member, answer)
    if isinstance(value, str):
        assert given == value
    else:
        assert {key: given[key] for key in value} == value
