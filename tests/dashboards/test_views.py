"""The views behind the dashboard, against the insights' views and polars on the same events."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import boto3
import pandas as pd
import polars as pl
import pytest

from dashboards import views
from dashboards.datasets import DATASETS, Dataset
from helpers import athena, insights
from store_simulator.generate import generate
from support import lake as lake_tables
from support import statements

BUCKET = "dashboards-test"
QUICKSIGHT = {
    "bigint": "INTEGER",
    "integer": "INTEGER",
    "varchar": "STRING",
    "double": "DECIMAL",
    "decimal": "DECIMAL",
    "date": "DATETIME",
    "timestamp": "DATETIME",
}
"""Athena's types as QuickSight takes them: user guide, supported data types from other sources."""

each_dataset = pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)


@pytest.fixture(scope="module")
def aws(local_aws: str) -> Iterator[None]:
    with lake_tables.at(local_aws):
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        yield


@pytest.fixture(scope="module")
def lake(aws: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, pl.DataFrame]:
    """A database with the events of ten days and all views over them."""
    path = tmp_path_factory.mktemp("events") / "events.csv"
    generate(path, first=date(2019, 10, 5), last=date(2019, 10, 14), rows=6000)
    events = lake_tables.from_csv(path)
    make(events, "dashboards")
    return "dashboards", events


def make(events: pl.DataFrame, database: str, **values: Any) -> list[str]:
    """Make a lake of events, the insights' views and those of the dashboard."""
    lake_tables.write(BUCKET, database, events)
    for notebook in insights.notebooks():
        athena.create_view(statements.of_notebook(notebook)[0], database=database, bucket=BUCKET)
    return views.create(views.Values(**values), database=database, bucket=BUCKET)


def rows_of(dataset: str, database: str) -> pd.DataFrame:
    return athena.query(f"SELECT * FROM dashboard_{dataset}", database=database, bucket=BUCKET)


@each_dataset
def test_a_view_has_the_columns_and_types_that_are_declared(
    lake: tuple[str, pl.DataFrame], dataset: Dataset
) -> None:
    execution = athena.run(f"SELECT * FROM {dataset.view} LIMIT 1", database=lake[0], bucket=BUCKET)
    answer = boto3.client("athena").get_query_results(
        QueryExecutionId=execution["QueryExecutionId"]
    )
    columns = answer["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    found = [(column["Name"], QUICKSIGHT[column["Type"]]) for column in columns]
    assert found == [(column.name, column.type) for column in dataset.columns]


@each_dataset
def test_no_user_leaves_the_lake(dataset: Dataset) -> None:
    names = {column.name for column in dataset.columns}
    assert not names & {"user_id", "user_session", "session_id"}
    assert all(column.type == "STRING" for column in dataset.columns if column.name.endswith("_id"))


def test_totals_are_those_of_the_events(lake: tuple[str, pl.DataFrame]) -> None:
    database, events = lake
    of = {
        kind: events.filter(pl.col("event_type") == kind) for kind in ("view", "cart", "purchase")
    }
    days, hours = rows_of("days", database), rows_of("hours", database)
    for rows in (days, hours):
        assert rows["views"].sum() == len(of["view"])
        assert rows["carts"].sum() == len(of["cart"])
        assert rows["purchases"].sum() == len(of["purchase"])
        assert rows["revenue"].sum() == of["purchase"]["price"].sum()
    assert days["new_visitors"].sum() == events["user_id"].n_unique()
    assert days["data_until"].unique().tolist() == [events["event_time"].max()]
