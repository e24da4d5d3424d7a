"""Applications that do not run: what is taken, told, changed and refused."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from flink_applications import ROLE, RUN_OPTIONS, archive, configuration, groups
from local_aws.kinesisanalyticsv2.operations import OPERATIONS
from local_aws.protocol import model

pytestmark = pytest.mark.server

Make = Any
GROUP = "arn:aws:logs:us-east-1:000000000000:log-group:g"
STREAM = {"LogStreamARN": f"{GROUP}:log-stream:s"}
S3_CODE = configuration()["ApplicationCodeConfiguration"]


@pytest.fixture
def make(api: Any) -> Iterator[Make]:
    """Make applications that are deleted at the end."""
    names: list[str] = []

    def made(name: str = "one", **given: Any) -> dict[str, Any]:
        given = {
            "RuntimeEnvironment": "FLINK-2_2",
            "ServiceExecutionRole": ROLE,
            "ApplicationConfiguration": configuration(path="/nowhere"),
            **given,
        }
        answer = api.create_application(ApplicationName=name, **given)
        names.append(name)
        return dict(answer["ApplicationDetail"])

    yield made
    for name in names:
        found = api.describe_application(ApplicationName=name)["ApplicationDetail"]
        api.delete_application(ApplicationName=name, CreateTimestamp=found["CreateTimestamp"])


def described(api: Any, name: str = "one") -> dict[str, Any]:
    return dict(api.describe_application(ApplicationName=name)["ApplicationDetail"])


def test_what_was_declared_is_told_with_the_services_defaults(api: Any, make: Make) -> None:
    made = make(ApplicationDescription="counts", Tags=[{"Key": "stage", "Value": "test"}])
    assert made == described(api)
    assert made["ApplicationStatus"] == "READY"
    assert (made["ApplicationVersionId"], made["ApplicationMode"]) == (1, "STREAMING")
    told = made["ApplicationConfigurationDescription"]
    flink = told["FlinkApplicationConfigurationDescription"]
    assert flink["CheckpointConfigurationDescription"]["CheckpointInterval"] == 500
    assert flink["ParallelismConfigurationDescription"]["AutoScalingEnabled"] is True
    assert flink["MonitoringConfigurationDescription"]["MetricsLevel"] == "APPLICATION"
    assert told["ApplicationSnapshotConfigurationDescription"] == {"SnapshotsEnabled": True}
    code = told["ApplicationCodeConfigurationDescription"]["CodeContentDescription"]
    assert code["CodeSize"] == len(archive())
    assert code["S3ApplicationCodeLocationDescription"]["FileKey"] == "app.zip"


def test_with_the_default_type_other_values_do_not_count(make: Make) -> None:
    given = configuration()
    given["FlinkApplicationConfiguration"] = {
        "CheckpointConfiguration": {"ConfigurationType": "DEFAULT", "CheckpointInterval": 7},
        "ParallelismConfiguration": {"ConfigurationType": "CUSTOM", "Parallelism": 4},
    }
    told = make(ApplicationConfiguration=given)["ApplicationConfigurationDescription"]
    flink = told["FlinkApplicationConfigurationDescription"]
    assert flink["CheckpointConfigurationDescription"]["CheckpointInterval"] == 60_000
    assert flink["ParallelismConfigurationDescription"]["Parallelism"] == 4
    assert flink["ParallelismConfigurationDescription"]["ParallelismPerKPU"] == 1


@pytest.mark.parametrize(
    ("bucket", "key", "region"),
    [
        ("code", "missing.zip", "us-east-1"),
        ("nobody-has-this-bucket", "app.zip", "us-east-1"),
        ("code", "app.zip", "eu-west-1"),
    ],
)
def test_code_that_cannot_be_read_is_refused(api: Any, bucket: str, key: str, region: str) -> None:
    given = configuration(key)
    place = given["ApplicationCodeConfiguration"]["CodeContent"]["S3ContentLocation"]
    place["BucketARN"] = f"arn:aws:s3:::{bucket}"
    with pytest.raises(ClientError, match=r"InvalidArgument.*validity of S3 location"):
        boto3.client("kinesisanalyticsv2", region_name=region).create_application(
            ApplicationName="unreadable",
            RuntimeEnvironment="FLINK-2_2",
            ServiceExecutionRole=ROLE,
            ApplicationConfiguration=given,
        )


def test_an_old_kinesis_connector_is_refused(api: Any) -> None:
    jar = io.BytesIO()
    with zipfile.ZipFile(jar, "w") as writing:
        place = "META-INF/maven/org.apache.flink/flink-connector-kinesis/pom.properties"
        writing.writestr(place, "version=1.13.6\n")
    code = {"ZipFileContent": archive(**{"lib/old.jar": jar.getvalue()})}
    given = configuration()
    given["ApplicationCodeConfiguration"]["CodeContent"] = code
    with pytest.raises(ClientError, match=r"InvalidArgumentException.*1\.15\.2"):
        api.create_application(
            ApplicationName="old",
            RuntimeEnvironment="FLINK-2_2",
            ServiceExecutionRole=ROLE,
            ApplicationConfiguration=given,
        )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"RuntimeEnvironment": "SQL-1_0"}, "NotImplementedException"),
        ({"ApplicationMode": "INTERACTIVE"}, "InvalidArgumentException"),
        ({"Tags": [{"Key": str(n)} for n in range(51)]}, "TooManyTagsException"),
        ({"Tags": [{"Key": "aws:mine"}]}, "InvalidArgumentException"),
        ({"Tags": [{"Key": "a"}, {"Key": "a", "Value": "b"}]}, "InvalidArgumentException"),
        ({"ServiceExecutionRole": "nobody"}, "ValidationException"),
        ({"CloudWatchLoggingOptions": [STREAM, STREAM]}, "InvalidArgumentException"),
        ({"CloudWatchLoggingOptions": [{"LogStreamARN": GROUP}]}, "is no ARN of a log stream"),
    ],
)
def test_what_cannot_be_made_is_refused_by_name(make: Make, given: Any, code: str) -> None:
    with pytest.raises(ClientError, match=code):
        make(**given)


@pytest.mark.parametrize(
    ("part", "given", "code"),
    [
        ("VpcConfigurations", [{"SubnetIds": ["s"], "SecurityGroupIds": ["g"]}], "NotImplemented"),
        (
            "ApplicationEncryptionConfiguration",
            {"KeyType": "CUSTOMER_MANAGED_KEY", "KeyId": "k"},
            "NotImplemented",
        ),
        (
            "FlinkApplicationConfiguration",
            {"ParallelismConfiguration": {"ConfigurationType": "CUSTOM", "Parallelism": 257}},
            "InvalidArgument",
        ),
        (
            "EnvironmentProperties",
            {"PropertyGroups": [*groups(a="1"), *groups(a="2")]},
            "InvalidArgument",
        ),
        (
            "EnvironmentProperties",
            {"PropertyGroups": groups({"python": "main.py", "pyExecutable": "python"})},
            "pyExecutable",
        ),
        ("EnvironmentProperties", {"PropertyGroups": groups(empty="")}, "Validation"),
        (
            "ZeppelinApplicationConfiguration",
            {"MonitoringConfiguration": {"LogLevel": "INFO"}},
            "InvalidArgumentException.*INTERACTIVE",
        ),
        (
            "ApplicationCodeConfiguration",
            {
                "CodeContentType": "ZIPFILE",
                "CodeContent": {"ZipFileContent": b"PK", **S3_CODE["CodeContent"]},
            },
            "CodeContent is one of",
        ),
    ],
)
def test_a_configuration_that_is_not_carried_out_is_refused(
    make: Make, part: str, given: Any, code: str
) -> None:
    with pytest.raises(ClientError, match=code):
        make(ApplicationConfiguration={**configuration(), part: given})


def test_an_update_replaces_all_groups_and_falls_back_in_how_it_restores(
    api: Any, make: Make
) -> None:
    version = make()["ApplicationVersionId"]
    run = {"FlinkRunConfiguration": {"AllowNonRestoredState": True}}
    first = api.update_application(
        ApplicationName="one", CurrentApplicationVersionId=version, RunConfigurationUpdate=run
    )["ApplicationDetail"]
    told = first["ApplicationConfigurationDescription"]["RunConfigurationDescription"]
    assert told["FlinkRunConfigurationDescription"]["AllowNonRestoredState"] is True

    changed = {
        "EnvironmentPropertyUpdates": {"PropertyGroups": groups(other="x")[1:]},
        "ApplicationSnapshotConfigurationUpdate": {"SnapshotsEnabledUpdate": False},
    }
    second = api.update_application(
        ApplicationName="one",
        ConditionalToken=first["ConditionalToken"],
        ApplicationConfigurationUpdate=changed,
    )["ApplicationDetail"]
    told = second["ApplicationConfigurationDescription"]
    found = told["EnvironmentPropertyDescriptions"]["PropertyGroupDescriptions"]
    assert found == groups(other="x")[1:]
    assert told["ApplicationSnapshotConfigurationDescription"] == {"SnapshotsEnabled": False}
    flink = told["FlinkApplicationConfigurationDescription"]  # what was not sent stays
    assert flink["CheckpointConfigurationDescription"]["CheckpointInterval"] == 500
    run = told["RunConfigurationDescription"]
    assert run["FlinkRunConfigurationDescription"] == {"AllowNonRestoredState": False}
    restored = run["ApplicationRestoreConfigurationDescription"]
    assert restored["ApplicationRestoreType"] == "RESTORE_FROM_LATEST_SNAPSHOT"
    assert second["ApplicationVersionId"] == version + 2
    assert second["ApplicationStatus"] == "READY"


def test_an_update_needs_the_present_version_or_token(api: Any, make: Make) -> None:
    made = make()
    with pytest.raises(ClientError, match="InvalidArgumentException"):
        api.update_application(ApplicationName="one")
    for stale in ({"CurrentApplicationVersionId": 9}, {"ConditionalToken": "old"}):
        with pytest.raises(ClientError, match="ConcurrentModificationException"):
            api.update_application(ApplicationName="one", **stale)
    assert described(api)["ConditionalToken"] == made["ConditionalToken"]


def test_the_same_object_is_not_loaded_again(api: Any, make: Make) -> None:
    s3 = boto3.client("s3")
    s3.put_object(Bucket="code", Key="moving.zip", Body=b"first")
    made = make(ApplicationConfiguration=configuration("moving.zip"))
    s3.put_object(Bucket="code", Key="moving.zip", Body=b"second version")
    packed = archive("print('other')")
    for place, size in (
        ({"S3ContentLocationUpdate": {"FileKeyUpdate": "moving.zip"}}, 5),
        ({"S3ContentLocationUpdate": {"FileKeyUpdate": "other.zip"}}, len(packed)),
        ({"ZipFileContentUpdate": b"a third"}, 7),
        (
            {
                "S3ContentLocationUpdate": {
                    "BucketARNUpdate": "arn:aws:s3:::code",
                    "FileKeyUpdate": "moving.zip",
                }
            },
            14,
        ),
    ):
        made = api.update_application(
            ApplicationName="one",
            CurrentApplicationVersionId=made["ApplicationVersionId"],
            ApplicationConfigurationUpdate={
                "ApplicationCodeConfigurationUpdate": {"CodeContentUpdate": place}
            },
        )["ApplicationDetail"]
        code = made["ApplicationConfigurationDescription"][
            "ApplicationCodeConfigurationDescription"
        ]["CodeContentDescription"]
        assert code["CodeSize"] == size


def test_each_version_can_be_told(api: Any, make: Make) -> None:
    make()
    api.update_application(
        ApplicationName="one",
        CurrentApplicationVersionId=1,
        ServiceExecutionRoleUpdate=f"{ROLE}-2",
    )
    listed = api.list_application_versions(ApplicationName="one")["ApplicationVersionSummaries"]
    assert [each["ApplicationVersionId"] for each in listed] == [2, 1]
    for version, role in ((1, ROLE), (2, f"{ROLE}-2")):
        told = api.describe_application_version(
            ApplicationName="one", ApplicationVersionId=version
        )["ApplicationVersionDetail"]
        assert told["ServiceExecutionRole"] == role
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        api.describe_application_version(ApplicationName="one", ApplicationVersionId=3)


def test_operations_are_listed_and_told(api: Any, make: Make) -> None:
    make()
    done = api.update_application(
        ApplicationName="one", CurrentApplicationVersionId=1, ServiceExecutionRoleUpdate=ROLE
    )["OperationId"]
    listed = api.list_application_operations(ApplicationName="one", OperationStatus="SUCCESSFUL")
    assert [each["OperationId"] for each in listed["ApplicationOperationInfoList"]] == [done]
    none = api.list_application_operations(ApplicationName="one", Operation="StartApplication")
    assert none["ApplicationOperationInfoList"] == []
    told = api.describe_application_operation(ApplicationName="one", OperationId=done)
    assert told["ApplicationOperationInfoDetails"]["ApplicationVersionChangeDetails"] == {
        "ApplicationVersionUpdatedFrom": 1,
        "ApplicationVersionUpdatedTo": 2,
    }


def test_a_throttled_call_is_made_again(api: Any, faults: Any) -> None:
    faults.throttle("kinesisanalytics:ListApplications", times=1)
    assert api.list_applications()["ApplicationSummaries"] == []
    assert faults.met("kinesisanalytics:ListApplications") == 1


def test_lists_come_in_pages(api: Any, make: Make) -> None:
    for name in ("one", "three", "two"):
        make(name)
    pages = api.get_paginator("list_applications").paginate(PaginationConfig={"PageSize": 2})
    names = [[each["ApplicationName"] for each in page["ApplicationSummaries"]] for page in pages]
    assert names == [["one", "three"], ["two"]]
    with pytest.raises(ClientError, match="InvalidRequestException"):
        api.list_applications(NextToken="x")


def test_a_logging_option_is_added_changed_and_deleted(api: Any, make: Make) -> None:
    make()
    stream = "arn:aws:logs:us-east-1:000000000000:log-group:g:log-stream:s"
    added = api.add_application_cloud_watch_logging_option(
        ApplicationName="one",
        CurrentApplicationVersionId=1,
        CloudWatchLoggingOption={"LogStreamARN": stream},
    )
    (option,) = added["CloudWatchLoggingOptionDescriptions"]
    with pytest.raises(ClientError, match="InvalidArgumentException"):
        api.add_application_cloud_watch_logging_option(
            ApplicationName="one",
            CurrentApplicationVersionId=2,
            CloudWatchLoggingOption={"LogStreamARN": stream},
        )
    identity = option["CloudWatchLoggingOptionId"]
    change = {"CloudWatchLoggingOptionId": identity, "LogStreamARNUpdate": f"{stream}2"}
    changed = api.update_application(
        ApplicationName="one",
        CurrentApplicationVersionId=2,
        CloudWatchLoggingOptionUpdates=[change],
    )["ApplicationDetail"]
    assert changed["CloudWatchLoggingOptionDescriptions"][0]["LogStreamARN"] == f"{stream}2"
    deleted = api.delete_application_cloud_watch_logging_option(
        ApplicationName="one", CurrentApplicationVersionId=3, CloudWatchLoggingOptionId=identity
    )
    assert deleted["CloudWatchLoggingOptionDescriptions"] == []


def test_tags_and_the_maintenance_window_can_be_changed(api: Any, make: Make) -> None:
    arn = make(Tags=[{"Key": "a", "Value": "1"}])["ApplicationARN"]
    api.tag_resource(ResourceARN=arn, Tags=[{"Key": "b", "Value": "2"}])
    api.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert api.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        api.list_tags_for_resource(ResourceARN=f"{arn}-2")

    start = "ApplicationMaintenanceWindowStartTimeUpdate"
    told = api.update_application_maintenance_configuration(
        ApplicationName="one", ApplicationMaintenanceConfigurationUpdate={start: "20:30"}
    )["ApplicationMaintenanceConfigurationDescription"]
    assert told["ApplicationMaintenanceWindowEndTime"] == "04:30"
    assert described(api)["ApplicationMaintenanceConfigurationDescription"] == told
    with pytest.raises(ClientError, match="ValidationException"):
        api.update_application_maintenance_configuration(
            ApplicationName="one", ApplicationMaintenanceConfigurationUpdate={start: "24:00"}
        )


def test_what_needs_a_running_application_is_refused(api: Any, make: Make) -> None:
    make()
    with pytest.raises(ClientError, match="InvalidRequestException"):
        api.create_application_snapshot(ApplicationName="one", SnapshotName="s")
    for call, given in (
        (api.stop_application, {}),
        (api.rollback_application, {"CurrentApplicationVersionId": 1}),
        (api.create_application_presigned_url, {"UrlType": "FLINK_DASHBOARD_URL"}),
    ):
        with pytest.raises(ClientError, match="ResourceInUseException"):
            call(ApplicationName="one", **given)
    with pytest.raises(ClientError, match="ResourceInUseException"):
        make()


def restoring(kind: str, **more: str) -> dict[str, Any]:
    return {"ApplicationRestoreConfiguration": {"ApplicationRestoreType": kind, **more}}


@pytest.mark.parametrize(
    "run",
    [
        restoring("RESTORE_FROM_CUSTOM_SNAPSHOT"),
        restoring("RESTORE_FROM_CUSTOM_SNAPSHOT", SnapshotName="none"),
        restoring("SKIP_RESTORE_FROM_SNAPSHOT", SnapshotName="none"),
    ],
)
def test_a_snapshot_that_is_not_there_is_not_restored(api: Any, make: Make, run: Any) -> None:
    pytest.importorskip("pyflink", reason="without it nothing is started")
    make()
    with pytest.raises(ClientError, match="InvalidArgumentException"):
        api.start_application(ApplicationName="one", RunConfiguration=run)
    assert described(api)["ApplicationStatus"] == "READY"


def test_an_update_that_names_no_snapshot_that_is_there_is_refused(api: Any, make: Make) -> None:
    make()
    run = restoring("RESTORE_FROM_CUSTOM_SNAPSHOT", SnapshotName="none")
    with pytest.raises(ClientError, match="InvalidArgumentException"):
        api.update_application(
            ApplicationName="one", CurrentApplicationVersionId=1, RunConfigurationUpdate=run
        )
    assert described(api)["ApplicationVersionId"] == 1


def test_a_damaged_jar_is_told_at_the_start_and_not_before(api: Any, make: Make) -> None:
    jar = io.BytesIO()
    with zipfile.ZipFile(jar, "w") as writing:
        writing.writestr("x/flink.properties", "a" * 99)
    damaged = jar.getvalue().replace(b"a" * 99, b"b" * 99)
    code = {"ZipFileContent": archive(**{"lib/damaged.jar": damaged, "lib/none.jar": b"no"})}
    given = configuration()
    given["ApplicationCodeConfiguration"]["CodeContent"] = code
    assert make(ApplicationConfiguration=given)["ApplicationStatus"] == "READY"


def test_another_runtime_is_made_and_not_started(api: Any, make: Make) -> None:
    make(RuntimeEnvironment="FLINK-1_20")
    with pytest.raises(ClientError, match=r"NotImplemented.*FLINK-1_20"):
        api.start_application(ApplicationName="one")


def test_java_is_refused_by_name(api: Any, make: Make) -> None:
    given = configuration()
    jar = archive(
        None, **{"META-INF/MANIFEST.MF": "Manifest-Version: 1.0\nMain-Class: shop.Main\n"}
    )
    given["ApplicationCodeConfiguration"]["CodeContent"] = {"ZipFileContent": jar}
    given["EnvironmentProperties"] = {"PropertyGroups": groups({"some": "thing"})}
    make(ApplicationConfiguration=given)
    with pytest.raises(ClientError, match=r"NotImplemented.*Java"):
        api.start_application(ApplicationName="one")


NOTE = {"paragraphs": [{"text": "%flink.ssql\nSELECT 1"}]}


def note(text: str) -> dict[str, Any]:
    database = "arn:aws:glue:us-east-1:000000000000:database/shop"
    catalog = {"GlueDataCatalogConfiguration": {"DatabaseARN": database}}
    return {
        "ApplicationCodeConfiguration": {
            "CodeContentType": "PLAINTEXT",
            "CodeContent": {"TextContent": text},
        },
        "ZeppelinApplicationConfiguration": {"CatalogConfiguration": catalog},
    }


def test_a_note_of_studio_is_kept_and_not_started(api: Any, make: Make) -> None:
    make(
        RuntimeEnvironment="ZEPPELIN-FLINK-3_0",
        ApplicationMode="INTERACTIVE",
        ApplicationConfiguration=note(json.dumps(NOTE)),
    )
    told = described(api)["ApplicationConfigurationDescription"]
    code = told["ApplicationCodeConfigurationDescription"]
    assert json.loads(code["CodeContentDescription"]["TextContent"]) == NOTE
    zeppelin = told["ZeppelinApplicationConfigurationDescription"]
    catalog = zeppelin["CatalogConfigurationDescription"]["GlueDataCatalogConfigurationDescription"]
    assert catalog["DatabaseARN"].endswith("database/shop")
    with pytest.raises(ClientError, match=r"NotImplemented.*JupyterLab"):
        api.start_application(ApplicationName="one")
    with pytest.raises(ClientError, match="UnsupportedOperationException"):
        api.list_application_snapshots(ApplicationName="one")


@pytest.mark.parametrize("text", ["", "no JSON", "[]", '{"name": "x"}', '{"paragraphs": [1]}'])
def test_a_note_that_zeppelin_does_not_read_is_refused(make: Make, text: str) -> None:
    with pytest.raises(ClientError, match=r"InvalidArgument|CodeValidation"):
        make(
            RuntimeEnvironment="ZEPPELIN-FLINK-3_0",
            ApplicationMode="INTERACTIVE",
            ApplicationConfiguration=note(text),
        )


@pytest.mark.parametrize(
    "operation", sorted(model.operations("kinesisanalyticsv2") - set(OPERATIONS))
)
def test_what_is_of_sql_or_a_network_is_refused_by_name(operation: str) -> None:
    assert any(part in operation for part in ("Input", "Output", "Reference", "Vpc"))


@pytest.mark.parametrize(
    ("main", "options", "said"),
    [
        (None, {"python": "main.py"}, "main.py"),
        ("1", {"python": "main.py", "jarfile": "lib/none.jar"}, "lib/none.jar"),
        ("1", {"some": "thing"}, RUN_OPTIONS),
    ],
)
def test_an_archive_that_is_not_what_its_options_say_does_not_start(
    api: Any, make: Make, main: str | None, options: dict[str, str], said: str
) -> None:
    pytest.importorskip("pyflink", reason="without it nothing is started")
    given = configuration()
    given["ApplicationCodeConfiguration"]["CodeContent"] = {
        "ZipFileContent": archive(main, **{"README": "x"})
    }
    given["EnvironmentProperties"] = {"PropertyGroups": groups(options)}
    make(ApplicationConfiguration=given)
    operation = api.start_application(ApplicationName="one")["OperationId"]
    while described(api)["ApplicationStatus"] == "STARTING":
        pass
    assert described(api)["ApplicationStatus"] == "READY"
    told = api.describe_application_operation(ApplicationName="one", OperationId=operation)
    details = told["ApplicationOperationInfoDetails"]
    assert details["OperationStatus"] == "FAILED"
    assert said in details["OperationFailureDetails"]["ErrorInfo"]["ErrorString"]
