"""One application at work: its life, its state, its log, its figures, and what kills it."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError

from flink_applications import (
    ROLE,
    Application,
    Server,
    archive,
    configuration,
    groups,
    messages,
    until,
)

pytest.importorskip("pyflink", reason="applications run on PyFlink")
pytestmark = pytest.mark.server

GROUP, STREAM = "/aws/kinesis-analytics/counts", "kinesis-analytics-log-stream"
LOG = f"arn:aws:logs:us-east-1:000000000000:log-group:{GROUP}:log-stream:{STREAM}"
LATEST = {
    "ApplicationRestoreConfiguration": {"ApplicationRestoreType": "RESTORE_FROM_LATEST_SNAPSHOT"}
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("flink"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder that the application writes into."""
    return tmp_path_factory.mktemp("numbers")


@pytest.fixture(scope="module")
def application(server: Server, numbers: Path) -> Application:
    """Give an application that runs; each test leaves it running."""
    s3, logs = server.client("s3"), server.client("logs")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="app.zip", Body=archive())
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
    api = server.client("kinesisanalyticsv2")
    api.create_application(
        ApplicationName="counts",
        RuntimeEnvironment="FLINK-2_2",
        ServiceExecutionRole=ROLE,
        ApplicationConfiguration=configuration(path=str(numbers)),
        CloudWatchLoggingOptions=[{"LogStreamARN": LOG}],
    )
    api.start_application(ApplicationName="counts")
    made = Application(server, "counts")
    assert made.status == "STARTING"
    made.becomes("RUNNING")
    return made


def written(numbers: Path) -> list[int]:
    """Return what was written whole, in its order."""
    files = [path for path in numbers.iterdir() if not path.name.startswith((".", "_"))]
    return sorted(int(line) for path in files for line in path.read_text().split())


def grows(numbers: Path) -> None:
    """Wait for one more number than there are, none missing and none twice."""
    before = len(written(numbers))
    until(lambda: len(written(numbers)) > before)
    found = written(numbers)
    assert found == list(range(1, len(found) + 1))


def takes_snapshots(application: Application, name: str) -> bool:
    """Say whether every task runs, by asking for what needs it."""
    try:
        application.api.create_application_snapshot(
            ApplicationName=application.name, SnapshotName=name
        )
    except ClientError as error:
        assert "experiencing downtime" in str(error)
        return False
    return True


def records(server: Server) -> list[dict[str, Any]]:
    pages = server.client("logs").get_paginator("filter_log_events").paginate(logGroupName=GROUP)
    return messages([event for page in pages for event in page["events"]])


def test_it_runs_and_tells_its_plan(application: Application, numbers: Path) -> None:
    plan = application.detail(IncludeAdditionalDetails=True)["ApplicationConfigurationDescription"]
    assert "numbers" in plan["FlinkApplicationConfigurationDescription"]["JobPlanDescription"]
    assert application.operations()[0]["OperationStatus"] == "SUCCESSFUL"
    grows(numbers)


def test_its_log_is_the_services_records(application: Application) -> None:
    server = application.server
    said = f"calls {server.endpoint} us-east-1"
    found = until(lambda: [each for each in records(server) if said in each["message"]])
    assert found[0]["logger"] == "org.apache.flink.client.python.PythonDriver"
    assert found[0]["applicationARN"] == application.detail()["ApplicationARN"]
    assert (found[0]["applicationVersionId"], found[0]["messageType"]) == ("1", "INFO")
    assert found[0]["messageSchemaVersion"] == "1"
    assert {"locationInformation", "threadName"} <= found[0].keys()


def test_a_snapshot_of_it_is_told_and_deleted(application: Application) -> None:
    api, name = application.api, application.name
    api.create_application_snapshot(ApplicationName=name, SnapshotName="first")
    with pytest.raises(ClientError, match="ResourceInUseException"):
        api.create_application_snapshot(ApplicationName=name, SnapshotName="first")

    def ready() -> Any:
        found = api.describe_application_snapshot(ApplicationName=name, SnapshotName="first")
        return found["SnapshotDetails"]["SnapshotStatus"] == "READY" and found["SnapshotDetails"]

    snapshot = until(ready)
    assert snapshot["ApplicationVersionId"] == 1
    made = snapshot["SnapshotCreationTimestamp"]
    with pytest.raises(ClientError, match="InvalidArgumentException"):
        api.delete_application_snapshot(
            ApplicationName=name, SnapshotName="first", SnapshotCreationTimestamp=0
        )
    api.delete_application_snapshot(
        ApplicationName=name, SnapshotName="first", SnapshotCreationTimestamp=made
    )
    assert application.snapshots() == []


def test_what_does_not_fit_a_running_application_is_refused(application: Application) -> None:
    api, name = application.api, application.name
    with pytest.raises(ClientError, match=r"ResourceInUse.*cannot be started in 'RUNNING' state"):
        api.start_application(ApplicationName=name)
    with pytest.raises(ClientError, match="ConcurrentModificationException"):
        api.update_application(ApplicationName=name, CurrentApplicationVersionId=7)
    with pytest.raises(ClientError, match="InvalidRequestException"):  # no version before
        api.rollback_application(ApplicationName=name, CurrentApplicationVersionId=1)


def test_a_task_manager_that_dies_is_started_again(application: Application, numbers: Path) -> None:
    killed = application.processes()["TaskManagerRunner"]
    os.kill(killed, signal.SIGKILL)
    until(lambda: killed not in application.processes().values())
    api, name = application.api, application.name
    for call, given in (
        (api.create_application_snapshot, {"SnapshotName": "down"}),
        (api.stop_application, {}),
    ):
        with pytest.raises(ClientError, match=r"InvalidApplicationConf.*experiencing downtime"):
            call(ApplicationName=name, **given)
    with pytest.raises(ClientError, match=r"InvalidApplicationConf.*experiencing downtime"):
        application.update(ServiceExecutionRoleUpdate=ROLE)
    until(lambda: application.processes().get("TaskManagerRunner") not in {None, killed})
    assert application.status == "RUNNING"
    until(lambda: takes_snapshots(application, "up"))
    grows(numbers)


def test_an_update_goes_on_from_its_snapshot(application: Application, numbers: Path) -> None:
    changed = {
        "EnvironmentPropertyUpdates": {
            "PropertyGroups": groups(path=str(numbers), more="than before")
        }
    }
    told = application.update(
        ApplicationConfigurationUpdate=changed,
        RunConfigurationUpdate={"FlinkRunConfiguration": {"AllowNonRestoredState": True}},
    )
    assert told["ApplicationDetail"]["ApplicationStatus"] == "UPDATING"
    assert told["ApplicationDetail"]["ApplicationVersionUpdatedFrom"] == 1
    with pytest.raises(ClientError, match="ConcurrentModificationException"):  # two at once
        application.api.update_application(
            ApplicationName=application.name, CurrentApplicationVersionId=1
        )
    with pytest.raises(ClientError, match="ResourceInUseException"):
        application.update()
    application.becomes("RUNNING")
    assert application.operations()[0]["OperationStatus"] == "SUCCESSFUL"
    taken = application.snapshots()[-1]
    assert taken["SnapshotName"].startswith("UPDATEAPPLICATION-counts-")
    assert (taken["ApplicationVersionId"], taken["SnapshotStatus"]) == (1, "READY")
    grows(numbers)


def test_figures_reach_cloudwatch(application: Application) -> None:
    cloudwatch = application.server.client("cloudwatch")
    dimensions = [{"Name": "Application", "Value": application.name}]

    def names() -> set[str]:
        found = cloudwatch.list_metrics(Namespace="AWS/KinesisAnalytics", Dimensions=dimensions)
        return {each["MetricName"] for each in found["Metrics"]}

    wanted = {
        *("numRestarts", "runningTime", "restartingTime", "numRecordsIn", "numRecordsOut"),
        *("numberOfCompletedCheckpoints", "lastCheckpointDuration", "KPUs"),
        *("heapMemoryUtilization", "cpuUtilization"),
    }
    until(lambda: wanted <= names(), seen=names)
    assert not {"fullRestarts", "uptime", "downtime"} & names()


def test_the_page_of_flink_is_read_only(application: Application) -> None:
    url = application.api.create_application_presigned_url(
        ApplicationName=application.name, UrlType="FLINK_DASHBOARD_URL"
    )["AuthorizedUrl"]
    page, _, token = url.partition("?")
    assert url.startswith(application.server.endpoint)
    assert b"Apache Flink" in urllib3.request("GET", url).data
    jobs = urllib3.request("GET", f"{page}/jobs?{token}").json()["jobs"]
    assert [job["status"] for job in jobs] == ["RUNNING"]
    assert urllib3.request("GET", f"{page}/jobs").status == 403
    for method in ("PATCH", "POST", "DELETE"):
        assert urllib3.request(method, f"{page}/jobs/{jobs[0]['id']}?{token}").status == 405
    assert urllib3.request("GET", f"{page}/jobs/{jobs[0]['id']}/yarn-cancel?{token}").status == 405


def test_a_version_that_does_not_start_is_rolled_back(
    application: Application, numbers: Path
) -> None:
    before = application.version
    changed = groups({"python": "other.py"}, path=str(numbers))
    given = {
        "EnvironmentPropertyUpdates": {"PropertyGroups": changed},
        "ApplicationSystemRollbackConfigurationUpdate": {"RollbackEnabledUpdate": True},
    }
    application.update(ApplicationConfigurationUpdate=given)
    application.becomes("RUNNING")
    rollback, update = application.operations()[:2]
    assert (rollback["Operation"], rollback["OperationStatus"]) == (
        "RollbackApplication",
        "SUCCESSFUL",
    )
    assert update["OperationStatus"] == "FAILED"
    said = update["OperationFailureDetails"]
    assert said["RollbackOperationId"]
    assert "the archive has no other.py" in said["ErrorInfo"]["ErrorString"]
    detail = application.detail()
    assert detail["ApplicationVersionRolledBackTo"] == before
    assert detail["ApplicationVersionId"] == before + 2
    log = records(application.server)
    assert any(each.get("messageCode") == "CodeError.InvalidApplicationCode" for each in log)
    grows(numbers)


def test_a_killed_job_manager_is_started_again(application: Application, numbers: Path) -> None:
    killed = application.processes()["StandaloneSessionClusterEntrypoint"]
    os.kill(killed, signal.SIGKILL)
    entry = "StandaloneSessionClusterEntrypoint"
    until(lambda: application.processes().get(entry) not in {None, killed})
    until(lambda: application.status == "RUNNING" and takes_snapshots(application, "after"))
    grows(numbers)


def test_a_killed_server_finds_it_again(application: Application, numbers: Path) -> None:
    left = set(application.processes().values())
    application.server.kill()
    application.server.start()
    assert application.status == "RUNNING"  # as after a failure, it is still that to its owner
    until(lambda: takes_snapshots(application, "again"))
    grows(numbers)
    assert not left & set(application.processes().values())
    assert len(application.processes()) == 2


def test_stop_and_start_go_on_from_the_snapshot(application: Application, numbers: Path) -> None:
    application.api.stop_application(ApplicationName=application.name)
    application.becomes("READY")
    assert application.processes() == {}
    assert application.snapshots()[-1]["SnapshotName"].startswith("STOP-counts-")
    stopped = len(written(numbers))
    application.api.start_application(ApplicationName=application.name, RunConfiguration=LATEST)
    with pytest.raises(ClientError, match=r"ResourceInUse.*cannot be stopped in 'STARTING'"):
        application.api.stop_application(ApplicationName=application.name)
    application.becomes("RUNNING")
    until(lambda: len(written(numbers)) > stopped)
    found = written(numbers)
    assert found == list(range(1, len(found) + 1))


def test_it_is_rolled_back_to_the_version_that_ran_before(application: Application) -> None:
    version = application.version
    told = application.api.rollback_application(
        ApplicationName=application.name, CurrentApplicationVersionId=version
    )["ApplicationDetail"]
    assert told["ApplicationStatus"] == "ROLLING_BACK"
    application.becomes("RUNNING")
    assert application.operations()[0]["OperationStatus"] == "SUCCESSFUL"
    detail = application.detail()
    assert detail["ApplicationVersionRolledBackFrom"] == version
    former = application.api.describe_application_version(
        ApplicationName=application.name,
        ApplicationVersionId=detail["ApplicationVersionRolledBackTo"],
    )["ApplicationVersionDetail"]["ApplicationConfigurationDescription"]
    now = detail["ApplicationConfigurationDescription"]
    assert now["EnvironmentPropertyDescriptions"] == former["EnvironmentPropertyDescriptions"]


def test_a_setting_that_code_may_not_change_ends_the_start(
    application: Application, numbers: Path
) -> None:
    application.api.stop_application(ApplicationName=application.name, Force=True)
    application.becomes("READY")
    setting = "table.exec.resource.default-parallelism"
    changed = groups(path=str(numbers), setting=setting)
    application.update(
        ApplicationConfigurationUpdate={"EnvironmentPropertyUpdates": {"PropertyGroups": changed}}
    )
    application.api.start_application(ApplicationName=application.name)
    application.becomes("READY")
    failed = application.operations()[0]
    assert failed["OperationStatus"] == "FAILED"
    said = failed["OperationFailureDetails"]["ErrorInfo"]["ErrorString"]
    assert "Could not execute application" in said
    assert f"Configuration {setting}:1 not allowed" in said
    assert application.processes() == {}


def test_a_forced_stop_ends_a_start(application: Application) -> None:
    name, taken = application.name, len(application.snapshots())
    application.api.start_application(ApplicationName=name)
    application.api.stop_application(ApplicationName=name, Force=True)
    application.becomes("READY")
    stop, start = (each["OperationStatus"] for each in application.operations()[:2])
    assert (stop, start) == ("SUCCESSFUL", "CANCELLED")
    assert len(application.snapshots()) == taken
    assert application.processes() == {}


def test_a_server_that_stops_ends_it_and_starts_it_again(application: Application) -> None:
    application.api.start_application(ApplicationName=application.name)
    until(application.processes)
    application.server.stop()
    assert application.processes() == {}
    application.server.start()
    assert application.status == "STARTING"
    application.api.stop_application(ApplicationName=application.name, Force=True)
    application.becomes("READY")


def test_deleting_it_leaves_nothing(application: Application) -> None:
    made = application.detail()["CreateTimestamp"]
    name = application.name
    with pytest.raises(ClientError, match="ConcurrentModificationException"):
        application.api.delete_application(ApplicationName=name, CreateTimestamp=0)
    application.api.delete_application(ApplicationName=name, CreateTimestamp=made)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        application.detail()
    kept = application.server.folder / "state/kinesisanalyticsv2"
    assert [path for path in kept.iterdir() if path.is_dir()] == []
