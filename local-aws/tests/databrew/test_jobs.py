"""Jobs and their runs: made, listed, stopped, refused, and what they tell EventBridge."""

import base64
import json
import time
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from athena_client import Athena
from databrew_jobs import ROLE, Brew, ended, name
from iam_roles import from_service

FILE = {"Input": {"S3InputDefinition": {"Bucket": "abc", "Key": "k"}}}
ENDLESS = """
    CREATE OR REPLACE VIEW {} AS
    SELECT a * 7 % 1000003 AS n, b AS m
    FROM UNNEST(SEQUENCE(1, 10000)) AS t (a) CROSS JOIN UNNEST(SEQUENCE(1, 10000)) AS u (b)
"""


@pytest.fixture
def endless(brew: Brew) -> str:
    """A dataset of a hundred million rows that lie nowhere: a view of the catalog."""
    view = name("endless").replace("-", "_")
    Athena(boto3.client("athena"), f"s3://{brew.bucket}/results/").succeed(ENDLESS.format(view))
    made = name("endless")
    place = {"DatabaseName": "default", "TableName": view}
    brew.client.create_dataset(Name=made, Input={"DataCatalogInputDefinition": place})
    return made


def test_a_job_that_is_stopped_half_way_writes_nothing(brew: Brew, endless: str) -> None:
    job = brew.profile_job(endless)
    run = brew.client.start_job_run(Name=job)["RunId"]
    while brew.client.describe_job_run(Name=job, RunId=run)["State"] == "STARTING":
        time.sleep(0.02)
    with pytest.raises(brew.client.exceptions.ConflictException, match="running"):
        brew.client.delete_job(Name=job)
    assert brew.client.stop_job_run(Name=job, RunId=run)["RunId"] == run
    told = ended(brew.client, job, run)
    assert told["State"] == "STOPPED"
    assert "ErrorMessage" not in told
    assert told["CompletedOn"] >= told["StartedOn"]
    assert not brew.listed("profiles/")
    brew.client.stop_job_run(Name=job, RunId=run)  # what has ended stays as it ended
    assert ended(brew.client, job, run)["State"] == "STOPPED"


def test_a_table_of_the_catalog_is_profiled_with_its_types(brew: Brew) -> None:
    table = name("typed").replace("-", "_")
    Athena(boto3.client("athena"), f"s3://{brew.bucket}/results/").succeed(
        f"""
        CREATE TABLE {table} WITH (format = 'PARQUET') AS
        SELECT 5 AS n, CAST(7 AS BIGINT) AS big, 'a' AS word, true AS yes, 0.5E0 AS half,
            TIMESTAMP '2019-10-01 00:00:00' AS moment, CAST(1.5 AS DECIMAL(10, 2)) AS money
        """
    )
    made = name("typed")
    place = {"DatabaseName": "default", "TableName": table}
    brew.client.create_dataset(Name=made, Input={"DataCatalogInputDefinition": place})
    assert brew.client.describe_dataset(Name=made)["Source"] == "DATA-CATALOG"
    told = brew.profile(made)[0]
    assert {each["name"]: each["type"] for each in told["columns"]} == {
        "n": "int",
        "big": "bigint",
        "word": "string",
        "yes": "boolean",
        "half": "double",
    }


def test_what_is_not_there_fails_the_run_with_its_name(brew: Brew) -> None:
    gone = brew.dataset("no/such/folder/", Format="CSV")
    told = brew.run(brew.profile_job(gone))
    assert told["State"] == "FAILED"
    assert (
        told["ErrorMessage"] == f"There is no file with data at s3://{brew.bucket}/no/such/folder/."
    )
    nowhere = {"Bucket": "no-such-bucket", "Key": "x"}
    told = brew.run(brew.profile_job(brew.dataset_of_csv("a\n1\n"), OutputLocation=nowhere))
    assert told["ErrorMessage"] == "The bucket no-such-bucket doesn't exist."
    place = {"DatabaseName": "default", "TableName": "no_such_table"}
    brew.client.create_dataset(Name="no-such-table", Input={"DataCatalogInputDefinition": place})
    told = brew.run(brew.profile_job("no-such-table"))
    assert "no_such_table" in told["ErrorMessage"]


def test_runs_are_listed_newest_first_and_have_their_job_as_it_was(brew: Brew) -> None:
    job = brew.profile_job(brew.dataset_of_csv("a\n1\n"))
    first, second = brew.run(job), brew.run(job)
    found = brew.client.list_job_runs(Name=job)["JobRuns"]
    assert [each["RunId"] for each in found] == [second["RunId"], first["RunId"]]
    page = brew.client.list_job_runs(Name=job, MaxResults=1)
    rest = brew.client.list_job_runs(Name=job, NextToken=page["NextToken"])["JobRuns"]
    assert [each["RunId"] for each in rest] == [first["RunId"]]
    assert first["DatasetName"] == brew.client.describe_job(Name=job)["DatasetName"]
    brew.client.delete_job(Name=job)
    with pytest.raises(brew.client.exceptions.ResourceNotFoundException):
        brew.client.list_job_runs(Name=job)


def test_resources_are_updated_listed_tagged_and_deleted_in_their_order(brew: Brew) -> None:
    client = brew.client
    dataset = brew.dataset_of_csv("a\n1\n", Tags={"team": "shop"})
    rule = {"Name": "r", "CheckExpression": "AGG(ROWS_COUNT) > :v", "SubstitutionMap": {":v": "0"}}
    ruleset = brew.ruleset(dataset, rule)
    job = brew.profile_job(dataset, ruleset)
    arn = client.describe_dataset(Name=dataset)["ResourceArn"]
    client.tag_resource(ResourceArn=arn, Tags={"stage": "dev"})
    client.untag_resource(ResourceArn=arn, TagKeys=["team"])
    assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"stage": "dev"}
    (item,) = client.list_rulesets(TargetArn=arn)["Rulesets"]
    assert (item["Name"], item["RuleCount"]) == (ruleset, 1)
    assert [each["Name"] for each in client.list_jobs(DatasetName=dataset)["Jobs"]] == [job]
    client.update_ruleset(Name=ruleset, Rules=[rule, rule | {"Name": "s"}])
    described = client.describe_ruleset(Name=ruleset)
    assert len(described["Rules"]) == 2
    assert described["TargetArn"] == arn
    assert described["LastModifiedDate"] >= described["CreateDate"]
    for delete, what in ((client.delete_dataset, dataset), (client.delete_ruleset, ruleset)):
        with pytest.raises(client.exceptions.ConflictException, match="used by"):
            delete(Name=what)
    place = {"Bucket": brew.bucket, "Key": "elsewhere"}
    client.update_profile_job(Name=job, OutputLocation=place, RoleArn=ROLE)
    told = client.describe_job(Name=job)
    assert told["Outputs"] == [{"Location": place}]
    assert "ValidationConfigurations" not in told
    client.delete_ruleset(Name=ruleset)
    client.delete_job(Name=job)
    client.delete_dataset(Name=dataset)
    with pytest.raises(client.exceptions.ResourceNotFoundException, match=dataset):
        client.describe_dataset(Name=dataset)


@pytest.mark.parametrize(
    ("call", "given", "code"),
    [
        ("create_project", {"DatasetName": "d", "RecipeName": "r"}, "NotImplementedException"),
        ("create_schedule", {"CronExpression": "cron(0 1 * * ? *)"}, "NotImplementedException"),
        (
            "create_dataset",
            {"Input": {"DatabaseInputDefinition": {"GlueConnectionName": "c"}}},
            "NotImplementedException",
        ),
        (
            "create_dataset",
            {"Input": {"S3InputDefinition": {"Bucket": "abc", "Key": "k"}}, "Format": "EXCEL"},
            "NotImplementedException",
        ),
        ("create_dataset", {"Input": {}}, "ValidationException"),
        (
            "create_dataset",
            {**FILE, "Format": "CSV", "FormatOptions": {"Json": {"MultiLine": True}}},
            "ValidationException",
        ),
        (
            "create_dataset",
            {**FILE, "FormatOptions": {"Json": {"MultiLine": True}, "Csv": {"HeaderRow": True}}},
            "ValidationException",
        ),
        (
            "create_dataset",
            {**FILE, "FormatOptions": {"Csv": {"Delimiter": "x"}}},
            "ValidationException",
        ),
        (
            "create_ruleset",
            {
                "TargetArn": "arn:aws:databrew:eu-west-1:000000000000:dataset/elsewhere",
                "Rules": [{"Name": "r", "CheckExpression": "AGG(ROWS_COUNT) > :v"}],
            },
            "ValidationException",
        ),
        (
            "create_ruleset",
            {
                "TargetArn": "arn:aws:databrew:us-east-1:000000000000:dataset/gone",
                "Rules": [{"Name": "r", "CheckExpression": "AGG(ROWS_COUNT) > :v"}],
            },
            "ResourceNotFoundException",
        ),
        ("create_recipe_job", {"RoleArn": ROLE}, "ValidationException"),
        ("delete_job", {}, "ResourceNotFoundException"),
    ],
)
def test_what_cannot_be_is_refused(brew: Brew, call: str, given: dict[str, Any], code: str) -> None:
    role = {"RoleArn": ROLE} if call == "create_project" else {}
    with pytest.raises(ClientError) as refused:
        getattr(brew.client, call)(Name="refused", **role, **given)
    assert refused.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"LogSubscription": "ENABLE"}, "LogSubscription"),
        ({"EncryptionMode": "SSE-KMS"}, "KMS"),
        ({"MaxRetries": 1}, "MaxRetries"),
        ({"MaxCapacity": 0}, "MaxCapacity"),
        (
            {"Configuration": {"EntityDetectorConfiguration": {"EntityTypes": ["EMAIL"]}}},
            "EntityDetectorConfiguration",
        ),
        (
            {
                "Configuration": {
                    "DatasetStatisticsConfiguration": {"IncludedStatistics": ["NO_SUCH"]}
                }
            },
            "no statistic NO_SUCH",
        ),
        ({"JobSample": {"Mode": "CUSTOM_ROWS"}}, "Size"),
        ({"RoleArn": "arn:aws:iam::000000000000:user/ana"}, "not the ARN of a role"),
    ],
)
def test_what_a_job_would_ignore_is_refused(brew: Brew, more: dict[str, Any], said: str) -> None:
    with pytest.raises(ClientError, match=said):
        brew.profile_job(brew.dataset_of_csv("a\n1\n"), **more)


def test_a_rulesets_arn_of_another_region_is_not_taken_for_its_name(brew: Brew) -> None:
    dataset = brew.dataset_of_csv("a\n1\n")
    values = {":v": "0"}
    rule = {"Name": "r", "CheckExpression": "AGG(ROWS_COUNT) > :v", "SubstitutionMap": values}
    own = brew.client.describe_ruleset(Name=brew.ruleset(dataset, rule))["ResourceArn"]
    given = {"RulesetArn": own.replace("us-east-1", "eu-west-1")}
    with pytest.raises(ClientError, match="no ruleset of this account and region"):
        brew.profile_job(dataset, ValidationConfigurations=[given])


def test_a_place_in_a_list_that_nobody_gave_out_is_refused(brew: Brew) -> None:
    for token in ("none", base64.urlsafe_b64encode(b"-5").decode()):
        with pytest.raises(ClientError, match="NextToken"):
            brew.client.list_jobs(NextToken=token)


def test_a_bucket_that_is_not_the_named_owners_is_not_read(brew: Brew) -> None:
    brew.put("owned.csv", "a\n1\n")
    place = {"Bucket": brew.bucket, "Key": "owned.csv", "BucketOwner": "111111111111"}
    brew.client.create_dataset(Name="of-another", Input={"S3InputDefinition": place}, Format="CSV")
    told = brew.run(brew.profile_job("of-another"))
    assert told["State"] == "FAILED"
    assert "does not belong to 111111111111" in told["ErrorMessage"]


@pytest.mark.parametrize("wrong", ["user_activity", "שלום", "😀", "a/b"])
def test_a_name_of_other_characters_is_refused(brew: Brew, wrong: str) -> None:
    place = {"S3InputDefinition": {"Bucket": brew.bucket, "Key": "a"}}
    with pytest.raises(ClientError, match="is no name"):
        brew.client.create_dataset(Name=wrong, Input=place)


def test_the_end_of_a_run_and_its_rulesets_are_told_to_eventbridge(brew: Brew) -> None:
    queue = boto3.client("sqs").create_queue(QueueName="brewed")["QueueUrl"]
    events = boto3.client("events")
    events.put_rule(Name="brewed", EventPattern=json.dumps({"source": ["aws.databrew"]}))
    arn = "arn:aws:sqs:us-east-1:000000000000:brewed"
    policy = {"Policy": from_service("sqs:SendMessage", "events")}
    boto3.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes=policy)
    events.put_targets(Rule="brewed", Targets=[{"Id": "queue", "Arn": arn}])
    dataset = brew.dataset_of_csv("a\n1\n")
    rule = {"Name": "r", "CheckExpression": "AGG(ROWS_COUNT) > :v", "SubstitutionMap": {":v": "9"}}
    ruleset = brew.ruleset(dataset, rule)
    run = brew.run(brew.profile_job(dataset, ruleset))
    heard: dict[str, Any] = {}
    deadline = time.monotonic() + 30
    while len(heard) < 2 and time.monotonic() < deadline:
        found = boto3.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        for message in found.get("Messages", []):
            event = json.loads(message["Body"])
            if event["detail"]["jobRunId"] == run["RunId"]:
                heard[event["detail-type"]] = event["detail"]
    assert heard["DataBrew Job State Change"]["state"] == "SUCCEEDED"
    result = heard["DataBrew Ruleset Validation Result"]
    assert (result["rulesetName"], result["validationState"]) == (ruleset, "FAILED")
    assert result["validationReportLocation"].endswith(run["Outputs"][1]["Location"]["Key"])
    events.remove_targets(Rule="brewed", Ids=["queue"])
    events.delete_rule(Name="brewed")
