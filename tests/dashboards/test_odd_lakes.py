"""Lakes as odd as a store's own: every view has an answer, and its sums are those of the events."""

from collections.abc import Iterator

import boto3
import pandas as pd
import polars as pl
import pytest

from dashboards.datasets import DATASETS
from helpers import athena, run
from support import cells, dashboard_lake, odd_months
from support import lake as lake_tables

SCRIPT = "<script>alert(1)</script>"
ODD_NAMES = (
    SCRIPT,
    "שלום",
    "مرحبا",
    "👗👠",
    "it's; DROP TABLE x --",
    "a\u202eb",
    "{brand}",
    "null",
)
MANY = [*ODD_NAMES, *(f"brand{n}" for n in range(5000 - len(ODD_NAMES)))]
Rows = dict[str, pd.DataFrame]


@pytest.fixture(scope="module", autouse=True)
def aws(local_aws: str) -> Iterator[None]:
    with lake_tables.at(local_aws):
        boto3.client("s3").create_bucket(Bucket=dashboard_lake.BUCKET)
        yield


def events_of(raw: pl.DataFrame) -> pl.DataFrame:
    """A raw file's rows as events, an empty field being none."""
    return raw.with_columns(
        pl.col("event_time").str.to_datetime("%Y-%m-%d %H:%M:%S UTC", time_unit="us"),
        pl.col("price").cast(pl.Decimal(10, 2)),
        pl.col("category_code", "brand", "user_session").replace("", None),
    )


def made(name: str, raw: pl.DataFrame, **values: int) -> Rows:
    """Make a lake of a raw file, and ask every view of it."""
    database = f"odd_dashboards_{name}"
    dashboard_lake.make(events_of(raw), database, **values)
    return {dataset.name: dashboard_lake.rows(dataset.name, database) for dataset in DATASETS}


def agree(rows: Rows, raw: pl.DataFrame) -> None:
    """What must be true of any lake."""
    kinds = raw["event_type"].value_counts()
    counts = dict(zip(kinds["event_type"], kinds["count"], strict=True))
    for name in ("days", "hours"):
        for column, kind in (("views", "view"), ("carts", "cart"), ("purchases", "purchase")):
            assert rows[name][column].sum() == counts.get(kind, 0)
    for column in ("carted", "left_in_cart", "bought_later", "value_left"):
        assert rows["carts"][column].sum() == rows["products"][column].sum()
    for dataset in DATASETS:
        frame = rows[dataset.name]
        assert list(frame.columns) == [column.name for column in dataset.columns]
        by = [column.name for column in dataset.columns if column.adds == "by"]
        assert not frame[by].isna().any().any()
        assert not frame.duplicated(by).any()


def test_an_empty_lake_has_views_with_every_column_and_no_row() -> None:
    database = "odd_dashboards_empty"
    dashboard_lake.make(events_of(odd_months.month(odd_months.days(1), rows_a_day=3)), database)
    boto3.resource("s3").Bucket(dashboard_lake.BUCKET).objects.filter(
        Prefix=f"{database}/"
    ).delete()
    for dataset in DATASETS:
        rows = dashboard_lake.rows(dataset.name, database)
        assert rows.empty
        assert list(rows.columns) == [column.name for column in dataset.columns]
    place = {"database": database, "bucket": dashboard_lake.BUCKET}
    notebook = cells.run(run.DASHBOARD_VIEWS, **place)
    assert notebook["counts"].to_dict() == {dataset.name: 0 for dataset in DATASETS}


@pytest.mark.parametrize(("case", "name"), [("one row", "row"), ("one day", "day")])
def test_one_row_and_one_day(case: str, name: str) -> None:
    raw = odd_months.CASES[case]()
    rows = made(name, raw)
    agree(rows, raw)
    assert len(rows["days"]) == 1
    assert set(rows["days"]["new_visitors"]) == {raw["user_id"].n_unique()}


def test_a_month_without_purchases_leaves_all_in_the_cart() -> None:
    raw = odd_months.CASES["no purchases"]()
    rows = made("no_purchases", raw, min_views=1)
    agree(rows, raw)
    assert (rows["carts"]["left_in_cart"] == rows["carts"]["carted"]).all()
    assert rows["carts"]["carted"].sum() > 0
    assert set(rows["brands"]["verdict"]) == {"not short"}  # nothing was to be expected
    assert rows["funnel"]["bought"].sum() == 0
    assert rows["days"]["revenue"].sum() == 0


def test_nulls_everywhere_have_names() -> None:
    raw = odd_months.month(odd_months.days(3)).with_columns(
        pl.lit("").alias(name) for name in ("category_code", "brand", "user_session")
    )
    rows = made("nulls", raw)
    agree(rows, raw)
    for name in ("hours", "carts", "products"):
        assert set(rows[name]["category"]) == {"(no code)"}
    assert set(rows["carts"]["brand"]) == {"(no brand)"}
    assert rows["hours"]["expected_views"].isna().all()
    assert rows["brands"].empty  # there is no brand to compare
    assert rows["funnel"].empty  # there is no session to look into


def test_five_thousand_brands_with_any_name_are_kept_to_the_first_and_others() -> None:
    raw = odd_months.month(odd_months.days(2), rows_a_day=5000, brands=MANY)
    often = pl.concat([raw, *[raw.filter(pl.col("brand").is_in(ODD_NAMES))] * 3])
    rows = made("brands", often, top_brands=20, min_views=1)
    agree(rows, often)
    for name in ("carts", "products", "brands"):
        kept = set(rows[name]["brand"]) - {"(others)"}
        assert len(kept) <= 20
        assert "(others)" in set(rows[name]["brand"])
    assert set(ODD_NAMES) <= set(rows["brands"]["brand"])  # letter by letter as they came
    whole = athena.query(
        "SELECT SUM(views) AS views FROM v_brands_to_market",
        database="odd_dashboards_brands",
        bucket=dashboard_lake.BUCKET,
    )
    assert rows["brands"]["views"].sum() == whole["views"].iloc[0]
