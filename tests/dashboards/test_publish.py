"""The dashboard published to QuickSight, where policies are enforced and SPICE is small."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from dashboards import definition, views
from dashboards.datasets import DATASETS
from helpers import athena, aws, insights
from helpers.deploy import platform
from helpers.deploy.platform import TEMPLATES, Platform
from local_aws.quicksight.spice import CAPACITY
from local_aws.testing import running
from store_simulator.generate import generate
from support import lake, statements

pytestmark = pytest.mark.server  # it starts one of its own
STAGE, BUCKET, DATABASE = "dev", "ecommerce-analytics-lake", "db_commerce"
ACCOUNT = "000000000000"
ROLE = f"ecommerce-{STAGE}-quicksight"
DASHBOARD = f"ecommerce-{STAGE}"
POLICY = "what-a-dashboard-calls"
BYTES = 1_000_000
Build = Callable[[dict[str, str]], Any]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The platform with its dashboards, over a lake of two days with all views."""
    folder = tmp_path_factory.mktemp("aws")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CAPACITY.name, str(BYTES))
        with running(folder, "--iam") as endpoint, lake.at(endpoint):
            aws.client.cache_clear()
            platform.deploy(Platform(STAGE, BUCKET))
            path = folder / "events.csv"
            generate(path, first=date(2019, 10, 1), last=date(2019, 10, 2), rows=1500)
            lake.write(BUCKET, DATABASE, lake.from_csv(path))
            patch.setattr(athena, "_place", None)
            place = {"database": DATABASE, "bucket": BUCKET}
            for notebook in insights.notebooks():
                athena.create_view(statements.of_notebook(notebook)[0], **place)
            views.create(**place)
            platform.deploy_dashboards(Platform(STAGE, BUCKET))
            yield STAGE
    aws.client.cache_clear()


def with_views(stage: str) -> None:
    """Make the views anew, as they were before a test changed one."""
    views.create(database=DATABASE, bucket=BUCKET)


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


def test_the_template_declares_the_columns_of_every_dataset() -> None:
    body = (TEMPLATES / "dashboards.yaml").read_text()
    from cfnlint.decode import cfn_yaml

    resources = cfn_yaml.loads(body)["Resources"]
    for dataset in DATASETS:
        table = resources[dataset.name.capitalize()]["Properties"]["PhysicalTableMap"]["view"]
        assert table["RelationalTable"]["Name"] == dataset.view
        declared = {each["Name"]: each["Type"] for each in table["RelationalTable"]["InputColumns"]}
        assert declared == {column.name: column.type for column in dataset.columns}
