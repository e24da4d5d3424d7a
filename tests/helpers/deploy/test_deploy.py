"""The stacks on a local AWS: deployed, deployed again, removed."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import pytest

from flink_notes.application import archive
from helpers import aws
from helpers.bursts import NOTE
from helpers.deploy import code, platform, stacks
from helpers.deploy.__main__ import main
from helpers.deploy.platform import STACKS, TEMPLATES, Platform
from helpers.errors import InputError, ServiceError
from helpers.stream_app import health, properties, service

PLATFORM = Platform()
MADE = len(STACKS) - 1
"""Without an archive of the note there is no stack of its application."""


def deployed(wanted: Platform = PLATFORM) -> list[str]:
    """The lines of a deployment."""
    lines: list[str] = []
    platform.deploy(wanted, lines.append)
    return lines


def test_deployed_again_nothing_changes(inbox: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--stage", "dev"]) == 0
    said = capsys.readouterr().out
    assert said.count("  nothing changed") == MADE
    assert "Estimate: $" in said
    assert "AlertTableName       ecommerce-dev-alerts" in said


def test_what_was_removed_is_made_again_and_finds_its_data(inbox: str) -> None:
    s3 = boto3.client("s3")
    bucket = "ecommerce-dev-raw-000000000000-us-east-1"
    s3.put_object(Bucket=bucket, Key="october.csv", Body=b"kept")
    assert main(["--stage", "dev", "--destroy", "--yes"]) == 0
    left = boto3.client("lambda").list_functions()["Functions"]
    assert not [each["FunctionName"] for each in left if "ecommerce" in each["FunctionName"]]
    assert "  nothing changed" in deployed()
    assert s3.get_object(Bucket=bucket, Key="october.csv")["Body"].read() == b"kept"


def test_without_a_yes_nothing_is_removed(
    inbox: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    assert main(["--stage", "dev", "--destroy", "--data"]) == 0
    assert "Raw files, lake, alerts, poison, failures and code go" in capsys.readouterr().out
    assert deployed().count("  nothing changed") == MADE


def test_a_second_deployment_waits_for_the_first(inbox: str) -> None:
    wanted = Platform("twice")
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(deployed, wanted) for _ in range(2)]
        lines = [each.result() for each in both]
    kept = [sum(line == "  nothing changed" for line in each) for each in lines]
    assert sum(kept) == MADE, lines
    platform.destroy(wanted, lambda _line: None, data=True)
    left = boto3.client("s3").list_buckets()["Buckets"]
    assert not [bucket["Name"] for bucket in left if "twice" in bucket["Name"]]


def test_a_stage_of_another_region_is_refused_with_both_names(
    inbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    aws.client.cache_clear()
    with pytest.raises(InputError, match="stage dev is in us-east-1, not in eu-central-1"):
        platform.deploy(Platform())
    aws.client.cache_clear()


BROKEN = """
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Good:
    Type: AWS::SQS::Queue
  Bad:
    Type: AWS::Glue::Table
    DependsOn: Good
    Properties:
      CatalogId: !Ref AWS::AccountId
      DatabaseName: no_such_database
      TableInput: {Name: t}
  After:
    Type: AWS::SQS::Queue
    DependsOn: Bad
"""


def test_a_failed_deployment_names_the_first_cause_and_can_be_repeated(
    inbox: str, tmp_path: Path
) -> None:
    template = tmp_path / "broken.yaml"
    template.write_text(BROKEN)
    for _ in range(2):
        with pytest.raises(ServiceError, match=r"ROLLBACK_COMPLETE: Bad \(AWS::Glue::Table\): "):
            stacks.deploy("broken", template, {}, lambda _line: None)
    template.write_text(BROKEN.replace("no_such_database", "db_commerce"))
    assert stacks.deploy("broken", template, {}, lambda _line: None).changed
    assert stacks.destroy("broken", lambda _line: None)


def test_a_name_that_is_taken_is_the_cause_that_is_told(inbox: str) -> None:
    boto3.client("s3").create_bucket(Bucket="taken-by-somebody")
    with pytest.raises(
        ServiceError,
        match=r"taken-by-somebody' already exists[^\n]*\nIt is somebody's, or was left",
    ):
        platform.deploy(Platform("taken", bucket="taken-by-somebody"))
    left = {bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]}
    assert {name for name in left if name.startswith("ecommerce-taken-")} == {
        "ecommerce-taken-code-000000000000-us-east-1"
    }
    platform.destroy(Platform("taken"), lambda _line: None, data=True)


def test_a_deployment_that_was_cut_off_goes_on(inbox: str) -> None:
    wanted = Platform("cut")

    def stop(line: str) -> None:
        if "RawStream" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        platform.deploy(wanted, stop)
    assert deployed(wanted).count("  nothing changed") == 2
    platform.destroy(wanted, lambda _line: None, data=True)


def test_a_template_takes_the_values_that_it_has_and_no_other(inbox: str) -> None:
    with pytest.raises(InputError, match=r"streams\.yaml: .*Stage"):
        stacks.deploy("x", TEMPLATES / "streams.yaml", {"Stage": "No"}, lambda _line: None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--stage", "Dev"], "the stage 'Dev' is none"),
        (["--stage", "dev", "--email", "nobody"], "'nobody' is no address"),
        (["--stage", "dev", "--params", "capitals.yaml"], "'Shop' is no name of a bucket"),
        (["--stage", "dev", "--params", "database.yaml"], "the database 'mine' is none"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_asked(
    arguments: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "capitals.yaml").write_text("bucket: Shop\n")
    (tmp_path / "database.yaml").write_text("database: mine\n")
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_the_archive_is_the_same_bytes_wherever_it_is_made() -> None:
    assert code.archive() == code.archive()
    assert b"alert_function/handler.py" in code.archive()


def test_a_deployment_follows_the_version_that_the_application_has(
    inbox: str, tmp_path: Path
) -> None:
    path = archive.write(archive.build(NOTE), tmp_path)
    platform.deploy(Platform(application=path))
    name = service.name_of("dev")
    before = service.describe(name)
    assert before.groups[properties.PARAMETERS]["max_actions"] == "10"
    changed = {"max_actions": "20"}
    groups = {
        **before.groups,
        properties.PARAMETERS: before.groups[properties.PARAMETERS] | changed,
    }
    health.finished(name, service.update(name, before.version, before.code_key, groups))
    lines = deployed()
    assert "  left out: no archive of the note was given" not in lines
    after = service.describe(name)
    assert (after.code_key, after.groups, after.status) == (before.code_key, groups, "READY")
    assert deployed().count("  nothing changed") == len(STACKS)
    stacks.destroy(PLATFORM.stack("application"), lambda _line: None)
    deployed()


def test_an_address_that_did_not_confirm_is_told_to(
    inbox: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--stage", "dev", "--email", "ops@example.org"]) == 0
    said = capsys.readouterr().out
    for topic in ("alerts", "operations"):
        assert f"ops@example.org gets nothing from ecommerce-dev-{topic} before the link" in said


def test_what_is_not_said_again_stays_until_it_is_taken_off(inbox: str) -> None:
    def subscribed() -> list[str]:
        topics = boto3.client("sns").get_paginator("list_subscriptions").paginate()
        found = [each for page in topics for each in page["Subscriptions"]]
        return [
            each["Endpoint"]
            for each in found
            if each["Protocol"] == "email" and ":ecommerce-dev-" in each["TopicArn"]
        ]

    def pushed() -> bool:
        mappings = boto3.client("lambda").list_event_source_mappings(
            FunctionName="ecommerce-dev-alerts"
        )["EventSourceMappings"]
        return "/consumer/" in mappings[0]["EventSourceArn"]

    deployed(Platform(email="kept@example.org", link="https://example.org/", fan_out=True))
    assert deployed().count("  nothing changed") == MADE
    assert subscribed() == ["kept@example.org"] * 2
    assert pushed()
    deployed(Platform(email="none", link="none", fan_out=False))
    assert subscribed() == []
    assert not pushed()
