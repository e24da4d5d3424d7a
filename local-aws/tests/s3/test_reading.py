"""Ranges, parts, lists of versions and presigned URLs, as clients that read in pieces use them."""

import base64
import hashlib
import json
import uuid
from typing import Any

import boto3
import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError

MIB = 1 << 20
WHOLE = b"0123456789"
KEY = "digits"


@pytest.fixture
def s3(aws_env: str) -> Any:
    return boto3.client("s3")


@pytest.fixture
def bucket(s3: Any) -> str:
    name = f"read-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name)
    return name


def read(s3: Any, bucket: str, **asked: Any) -> tuple[int, bytes, str | None]:
    found = s3.get_object(Bucket=bucket, Key=KEY, **asked)
    status = found["ResponseMetadata"]["HTTPStatusCode"]
    return status, found["Body"].read(), found.get("ContentRange")


def refusal(call: Any, **asked: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as caught:
        call(**asked)
    return dict(caught.value.response["Error"])


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=2-4", 2, 5),
        ("bytes=7-", 7, 10),
        ("bytes=-3", 7, 10),
        ("bytes=-99", 0, 10),
        ("bytes=8-99", 8, 10),
        ("bytes=0-0", 0, 1),
    ],
)
def test_a_range_of_an_object_and_of_an_older_version(
    s3: Any, bucket: str, asked: str, start: int, end: int
) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=bucket, Key=KEY, Body=WHOLE)["VersionId"]
    s3.put_object(Bucket=bucket, Key=KEY, Body=WHOLE[::-1])
    told = f"bytes {start}-{end - 1}/10"
    assert read(s3, bucket, Range=asked) == (206, WHOLE[::-1][start:end], told)
    assert read(s3, bucket, Range=asked, VersionId=version) == (206, WHOLE[start:end], told)
    head = s3.head_object(Bucket=bucket, Key=KEY, Range=asked, VersionId=version)
    assert (head["ContentLength"], head["ContentRange"]) == (end - start, told)


@pytest.mark.parametrize("asked", ["bytes=4-2", "bytes=0-1,4-5", "bytes=x-y", "lines=0-1"])
def test_what_is_no_single_range_is_ignored(s3: Any, bucket: str, asked: str) -> None:
    s3.put_object(Bucket=bucket, Key=KEY, Body=WHOLE)
    assert read(s3, bucket, Range=asked) == (200, WHOLE, None)


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_a_range_behind_the_end_is_refused(s3: Any, bucket: str, asked: str) -> None:
    s3.put_object(Bucket=bucket, Key=KEY, Body=WHOLE)
    said = refusal(s3.get_object, Bucket=bucket, Key=KEY, Range=asked)
    assert (said["Code"], said["ActualObjectSize"]) == ("InvalidRange", "10")


def test_parts_are_read_by_their_number(s3: Any, bucket: str) -> None:
    parts = [b"a" * 5 * MIB, b"b" * 3]
    place = {"Bucket": bucket, "Key": KEY}
    upload = s3.create_multipart_upload(**place)["UploadId"]
    named = [
        {
            "PartNumber": number,
            "ETag": s3.upload_part(**place, UploadId=upload, PartNumber=number, Body=body)["ETag"],
        }
        for number, body in enumerate(parts, 1)
    ]
    s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": named})
    size = sum(map(len, parts))
    assert read(s3, bucket, PartNumber=2) == (206, parts[1], f"bytes {5 * MIB}-{size - 1}/{size}")
    head = s3.head_object(**place, PartNumber=1)
    assert (head["ContentLength"], head["PartsCount"]) == (5 * MIB, 2)
    said = refusal(s3.get_object, **place, PartNumber=3)
    assert (said["Code"], said["ActualPartCount"]) == ("InvalidPartNumber", "2")


def test_an_object_that_came_whole_has_one_part(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key=KEY, Body=WHOLE)
    assert read(s3, bucket, PartNumber=1) == (206, WHOLE, "bytes 0-9/10")
    assert refusal(s3.head_object, Bucket=bucket, Key=KEY, PartNumber=2)["Code"] == "416"
    said = refusal(s3.get_object, Bucket=bucket, Key=KEY, PartNumber=1, Range="bytes=0-1")
    assert said["Code"] == "InvalidRequest"


def test_versions_are_listed_once_whatever_the_pages_are(s3: Any, bucket: str) -> None:
    for key in ("a", "b/1", "b/2", "c+é d"):
        s3.put_object(Bucket=bucket, Key=key)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for key in ("a", "b/1", "d/1", "e"):
        s3.put_object(Bucket=bucket, Key=key)
    s3.delete_object(Bucket=bucket, Key="e")

    def listed(size: int, **asked: str) -> tuple[list[str], list[str]]:
        pages = s3.get_paginator("list_object_versions").paginate(
            Bucket=bucket, PaginationConfig={"PageSize": size}, **asked
        )
        kinds = ("Versions", "DeleteMarkers")
        keys, prefixes = [], []
        for page in pages:
            found = [each["Key"] for kind in kinds for each in page.get(kind, [])]
            found += [each["Prefix"] for each in page.get("CommonPrefixes", [])]
            assert 0 < len(found) <= size
            keys += [key for key in found if not key.endswith("/")]
            prefixes += [each["Prefix"] for each in page.get("CommonPrefixes", [])]
        return sorted(keys), prefixes

    for size in (1, 2, 3, 100):
        everything = ["a", "a", "b/1", "b/1", "b/2", "c+é d", "d/1", "e", "e"]
        assert listed(size) == (everything, [])
        assert listed(size, Delimiter="/") == (["a", "a", "c+é d", "e", "e"], ["b/", "d/"])


@pytest.mark.parametrize("signature", ["s3", "s3v4"])
def test_a_presigned_url_of_a_user_carries_headers_of_the_answer(
    aws_env: str, s3: Any, bucket: str, signature: str
) -> None:
    iam, user = boto3.client("iam"), f"reader-{uuid.uuid4().hex}"
    iam.create_user(UserName=user)
    allowed = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName=user, PolicyName="read", PolicyDocument=policy)
    made = iam.create_access_key(UserName=user)["AccessKey"]
    reader = boto3.client(
        "s3",
        aws_access_key_id=made["AccessKeyId"],
        aws_secret_access_key=made["SecretAccessKey"],
        config=Config(signature_version=signature),
    )
    s3.put_object(Bucket=bucket, Key=KEY, Body=WHOLE)
    told = {
        "ResponseContentDisposition": 'attachment; filename="a + b.txt"',
        "ResponseContentType": "text/plain",
    }
    url = reader.generate_presigned_url("get_object", {"Bucket": bucket, "Key": KEY, **told})
    answer = urllib3.request("GET", url)
    assert (answer.status, answer.data) == (200, WHOLE)
    assert answer.headers["Content-Disposition"] == told["ResponseContentDisposition"]
    assert answer.headers["Content-Type"] == "text/plain"
    changed = urllib3.request("GET", url.replace("text", "test"))
    assert changed.status == 403
    assert b"<Code>SignatureDoesNotMatch</Code>" in changed.data


def test_a_version_is_told_with_headers_that_were_asked_for(s3: Any, bucket: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=bucket, Key=KEY, Body=WHOLE)["VersionId"]
    asked = {"VersionId": version, "ResponseContentType": "text/csv"}
    assert s3.get_object(Bucket=bucket, Key=KEY, **asked)["ContentType"] == "text/csv"


def test_an_object_without_a_type_is_a_stream_of_bytes(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key=KEY, Body=WHOLE)
    assert s3.head_object(Bucket=bucket, Key=KEY)["ContentType"] == "binary/octet-stream"


@pytest.mark.parametrize(
    ("operation", "asked", "said"),
    [
        ("get_object", {"Key": "none"}, "NoSuchKey none"),
        ("get_object_tagging", {"Key": "none"}, "NoSuchKey none"),
        ("get_bucket_tagging", {}, "NoSuchTagSet BUCKET"),
        ("get_bucket_cors", {}, "NoSuchCORSConfiguration BUCKET"),
        ("get_object", {"Key": KEY, "IfMatch": "x"}, "PreconditionFailed If-Match"),
        ("put_object", {"Key": KEY, "IfNoneMatch": "*"}, "PreconditionFailed If-None-Match"),
    ],
)
def test_an_error_names_what_it_is_about(
    s3: Any, bucket: str, operation: str, asked: dict[str, str], said: str
) -> None:
    s3.put_object(Bucket=bucket, Key=KEY, Body=WHOLE)
    error = refusal(getattr(s3, operation), Bucket=bucket, **asked)
    named = error.get("Key") or error.get("Condition") or error["BucketName"]
    assert f"{error['Code']} {named}" == said.replace("BUCKET", bucket)


def test_a_copy_onto_itself_must_change_something(s3: Any, bucket: str) -> None:
    place = {"Bucket": bucket, "Key": KEY}
    s3.put_object(**place, Body=WHOLE, Metadata={"a": "1"})
    for more in ({}, {"Metadata": {"b": "2"}}):
        assert refusal(s3.copy_object, **place, CopySource=place, **more)["Code"] == (
            "InvalidRequest"
        )
    s3.copy_object(**place, CopySource=place, MetadataDirective="REPLACE", Metadata={"b": "2"})
    assert s3.head_object(**place)["Metadata"] == {"b": "2"}


def test_a_copy_has_an_etag_a_checksum_and_a_class_of_its_own(s3: Any, bucket: str) -> None:
    place, copy = {"Bucket": bucket, "Key": KEY}, {"Bucket": bucket, "Key": "copy"}
    upload = s3.create_multipart_upload(
        **place, StorageClass="STANDARD_IA", WebsiteRedirectLocation="/x", ChecksumAlgorithm="SHA1"
    )["UploadId"]
    part = s3.upload_part(
        **place, UploadId=upload, PartNumber=1, Body=WHOLE, ChecksumAlgorithm="SHA1"
    )
    parts = [{"PartNumber": 1, "ETag": part["ETag"], "ChecksumSHA1": part["ChecksumSHA1"]}]
    s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": parts})
    done = s3.copy_object(**copy, CopySource=place, ChecksumAlgorithm="SHA256")
    etag = f'"{hashlib.md5(WHOLE, usedforsecurity=False).hexdigest()}"'
    assert done["CopyObjectResult"]["ETag"] == etag
    assert done["CopyObjectResult"]["ChecksumSHA256"]
    head = s3.head_object(**copy, ChecksumMode="ENABLED")
    assert (head["ETag"], head["ChecksumType"]) == (etag, "FULL_OBJECT")
    assert head["ChecksumSHA256"] == done["CopyObjectResult"]["ChecksumSHA256"]
    assert not {"ChecksumSHA1", "StorageClass", "WebsiteRedirectLocation"} & head.keys()
    assert s3.get_object(**copy)["Body"].read() == WHOLE


def test_lists_have_at_most_a_thousand_keys(s3: Any, bucket: str) -> None:
    for number in range(3):
        s3.put_object(Bucket=bucket, Key=str(number))
    assert s3.list_objects_v2(Bucket=bucket, MaxKeys=5000)["MaxKeys"] == 1000
    none = s3.list_objects_v2(Bucket=bucket, MaxKeys=0)
    assert (none["KeyCount"], none["IsTruncated"]) == (0, False)
    assert refusal(s3.list_objects_v2, Bucket=bucket, MaxKeys=-1)["Code"] == "InvalidArgument"


@pytest.mark.parametrize("count", [0, 1001])
def test_deletes_name_one_to_a_thousand_keys(s3: Any, bucket: str, count: int) -> None:
    named = {"Objects": [{"Key": str(number)} for number in range(count)]}
    assert refusal(s3.delete_objects, Bucket=bucket, Delete=named)["Code"] == "MalformedXML"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"Key": "k" * 1025}, "KeyTooLongError"),
        ({"Key": "é" * 513}, "KeyTooLongError"),
        ({"Key": KEY, "Metadata": {"a": "x" * 2048}}, "MetadataTooLarge"),
    ],
)
def test_what_is_too_long_is_refused(
    s3: Any, bucket: str, asked: dict[str, Any], code: str
) -> None:
    assert refusal(s3.put_object, Bucket=bucket, Body=WHOLE, **asked)["Code"] == code


def test_the_longest_key_and_metadata_are_kept(s3: Any, bucket: str) -> None:
    place = {"Bucket": bucket, "Key": "a/" * 512}
    s3.put_object(**place, Body=WHOLE, Metadata={"a": "x" * 2047})
    assert s3.head_object(**place)["Metadata"] == {"a": "x" * 2047}


def test_a_put_tells_the_checksum_that_it_kept(s3: Any, bucket: str) -> None:
    put = s3.put_object(Bucket=bucket, Key=KEY, Body=WHOLE, ChecksumAlgorithm="SHA256")
    assert put["ChecksumType"] == "FULL_OBJECT"
    head = s3.head_object(Bucket=bucket, Key=KEY, ChecksumMode="ENABLED")
    assert put["ChecksumSHA256"] == head["ChecksumSHA256"]


def test_a_part_with_another_checksum_than_its_upload_is_refused(s3: Any, bucket: str) -> None:
    place = {"Bucket": bucket, "Key": KEY}
    upload = s3.create_multipart_upload(**place, ChecksumAlgorithm="SHA256")["UploadId"]
    part = {**place, "UploadId": upload, "PartNumber": 1, "Body": WHOLE}
    said = refusal(s3.upload_part, **part, ChecksumAlgorithm="CRC32")
    assert "expected checksum Type: sha256, actual checksum Type: crc32" in said["Message"]


@pytest.mark.parametrize("token", ["", "wrong", "a b", "////", base64.b64encode(b"").decode()])
def test_a_continuation_token_that_no_list_gave_is_refused(
    s3: Any, bucket: str, token: str
) -> None:
    for key in ("a", "b+é"):
        s3.put_object(Bucket=bucket, Key=key)
    said = refusal(s3.list_objects_v2, Bucket=bucket, ContinuationToken=token)
    assert (said["Code"], said["ArgumentName"]) == ("InvalidArgument", "continuation-token")
    first = s3.list_objects_v2(Bucket=bucket, MaxKeys=1)
    rest = s3.list_objects_v2(Bucket=bucket, ContinuationToken=first["NextContinuationToken"])
    assert [each["Key"] for each in rest["Contents"]] == ["b+é"]


@pytest.mark.parametrize("value", ["x", "AAA=", "AAAAAAAA", "AAAA*A=="])
def test_a_checksum_that_can_be_none_is_no_wrong_one(s3: Any, bucket: str, value: str) -> None:
    upload = s3.create_multipart_upload(Bucket=bucket, Key=KEY, ChecksumAlgorithm="CRC32")
    part = {"Bucket": bucket, "Key": KEY, "PartNumber": 1, "UploadId": upload["UploadId"]}
    for call, where in ((s3.put_object, {"Bucket": bucket, "Key": KEY}), (s3.upload_part, part)):
        said = refusal(call, **where, Body=WHOLE, ChecksumCRC32=value)
        assert said["Code"] == "InvalidRequest"
        assert "x-amz-checksum-crc32" in said["Message"]
    wrong = refusal(s3.put_object, Bucket=bucket, Key=KEY, Body=WHOLE, ChecksumCRC32="AAAAAA==")
    assert wrong["Code"] == "BadDigest"
