"""Each kind of work in its own role, where policies are enforced."""

import datetime
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import boto3
import pytest

from dashboards import publish, quicksight, views
from flink_notes.application import archive, upload
from helpers import alert_table, as_of, athena, aws, insights, redrive, upkeep
from helpers.bursts import NOTE
from helpers.deploy import code, platform
from helpers.deploy.platform import Platform
from helpers.errors import MissingError, ServiceError
from helpers.ingest import catalog, load
from helpers.ingest import upload as raw_upload
from helpers.kinesis import peek, streams
from helpers.paths import PROJECT
from helpers.raw import files
from helpers.stream_app import health, log, service
from iam_second_evaluator import disagreements
from local_aws.iam import recording
from local_aws.testing import running
from store_simulator.generate import generate
from store_simulator.simulate import Pace, Replay, simulate
from support import cells, lake, statements

pytestmark = pytest.mark.server  # it starts one of its own
BUCKET = "ecommerce-analytics-lake"
As = Callable[[str], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the server, which records there what was allowed and what denied."""
    return tmp_path_factory.mktemp("aws")


@pytest.fixture(scope="module")
def as_role(folder: Path) -> Iterator[As]:
    """The platform where policies are enforced; gives what puts this process into a role."""
    with running(folder, "--iam") as endpoint, lake.at(endpoint):
        aws.client.cache_clear()
        path = archive.write(archive.build(NOTE), folder / "applications")
        outputs = platform.deploy(Platform(bucket=BUCKET, application=path))
        sts = boto3.client("sts")

        @contextmanager
        def enter(role: str) -> Iterator[None]:
            arn = outputs[f"{role}RoleArn"]
            given = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("AWS_ACCESS_KEY_ID", given["AccessKeyId"])
                patch.setenv("AWS_SECRET_ACCESS_KEY", given["SecretAccessKey"])
                patch.setenv("AWS_SESSION_TOKEN", given["SessionToken"])
                boto3.DEFAULT_SESSION = None
                aws.client.cache_clear()
                yield
            boto3.DEFAULT_SESSION = None
            aws.client.cache_clear()

        yield enter
        aws.client.cache_clear()


@pytest.mark.parametrize("engine", ["local", "athena"])
def test_the_ingest_fills_the_lake_in_its_role(as_role: As, tmp_path: Path, engine: str) -> None:
    day = datetime.date(2019, 10, 1 if engine == "local" else 2)
    generate(tmp_path / "day.csv", first=day, last=day, rows=1500)
    with as_role("Ingest"):
        catalog.check_bucket(BUCKET)
        found = files.find(str(tmp_path / "day.csv"))
        place = {"bucket": BUCKET, "database": "db_commerce", "table": "user_activity"}
        raw_upload.upload_raw(found, **place)
        loaded = load.load(found, **place, engine=engine, staging=str(tmp_path / "staging"))
    assert loaded.rows_lake == loaded.rows_in > 0


def test_an_iceberg_lake_is_filled_and_corrected_in_the_role_of_the_ingest(
    as_role: As, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(athena, "_place", athena._place)  # as other tests find it
    database = {"database": "db_commerce", "bucket": BUCKET}
    place = {**database, "table": "user_activity_iceberg"}
    day = datetime.date(2019, 10, 1)
    generate(tmp_path / "day.csv", first=day, last=day, rows=1500)
    with as_role("Ingest"):
        found = files.find(str(tmp_path / "day.csv"))
        for engine in load.ENGINES:
            staging = str(tmp_path / "staging")
            loaded = load.load(
                found, **place, table_format="iceberg", engine=engine, staging=staging
            )
            assert loaded.snapshot == as_of.current(**place)
        delete = "DELETE FROM user_activity_iceberg WHERE event_type = 'view'"
        athena.run(delete, **database)
        athena.run("OPTIMIZE user_activity_iceberg REWRITE DATA USING BIN_PACK", **database)
        athena.run("VACUUM user_activity_iceberg", **database)
        assert upkeep.state(**place)["snapshots"] >= 3
        then = as_of.database(loaded.snapshot, **place)
    with as_role("Analyst"):
        athena.use("db_commerce", BUCKET, "ecommerce-dev")
        sql = "SELECT COUNT(*) AS events FROM user_activity_iceberg"
        assert athena.query(sql, database=then)["events"].tolist() == [loaded.rows_lake]
        assert 0 < athena.query(sql)["events"].iloc[0] < loaded.rows_lake
        # a state that an analyst chooses
        deleted = athena.query(sql)["events"].tolist()
        chosen = as_of.find(str(as_of.current(**place)), **place)
        assert (
            athena.query(sql, database=as_of.database(chosen, **place))["events"].tolist()
            == deleted
        )


def test_the_analyst_asks_and_looks_at_alerts_in_its_role(
    as_role: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(athena, "_place", athena._place)  # as other tests find it
    with as_role("Analyst"):
        athena.use("db_commerce", BUCKET, "ecommerce-dev")
        athena.create_view(
            "CREATE OR REPLACE VIEW v_days AS SELECT DISTINCT day FROM user_activity"
        )
        athena.create_view("CREATE OR REPLACE VIEW dashboard_days AS SELECT day FROM v_days")
        assert len(athena.query("SELECT day FROM dashboard_days")) == 2
        assert athena.query("SELECT * FROM alert_history").empty
        assert alert_table.open_alerts(
            "ecommerce-dev-alerts", datetime.datetime(2019, 1, 1, tzinfo=datetime.UTC)
        ).is_empty()
        assert peek.since(peek.mark(streams.ALERTS)).is_empty()


def test_the_analyst_profiles_the_lake_by_databrew_in_its_role(
    as_role: As, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(athena, "_place", None)  # the notebook itself says where it asks
    with as_role("Analyst"):
        notebook = PROJECT / "notebooks/11_profile.ipynb"
        given = {"bucket": BUCKET, "workgroup": "ecommerce-dev", "run_dir": str(tmp_path)}
        left = cells.run(notebook, **given)
    assert left["profile"]["sampleSize"] > 0
    assert left["run"]["State"] == "SUCCEEDED"


def test_the_publisher_publishes_what_the_deployer_declared_in_its_role(
    as_role: As, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(athena, "_place", athena._place)  # as other tests find it
    declared = Platform(bucket=BUCKET, database="db_commerce")
    place = {"database": "db_commerce", "bucket": BUCKET}
    given = {"bucket": BUCKET, "workgroup": "ecommerce-dev", "run_dir": str(tmp_path)}
    with as_role("Analyst"):
        athena.use("db_commerce", BUCKET, "ecommerce-dev")
        for notebook in insights.notebooks():
            athena.create_view(statements.of_notebook(notebook)[0], **place)
        views.create(**place)
    notebook = PROJECT / "notebooks/40_dashboards.ipynb"
    with as_role("Publisher"), pytest.raises(ServiceError, match="cloudformation:ExecuteChangeSet"):
        cells.run(notebook, **given)  # what is declared is the deployer's
    platform.deploy_dashboards(declared)
    with as_role("Publisher"):
        left = cells.run(notebook, **given)
        assert left["published"].changed
        assert left["held"]["rows"].sum() > 0
        with pytest.raises(ServiceError, match="quicksight:DescribeDataSet "):
            publish.publish("prod")
        with pytest.raises(ServiceError, match="quicksight:DeleteDashboard "):
            quicksight.call("delete_dashboard", DashboardId="ecommerce-dev")


def test_the_simulator_sends_in_its_role(as_role: As, tmp_path: Path) -> None:
    replay = Replay(
        source=f"s3://{BUCKET}/ecomm_user_activity_sample/",
        pace=Pace(),
        bots=2,
        truth=str(tmp_path / "bots.csv"),
        dead_letters=str(tmp_path / "dead.jsonl"),
        progress=False,
    )
    with as_role("Simulator"):
        before = peek.mark(streams.RAW)
        report = simulate(replay, lambda _line: None)
        assert report.sent == len(peek.since(before)) > 1000


def test_the_releaser_brings_a_version_as_far_as_the_service_lets_it(
    as_role: As, tmp_path: Path
) -> None:
    """Without Flink: what may be called is refused for the application's state, not for rights."""
    name = service.name_of("dev")
    given = {"ApplicationName": name}
    custom = {"ApplicationRestoreType": "RESTORE_FROM_CUSTOM_SNAPSHOT", "SnapshotName": "gone"}
    with as_role("Releaser"):
        before = service.describe(name)
        built = archive.build(NOTE, {"max_actions": 20})
        key, _ = upload.upload(archive.write(built, tmp_path), NOTE, before.code_bucket)
        groups = {**before.groups, **built.groups}
        health.finished(name, service.update(name, before.version, key, groups))
        after = service.describe(name)
        assert (after.code_key, after.groups) == (key, groups)
        assert code.fetch(after.code_bucket, key, tmp_path / "back").read_bytes() == built.content
        assert not service.has_state(name)
        assert log.reason(name, datetime.datetime.now(datetime.UTC)) == ""
        assert peek.since(peek.mark(streams.ALERTS)).is_empty()
        for arn in (streams.RAW, streams.ALERTS, streams.DEAD_LETTERS):
            assert streams.arn(arn)
        for verb, more in (
            (
                "start_application",
                {"RunConfiguration": {"ApplicationRestoreConfiguration": custom}},
            ),
            ("stop_application", {}),
            ("rollback_application", {"CurrentApplicationVersionId": after.version}),
            ("create_application_snapshot", {"SnapshotName": "s"}),
            ("describe_application_snapshot", {"SnapshotName": "s"}),
            ("create_application_presigned_url", {"UrlType": "FLINK_DASHBOARD_URL"}),
        ):
            with pytest.raises((ServiceError, MissingError)) as raised:
                service.call(verb, **given, **more)
            assert "not authorized" not in str(raised.value)
    with as_role("Simulator"), pytest.raises(ServiceError, match="kinesisanalytics:Describe"):
        service.describe(name)


def test_the_operator_puts_through_in_its_role(
    as_role: As, capsys: pytest.CaptureFixture[str]
) -> None:
    with as_role("Operator"):
        for arguments in (["--stage", "dev"], ["--stage", "dev", "--again"]):
            assert redrive.main(arguments) == 0, capsys.readouterr()


def test_what_a_role_may_not_do_is_told_with_action_resource_and_role(as_role: As) -> None:
    with as_role("Operator"), pytest.raises(ServiceError) as caught:
        alert_table.open_alerts("ecommerce-dev-alerts", datetime.datetime.now(datetime.UTC))
    said = str(caught.value)
    assert "dynamodb:Query" in said
    assert "assumed-role/ecommerce-dev-operator/" in said
    assert re.search(r"table/ecommerce-dev-alerts", said)
    with as_role("Simulator"), pytest.raises(ServiceError, match="athena:StartQueryExecution"):
        athena.query("SELECT 1", database="db_commerce", bucket=BUCKET)


def test_a_second_evaluator_agrees_with_all_that_was_decided(as_role: As, folder: Path) -> None:
    details = boto3.client("iam").get_account_authorization_details(MaxItems=1000)
    # whoever asks who it is needs no leave
    taken = [
        each
        for each in recording.read(folder / "iam.jsonl")
        if each.action != "sts:GetCallerIdentity"
    ]
    roles = [each for each in taken if "assumed-role/ecommerce-dev" in each.principal]
    assert len({each.action for each in roles}) > 50
    assert disagreements(details, taken) == []
