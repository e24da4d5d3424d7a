"""Lifecycle rules: what is old enough goes, and nothing else."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local_aws import testing

pytestmark = pytest.mark.server

LONGEST_S = 60


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Give S3 of a server whose rules see the clock ten days ahead, each tenth of a second."""
    folder: Path = tmp_path_factory.mktemp("lifecycle")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOCAL_S3_LIFECYCLE_SECONDS", "0.1")
        patch.setenv("LOCAL_S3_DAYS_AHEAD", "10")
        with testing.running(folder) as endpoint:
            for name, value in testing.environment(endpoint).items():
                patch.setenv(name, value)
            yield boto3.client("s3")


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def rule(**more: Any) -> dict[str, Any]:
    return {"Status": "Enabled", "Filter": {"Prefix": ""}, **more}


def set_rules(s3: Any, bucket: str, *rules: dict[str, Any]) -> None:
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": list(rules)}
    )


def keys(s3: Any, bucket: str) -> set[str]:
    return {each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])}


def test_an_object_goes_when_it_is_old_enough_under_the_rules_prefix(s3: Any) -> None:
    s3.create_bucket(Bucket="expiring")
    for key in ("results/a", "young/a", "kept/a", "off/a"):
        s3.put_object(Bucket="expiring", Key=key, Body=b"1")
    s3.put_object(Bucket="expiring", Key="tagged/a", Body=b"1", Tagging="tmp=1")
    s3.put_object(Bucket="expiring", Key="tagged/b", Body=b"1")
    tag = {"And": {"Prefix": "tagged/", "Tags": [{"Key": "tmp", "Value": "1"}]}}
    set_rules(
        s3,
        "expiring",
        rule(ID="1", Filter={"Prefix": "results/"}, Expiration={"Days": 7}),
        rule(ID="2", Filter={"Prefix": "young/"}, Expiration={"Days": 12}),
        rule(ID="3", Filter={"Prefix": "off/"}, Expiration={"Days": 1}, Status="Disabled"),
        rule(ID="4", Filter=tag, Expiration={"Days": 1}),
    )
    until(lambda: keys(s3, "expiring") == {"young/a", "kept/a", "off/a", "tagged/b"})


def test_noncurrent_versions_go_but_for_the_newest_that_a_rule_keeps(s3: Any) -> None:
    s3.create_bucket(Bucket="versions")
    s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    made = [s3.put_object(Bucket="versions", Key="a", Body=b"%d" % n) for n in range(4)]
    ids = [each["VersionId"] for each in made]
    keep_one = {"NoncurrentDays": 3, "NewerNoncurrentVersions": 1}
    set_rules(s3, "versions", rule(ID="1", NoncurrentVersionExpiration=keep_one))

    def left() -> set[str]:
        listed = s3.list_object_versions(Bucket="versions")["Versions"]
        return {each["VersionId"] for each in listed}

    until(lambda: left() == set(ids[2:]))
    assert s3.get_object(Bucket="versions", Key="a")["Body"].read() == b"3"


def test_a_delete_marker_that_is_alone_and_an_unfinished_upload_go(s3: Any) -> None:
    s3.create_bucket(Bucket="remains")
    s3.put_bucket_versioning(Bucket="remains", VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket="remains", Key="a", Body=b"1")["VersionId"]
    s3.delete_object(Bucket="remains", Key="a")
    s3.delete_object(Bucket="remains", Key="a", VersionId=version)
    s3.create_multipart_upload(Bucket="remains", Key="b")
    set_rules(
        s3,
        "remains",
        rule(
            ID="1",
            Expiration={"ExpiredObjectDeleteMarker": True},
            AbortIncompleteMultipartUpload={"DaysAfterInitiation": 2},
        ),
    )
    until(lambda: "DeleteMarkers" not in s3.list_object_versions(Bucket="remains"))
    until(lambda: "Uploads" not in s3.list_multipart_uploads(Bucket="remains"))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "InvalidRequest"),
        ({"Expiration": {}}, "MalformedXML"),
        ({"Expiration": {"Days": 0}}, "InvalidArgument"),
        ({"NoncurrentVersionExpiration": {"NoncurrentDays": -1}}, "InvalidArgument"),
        ({"Expiration": {"Days": 1}, "Status": "On"}, "MalformedXML"),
        ({"Expiration": {"Days": 1}, "Prefix": ""}, "MalformedXML"),
        ({"Expiration": {"Days": 1}, "ID": "x" * 256}, "InvalidArgument"),
    ],
)
def test_a_rule_that_breaks_the_services_is_refused_and_the_old_ones_stay(
    s3: Any, given: dict[str, Any], code: str
) -> None:
    bucket = "refusing"
    s3.create_bucket(Bucket=bucket)
    good = rule(ID="good", Expiration={"Days": 900})
    set_rules(s3, bucket, good)
    with pytest.raises(ClientError) as caught:
        set_rules(s3, bucket, good, rule(**given))
    assert caught.value.response["Error"]["Code"] == code
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == [good]


def test_two_rules_of_one_name_and_no_rule_are_refused(s3: Any) -> None:
    s3.create_bucket(Bucket="naming")
    one = rule(ID="one", Expiration={"Days": 1})
    for rules, code in (((one, one), "InvalidArgument"), ((), "MalformedXML")):
        with pytest.raises(ClientError) as caught:
            set_rules(s3, "naming", *rules)
        assert caught.value.response["Error"]["Code"] == code
