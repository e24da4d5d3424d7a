"""What `check --against` takes, and what it says of what is none of it; no Flink is started."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from flink_notes.application import against, archive, check, savepoint
from flink_notes.application.check import Planned
from flink_notes.application.savepoint import Operator
from flink_notes.application.state import FOUND, REFUSED
from flink_notes.application.upload import upload
from helpers import aws
from helpers.bursts import NOTE
from helpers.errors import InputError, ServiceError
from support import roles

PLAN: dict[str, Any] = {"nodes": [], "edges": []}
NEW = Planned(PLAN, {"pipeline.max-parallelism": "128"}, {}, frozenset({"a"}))
BUCKET = "code-held-against"


def operator(name: str, *, size: int = 9, most_parallel: int = 128) -> Operator:
    return Operator(name, f"1_{name}", f"Operator {name}", size, most_parallel)


def test_a_state_whose_operator_is_gone_is_refused_and_one_of_nothing_is_not() -> None:
    kept = [operator("a"), operator("b"), operator("c", size=0)]
    found, refused = savepoint.compare(kept, NEW)
    assert (found.becomes, refused.becomes) == (FOUND, REFUSED)
    assert refused.operator == "1_b: Operator b"


def test_other_key_groups_are_refused_for_every_operator() -> None:
    (refused,) = savepoint.compare([operator("a"), operator("b", most_parallel=1024)], NEW)
    assert (refused.operator, refused.becomes) == ("every operator", REFUSED)
    assert "1024 key groups, and pipeline.max-parallelism is 128" in refused.why


@pytest.mark.parametrize("text", ["old.zip", "application:", "application:a:b:c", "s3://bucket"])
def test_what_there_is_not_is_said_with_what_may_be_given(text: str) -> None:
    with pytest.raises(InputError, match=f"There is no {text}: --against takes an archive"):
        against.verdicts(text, NEW)


@pytest.fixture
def bucket(aws_env: None) -> Iterator[str]:
    aws.client.cache_clear()
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    yield BUCKET
    aws.client.cache_clear()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is planned or read, in the place of a Flink that does it."""
    seen: list[Any] = []

    def planned(path: Path, groups: Any = None) -> Planned:
        seen.append((path.name, groups))
        return NEW

    def kept(folder: Path) -> list[Operator]:
        seen.append((folder / "_metadata").read_bytes())
        return [operator("a")]

    monkeypatch.setattr(check, "check", planned)
    monkeypatch.setattr(savepoint, "read", kept)
    return seen


def test_archives_and_savepoints_are_taken_from_here_and_from_s3(
    bucket: str, read: list[Any], tmp_path: Path
) -> None:
    (tmp_path / "_metadata").write_bytes(b"here")
    (tmp_path / "old.zip").touch()
    s3 = boto3.client("s3")
    s3.put_object(Bucket=bucket, Key="savepoints/one/_metadata", Body=b"there")
    s3.put_object(Bucket=bucket, Key="code/old.zip", Body=b"")
    places = [tmp_path, tmp_path / "_metadata", f"s3://{bucket}/savepoints/one/"]
    for place in [*places, tmp_path / "old.zip", f"s3://{bucket}/code/old.zip"]:
        against.verdicts(str(place), NEW)
    assert read == [b"here", b"here", b"there", ("old.zip", None), ("old.zip", None)]
    with pytest.raises(ServiceError, match=f"s3://{bucket}/nothing/_metadata could not be read"):
        against.verdicts(f"s3://{bucket}/nothing", NEW)


def test_a_snapshot_of_an_application_is_the_version_that_wrote_it(
    bucket: str, read: list[Any], tmp_path: Path
) -> None:
    key, _ = upload(archive.write(archive.build(NOTE), tmp_path), NOTE, bucket)
    place = {"BucketARN": f"arn:aws:s3:::{bucket}", "FileKey": key}
    groups = [{"PropertyGroupId": "note.parameters", "PropertyMap": {"max_actions": "7"}}]
    api = boto3.client("kinesisanalyticsv2")
    made = api.create_application(
        ApplicationName="held-against",
        RuntimeEnvironment="FLINK-2_2",
        ServiceExecutionRole=roles.of_flink("held-against"),
        ApplicationConfiguration={
            "ApplicationCodeConfiguration": {
                "CodeContentType": "ZIPFILE",
                "CodeContent": {"S3ContentLocation": place},
            },
            "EnvironmentProperties": {"PropertyGroups": groups},
        },
    )["ApplicationDetail"]
    try:
        assert against.verdicts("application:held-against", NEW) == []
        assert read == [(Path(key).name, {"note.parameters": {"max_actions": "7"}})]
        with pytest.raises(InputError, match="The snapshot gone of held-against"):
            against.verdicts("application:held-against:gone", NEW)
        with pytest.raises(InputError, match="The application nobody does not exist"):
            against.verdicts("application:nobody", NEW)
    finally:
        api.delete_application(
            ApplicationName="held-against", CreateTimestamp=made["CreateTimestamp"]
        )
