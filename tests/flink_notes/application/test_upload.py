"""Archive and .zpln in the bucket from which applications are deployed."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from flink_notes.__main__ import main
from flink_notes.application import archive
from flink_notes.application.upload import upload
from flink_notes.zeppelin import export
from helpers import aws
from helpers.errors import InputError
from helpers.paths import PROJECT

NOTE = PROJECT / "flink_notebooks/01_bot_detection.ipynb"
BUCKET = "code-of-applications"


@pytest.fixture
def bucket(aws_env: None) -> Iterator[str]:
    aws.client.cache_clear()
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    yield BUCKET
    aws.client.cache_clear()


def content(key: str) -> bytes:
    return bytes(boto3.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())


def test_both_forms_of_the_note_go_where_applications_are_deployed_from(
    bucket: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(NOTE), "--out", str(tmp_path), "--bucket", bucket]) == 0
    built = archive.build(NOTE)
    said = capsys.readouterr().out.splitlines()
    keys = [line.removeprefix(f"s3://{bucket}/") for line in said if line.startswith("s3://")]
    assert keys[0] == f"ecommerce-streaming-app-v1/zeppelin-code/{built.name}"
    assert content(keys[0]) == built.content
    assert content(keys[1]).decode() == export.for_zeppelin(NOTE)


def test_what_is_there_is_not_written_again(bucket: str, tmp_path: Path) -> None:
    path = archive.write(archive.build(NOTE), tmp_path)
    key, _ = upload(path, NOTE, bucket)
    s3 = boto3.client("s3")
    before = s3.head_object(Bucket=bucket, Key=key)["LastModified"]
    s3.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    assert upload(path, NOTE, bucket)[0] == key
    assert s3.head_object(Bucket=bucket, Key=key)["LastModified"] == before
    assert s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]


def test_a_bucket_of_another_region_is_refused_with_both(aws_env: None, tmp_path: Path) -> None:
    aws.client.cache_clear()
    where = {"LocationConstraint": "eu-west-1"}
    boto3.client("s3", region_name="eu-west-1").create_bucket(
        Bucket="code-elsewhere", CreateBucketConfiguration=where
    )
    path = archive.write(archive.build(NOTE), tmp_path)
    with pytest.raises(InputError, match=r"code-elsewhere is in eu-west-1, .* in us-east-1"):
        upload(path, NOTE, "code-elsewhere")
    with pytest.raises(InputError, match="The bucket code-of-nobody does not exist"):
        upload(path, NOTE, "code-of-nobody")


def test_a_file_that_is_not_named_by_its_content_is_refused(bucket: str, tmp_path: Path) -> None:
    path = archive.write(archive.build(NOTE), tmp_path)
    renamed = path.rename(tmp_path / "01_bot_detection-0123456789abcdef.zip")
    with pytest.raises(InputError, match=f"should be named {path.name} by its content"):
        upload(renamed, NOTE, bucket)
    with pytest.raises(InputError, match="There is no archive"):
        upload(path, NOTE, bucket)
