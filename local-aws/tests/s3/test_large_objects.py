"""Multipart uploads and large downloads: right to the byte, whatever the parts are."""

import base64
import hashlib
import os
from pathlib import Path
from typing import Any

import boto3
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from local_aws.s3 import crc

MIB = 1024 * 1024
LEAST = 5 * MIB  # of a part that is not the last


@pytest.fixture
def s3(aws_env: str) -> Any:
    client = boto3.client("s3")
    client.create_bucket(Bucket="large-objects")
    return client


def upload(s3: Any, key: str, parts: dict[int, bytes], order: list[int]) -> str:
    where = {"Bucket": "large-objects", "Key": key}
    upload_id = s3.create_multipart_upload(**where)["UploadId"]
    etags = {}
    for number in order:
        sent = s3.upload_part(**where, UploadId=upload_id, PartNumber=number, Body=parts[number])
        etags[number] = sent["ETag"]
    named = [{"PartNumber": number, "ETag": etags[number]} for number in sorted(parts)]
    done = s3.complete_multipart_upload(
        **where, UploadId=upload_id, MultipartUpload={"Parts": named}
    )
    return str(done["ETag"])


@pytest.mark.parametrize(
    ("sizes", "order"),
    [
        ({1: LEAST, 2: LEAST, 3: 500}, [3, 1, 2]),
        ({2: LEAST, 5: LEAST + 1, 9: LEAST}, [5, 9, 2]),
        ({1: LEAST + 3000, 2: LEAST, 3: LEAST + 4000, 4: 1}, [2, 4, 1, 3]),
        ({1: 1}, [1]),
    ],
)
def test_parts_of_any_sizes_in_any_order_become_one_object(
    s3: Any, sizes: dict[int, int], order: list[int]
) -> None:
    parts = {number: os.urandom(size) for number, size in sizes.items()}
    whole = b"".join(parts[number] for number in sorted(parts))
    digests = b"".join(hashlib.md5(parts[n]).digest() for n in sorted(parts))  # noqa: S324
    expected_etag = f'"{hashlib.md5(digests).hexdigest()}-{len(parts)}"'  # noqa: S324
    assert upload(s3, "parts.bin", parts, order) == expected_etag
    stored = s3.get_object(Bucket="large-objects", Key="parts.bin")
    assert stored["Body"].read() == whole
    assert stored["ContentLength"] == len(whole)


def test_a_part_that_is_too_small_is_refused_unless_it_is_the_last(s3: Any) -> None:
    parts = {1: b"a" * LEAST, 2: b"b" * (LEAST - 1), 3: b"c"}
    with pytest.raises(ClientError) as caught:
        upload(s3, "small.bin", parts, [1, 2, 3])
    said = caught.value.response["Error"]
    assert said["Code"] == "EntityTooSmall"
    assert (said["PartNumber"], said["ProposedSize"]) == ("2", str(LEAST - 1))
    assert said["MinSizeAllowed"] == str(LEAST)


def test_part_that_is_sent_again_replaces_the_first(s3: Any) -> None:
    where = {"Bucket": "large-objects", "Key": "again.bin"}
    upload_id = s3.create_multipart_upload(**where)["UploadId"]
    for body in (b"x" * 1000, b"y" * 700):
        etag = s3.upload_part(**where, UploadId=upload_id, PartNumber=1, Body=body)["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
    s3.complete_multipart_upload(**where, UploadId=upload_id, MultipartUpload=parts)
    assert s3.get_object(**where)["Body"].read() == b"y" * 700


def test_wrong_part_is_refused_and_the_upload_goes_on(s3: Any) -> None:
    where = {"Bucket": "large-objects", "Key": "refused.bin"}
    upload_id = s3.create_multipart_upload(**where)["UploadId"]
    etag = s3.upload_part(**where, UploadId=upload_id, PartNumber=1, Body=b"right")["ETag"]
    for wrong in ({"PartNumber": 2, "ETag": etag}, {"PartNumber": 1, "ETag": '"0123"'}):
        with pytest.raises(ClientError, match="InvalidPart"):
            s3.complete_multipart_upload(
                **where, UploadId=upload_id, MultipartUpload={"Parts": [wrong]}
            )
    parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
    s3.complete_multipart_upload(**where, UploadId=upload_id, MultipartUpload=parts)
    assert s3.get_object(**where)["Body"].read() == b"right"


def test_large_file_comes_back_whole_in_ranges_and_as_a_copy(s3: Any, tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(os.urandom(20 * MIB + 17))
    transfer = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
    s3.upload_file(str(source), "large-objects", "file.bin", Config=transfer)
    s3.copy({"Bucket": "large-objects", "Key": "file.bin"}, "large-objects", "copy.bin")
    for key in ("file.bin", "copy.bin"):
        s3.download_file("large-objects", key, str(target), Config=transfer)
        assert target.read_bytes() == source.read_bytes()
    piece = s3.get_object(Bucket="large-objects", Key="file.bin", Range="bytes=5242870-5242889")
    assert piece["Body"].read() == source.read_bytes()[5242870:5242890]
    whole = s3.get_object(Bucket="large-objects", Key="file.bin")["Body"].read()
    assert whole == source.read_bytes()


@pytest.mark.parametrize(
    ("algorithm", "asked"),
    [
        ("CRC32", {"ChecksumType": "FULL_OBJECT"}),
        ("CRC32C", {"ChecksumType": "FULL_OBJECT"}),
        ("CRC64NVME", {}),
    ],
)
def test_a_crc_of_the_whole_is_computed_from_those_of_the_parts(
    s3: Any, algorithm: str, asked: dict[str, str]
) -> None:
    s3 = boto3.client("s3", config=Config(request_checksum_calculation="when_required"))
    where, member = {"Bucket": "large-objects", "Key": "crc.bin"}, f"Checksum{algorithm}"
    upload_id = s3.create_multipart_upload(**where, ChecksumAlgorithm=algorithm, **asked)[
        "UploadId"
    ]
    named, parts = [], (b"1" * LEAST, b"56789")
    for number, body in enumerate(parts, 1):
        sent = s3.upload_part(**where, UploadId=upload_id, PartNumber=number, Body=body)
        named.append({"PartNumber": number, "ETag": sent["ETag"]})
    done = s3.complete_multipart_upload(
        **where, UploadId=upload_id, MultipartUpload={"Parts": named}
    )
    whole = crc.of(algorithm, b"".join(parts))
    value = base64.b64encode(whole.to_bytes(8 if algorithm == "CRC64NVME" else 4)).decode()
    assert (done[member], done["ChecksumType"]) == (value, "FULL_OBJECT")
    head = s3.head_object(**where, ChecksumMode="ENABLED")
    assert (head[member], head["ChecksumType"]) == (value, "FULL_OBJECT")


@pytest.mark.parametrize(
    ("algorithm", "kind"), [("SHA256", "FULL_OBJECT"), ("CRC64NVME", "COMPOSITE")]
)
def test_a_checksum_type_that_an_algorithm_has_not_is_refused(
    s3: Any, algorithm: str, kind: str
) -> None:
    asked = {"ChecksumAlgorithm": algorithm, "ChecksumType": kind}
    with pytest.raises(ClientError, match=f"The {kind} checksum type cannot be used"):
        s3.create_multipart_upload(Bucket="large-objects", Key="refused", **asked)


def test_parts_that_are_copied_have_the_checksum_of_their_upload(s3: Any) -> None:
    where = {"Bucket": "large-objects", "Key": "copied.bin"}
    s3.put_object(Bucket="large-objects", Key="source", Body=b"some bytes")
    upload_id = s3.create_multipart_upload(**where, ChecksumAlgorithm="SHA256")["UploadId"]
    part = s3.upload_part_copy(
        **where, UploadId=upload_id, PartNumber=1, CopySource="large-objects/source"
    )["CopyPartResult"]
    done = s3.complete_multipart_upload(
        **where,
        UploadId=upload_id,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    assert done["ChecksumSHA256"].endswith("-1")
    told = s3.get_object_attributes(**where, ObjectAttributes=["Checksum"])["Checksum"]
    assert f"{told['ChecksumSHA256']}-1" == done["ChecksumSHA256"]
    assert told["ChecksumType"] == "COMPOSITE"
