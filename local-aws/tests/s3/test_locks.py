"""A retention holds until its time, and no longer."""

import time
import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

MOSCOW = timezone(timedelta(hours=3))


def told(s3: Any, call: str, **asked: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as caught:
        getattr(s3, call)(**asked)
    return dict(caught.value.response["Error"])


def put_until(s3: Any, bucket: str, until: str) -> dict[str, Any]:
    def as_given(request: Any, **_: Any) -> None:
        request.headers["x-amz-object-lock-retain-until-date"] = until

    s3.meta.events.register("before-sign.s3.PutObject", as_given)
    lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": datetime.now(UTC)}
    return dict(s3.put_object(Bucket=bucket, Key="k", Body=b"x", **lock))


@pytest.mark.parametrize("zone", [UTC, MOSCOW])
@pytest.mark.parametrize("seconds", [3, 600])
def test_a_version_is_locked_until_the_retention_is_over(
    aws_env: str, zone: timezone, seconds: int
) -> None:
    s3, name = boto3.client("s3"), f"locked-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    now = datetime.now(zone)
    until = (now + timedelta(seconds=seconds)).replace(microsecond=0)
    put = put_until(s3, name, until.isoformat())
    version = {"Bucket": name, "Key": "k", "VersionId": put["VersionId"]}
    if seconds > 60:
        assert told(s3, "delete_object", **version)["Code"] == "AccessDenied"
        return
    time.sleep(max(0.0, (until - datetime.now(zone)).total_seconds()) + 0.05)
    s3.delete_object(**version)
    assert "Versions" not in s3.list_object_versions(Bucket=name)


@pytest.mark.parametrize(
    ("until", "said"),
    [("tomorrow", "in ISO 8601 format"), ("2020-01-01T00:00:00Z", "in the future")],
)
def test_a_date_that_is_none_or_over_is_refused(aws_env: str, until: str, said: str) -> None:
    s3, name = boto3.client("s3"), f"locked-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    with pytest.raises(ClientError, match=said):
        put_until(s3, name, until)


def test_refusals_have_the_words_of_the_service(aws_env: str) -> None:
    s3, name = boto3.client("s3"), f"words-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name)
    said = told(s3, "put_object", Bucket=name, Key="k", Tagging="aws:a=b")
    assert said["Message"] == "Your TagKey cannot be prefixed with aws:"
    s3.put_object(Bucket=name, Key="k", Body=b"x")
    said = told(s3, "delete_object", Bucket=name, Key="k", IfMatch='"0"')
    assert said["Message"] == "At least one of the pre-conditions you specified did not hold"
