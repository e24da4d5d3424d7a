"""The dashboard published to QuickSight, where policies are enforced and SPICE is small."""

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import boto3
import pytest
from cfnlint.decode import cfn_yaml

from dashboards import cost, definition, ingest, publish, quicksight, views
from dashboards.datasets import BY_NAME, DATASETS
from helpers import athena, aws, insights
from helpers.deploy import platform, stacks
from helpers.deploy.platform import TEMPLATES, Platform
from helpers.errors import InputError, MissingError
from local_aws.quicksight.spice import CAPACITY
from local_aws.testing import running
from store_simulator.generate import generate
from support import lake, statements

pytestmark = pytest.mark.server  # it starts one of its own
STAGE, BUCKET, DATABASE = "dev", "ecommerce-analytics-lake", "db_commerce"
PLACE = {"database": DATABASE, "bucket": BUCKET}
ACCOUNT = "000000000000"
WANTED = Platform(STAGE, BUCKET)
ROLE = f"ecommerce-{STAGE}-quicksight"
DASHBOARD = f"ecommerce-{STAGE}"
POLICY = "what-a-dashboard-calls"
BYTES = 900_000
Build = Callable[[dict[str, str]], Any]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The platform with its dashboards, over a lake of two days with all views."""
    folder = tmp_path_factory.mktemp("aws")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CAPACITY.name, str(BYTES))
        with running(folder, "--iam") as endpoint, lake.at(endpoint):
            aws.client.cache_clear()
            deploy()
            path = folder / "events.csv"
            generate(path, first=date(2019, 10, 1), last=date(2019, 10, 2), rows=1500)
            lake.write(BUCKET, DATABASE, lake.from_csv(path))
            for notebook in insights.notebooks():
                athena.create_view(statements.of_notebook(notebook)[0], **PLACE)
            views.create(**PLACE)
            patch.setattr(platform, "STACKS", ("bootstrap", "data", "roles"))
            platform.deploy_dashboards(WANTED)
            yield STAGE
    aws.client.cache_clear()


def deploy() -> None:
    """Deploy what dashboards need of the platform."""
    arn = "arn:aws:kinesis:us-east-1:000000000000:stream/none"
    streams = ("RawStreamArn", "AlertStreamArn", "DeadLetterStreamArn")
    known = WANTED.values() | dict.fromkeys(streams, arn) | {"AlertFunctionName": "none"}
    for name in ("bootstrap", "data", "roles"):
        template = TEMPLATES / f"{name}.yaml"
        role = known.get("DeployerRoleArn")
        known |= stacks.deploy(f"ecommerce-{STAGE}-{name}", template, known, str, role).outputs


def with_views(stage: str) -> None:
    """Make the views anew, as they were before a test changed one."""
    views.create(**PLACE)


def described(operation: str, **given: Any) -> Any:
    return getattr(aws.client("quicksight"), operation)(AwsAccountId=ACCOUNT, **given)


def versions() -> list[dict[str, Any]]:
    answer = described("list_dashboard_versions", DashboardId=DASHBOARD)
    return list(answer["DashboardVersionSummaryList"])


def broken(change: Callable[[dict[str, Any]], None]) -> Build:
    """Write a builder of a definition that is changed."""

    def build(arns: dict[str, str]) -> Any:
        made = json.loads(json.dumps(definition.build(arns)))
        change(made)
        return made

    return build


def failing(stage: str) -> str:
    """Ingest, and give what failed."""
    with pytest.raises(InputError) as caught:
        ingest.ingest(stage)
    return str(caught.value)


def test_the_template_declares_the_columns_of_every_dataset() -> None:
    resources = cfn_yaml.loads((TEMPLATES / "dashboards.yaml").read_text())["Resources"]
    for dataset in DATASETS:
        tables = resources[dataset.name.capitalize()]["Properties"]["PhysicalTableMap"]
        relation = tables["view"]["RelationalTable"]
        assert relation["Name"] == dataset.view
        declared = {each["Name"]: each["Type"] for each in relation["InputColumns"]}
        assert declared == {column.name: column.type for column in dataset.columns}


def test_the_estimate_counts_people_and_what_spice_is_bought() -> None:
    people = cost.People(authors=1, readers=25, spice_gb=12.0)
    assert cost.total(people) == pytest.approx(24 + 25 * 3 + 2 * 0.38)
    assert cost.total(cost.People(authors=2, readers=0, spice_gb=12.0)) == 48


def test_spice_holds_every_row_of_every_view(stage: str) -> None:
    done = ingest.ingest(stage)
    for dataset in DATASETS:
        counted = athena.query(f"SELECT COUNT(*) AS rows FROM {dataset.view}", **PLACE)
        rows = done[dataset.name]["RowInfo"]
        assert (rows["RowsIngested"], rows["RowsDropped"]) == (counted["rows"][0], 0)


def test_a_definition_that_did_not_change_makes_no_version(stage: str) -> None:
    first = publish.publish(stage)
    assert publish.publish(stage) == dataclasses.replace(first, changed=False)
    published = described("describe_dashboard", DashboardId=DASHBOARD)["Dashboard"]["Version"]
    assert published["Description"] == first.digest
    assert published["VersionNumber"] == first.version


def test_the_group_sees_what_the_dashboard_is_made_of(stage: str) -> None:
    publish.publish(stage)
    group = f"arn:aws:quicksight:us-east-1:{ACCOUNT}:group/default/ecommerce-{stage}-managers"
    asked: list[tuple[str, dict[str, str]]] = [
        ("dashboard", {"DashboardId": DASHBOARD}),
        ("data_source", {"DataSourceId": f"{DASHBOARD}-lake"}),
        ("theme", {"ThemeId": DASHBOARD}),
        *(("data_set", quicksight.of(stage, dataset.name)) for dataset in DATASETS),
    ]
    for kind, given in asked:
        held = described(f"describe_{kind}_permissions", **given)["Permissions"]
        assert [each["Principal"] for each in held] == [group], kind
        assert not [action for each in held for action in each["Actions"] if ":Update" in action]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda made: made["FilterGroups"][0]["Filters"][0].popitem(),
            r"Exactly one member must be given at Definition\.FilterGroups\[0\]\.Filters\[0\]",
        ),
        (
            lambda made: made["Sheets"][0]["Layouts"][0]["Configuration"]["GridLayout"]["Elements"][
                0
            ].update(ElementId="lost"),
            r"Definition\.Sheets\[0\]\.Layouts\[0\].*no element lost on the sheet",
        ),
        (
            lambda made: made["CalculatedFields"][0].update(Expression="sum({lost})"),
            r"calculated-field/\w+: COLUMN_REPLACEMENT_MISSING: Required column 'lost'",
        ),
        (
            lambda made: made["DataSetIdentifierDeclarations"][0].update(
                DataSetArn=f"arn:aws:quicksight:us-east-1:{ACCOUNT}:dataset/lost"
            ),
            r"data-set/days: DATA_SET_NOT_FOUND: Data set '.*/lost' is not found",
        ),
    ],
    ids=["no filter", "no such element", "no such column", "no such data set"],
)
def test_a_wrong_definition_is_told_with_its_path_and_what_was_published_stays(
    stage: str, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    before = publish.publish(stage)
    with pytest.raises(InputError, match=said):
        publish.publish(stage, broken(change))
    assert publish.publish(stage) == dataclasses.replace(before, changed=False)


def test_a_definition_that_is_mended_is_the_next_version(stage: str) -> None:
    before = publish.publish(stage)
    after = publish.publish(stage, broken(lambda made: made["Sheets"][0].update(Name="Other")))
    assert after.changed
    assert after.version > before.version
    assert publish.publish(stage).version > after.version


def test_a_column_that_the_view_lost_is_named(stage: str) -> None:
    athena.run("CREATE OR REPLACE VIEW dashboard_days AS SELECT 1 AS visitors", **PLACE)
    said = failing(stage)
    with_views(stage)
    assert re.search(r"^days: SQL_SCHEMA_MISMATCH_ERROR: COLUMN_NOT_FOUND.*'day'", said, re.M)
    assert "carts" not in said


def test_a_column_of_another_type_is_named(stage: str) -> None:
    columns = ", ".join(
        f"CAST(NULL AS VARCHAR) AS {column.name}" for column in BY_NAME["alerts"].columns
    )
    athena.run(f"CREATE OR REPLACE VIEW dashboard_alerts AS SELECT {columns}", **PLACE)
    said = failing(stage)
    with_views(stage)
    assert "alerts: SQL_SCHEMA_MISMATCH_ERROR: day is varchar and not DATETIME" in said


def test_a_view_that_was_deleted_is_named(stage: str) -> None:
    boto3.client("glue").delete_table(DatabaseName=DATABASE, Name="dashboard_hours")
    said = failing(stage)
    with_views(stage)
    assert re.search(r"^hours: SQL_TABLE_NOT_FOUND: .*dashboard_hours", said, re.M)


def test_an_empty_view_is_held_without_rows(stage: str) -> None:
    athena.run(views.without_rows(BY_NAME["carts"]), **PLACE)
    done = ingest.ingest(stage)
    with_views(stage)
    assert done["carts"]["RowInfo"]["TotalRowsInDataset"] == 0
    assert done["carts"]["IngestionSizeInBytes"] == 0


def test_a_dataset_above_the_capacity_is_named_with_its_size(stage: str) -> None:
    names = ", ".join(column.name for column in BY_NAME["alerts"].columns)
    athena.run(
        f"""
        CREATE OR REPLACE VIEW dashboard_alerts AS
        SELECT * FROM (
            SELECT
                TIMESTAMP '2019-10-01 00:00:00' AS day, TIMESTAMP '2019-10-01 00:00:00' AS minute,
                'early' AS rule, number AS alerts, number AS users, number AS most_actions
            FROM UNNEST(SEQUENCE(1, 10000)) AS numbers (number)
        ) AS many ({names})
        """,
        **PLACE,
    )
    said = failing(stage)
    with_views(stage)
    assert re.search(r"^alerts: ACCOUNT_CAPACITY_LIMIT_EXCEEDED: .*takes 530000 bytes", said, re.M)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("ReadTheLake", r"days: PERMISSION_DENIED: .*s3:GetObject"),
        ("KeepAnswers", r"days: PERMISSION_DENIED: .*s3:PutObject"),
        ("ReadTheCatalog", r"days: PERMISSION_DENIED: .*glue:GetTable"),
    ],
)
def test_a_role_that_may_not_is_told_with_what(stage: str, statement: str, said: str) -> None:
    iam = boto3.client("iam")
    given = {"RoleName": ROLE, "PolicyName": POLICY}
    whole = iam.get_role_policy(**given)["PolicyDocument"]
    left = [each for each in whole["Statement"] if each["Sid"] != statement]
    less = json.dumps({**whole, "Statement": left})
    iam.put_role_policy(**given, PolicyDocument=less)
    told = failing(stage)
    iam.put_role_policy(**given, PolicyDocument=json.dumps(whole))
    assert re.search(said, told)


def test_without_the_stack_the_missing_part_is_named(stage: str) -> None:
    with pytest.raises(MissingError, match="ecommerce-none-days does not exist"):
        publish.publish("none")
