"""The views behind the dashboard: what notebooks, views and the page calculate is one number."""

import math
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import awswrangler as wr
import boto3
import pandas as pd
import polars as pl
import pytest

from dashboards import views
from dashboards.datasets import DATASETS, Dataset
from dashboards.measures import BY_NAME
from helpers import athena, insights
from store_simulator.generate import generate
from support import cells, dashboard_lake, statements
from support import insights_by_polars as expected
from support import lake as lake_tables

DATABASE = "dashboards"
VALUES = {
    "time_zone": "Asia/Kathmandu",  # a quarter of an hour off
    "later_days": 3,
    "min_views": 20,
    "top_brands": 30,
    "top_categories": 3,
    "top_products": 2,
}
QUICKSIGHT = {
    "bigint": "INTEGER",
    "integer": "INTEGER",
    "varchar": "STRING",
    "double": "DECIMAL",
    "decimal": "DECIMAL",
    "date": "DATETIME",
    "timestamp": "DATETIME",
}
"""Athena's types as QuickSight takes them: user guide, supported data types."""
QUESTIONS = {path.name[:2]: path for path in insights.notebooks()}

each_dataset = pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)


@pytest.fixture(scope="module", autouse=True)
def aws(local_aws: str) -> Iterator[None]:
    with lake_tables.at(local_aws):
        boto3.client("s3").create_bucket(Bucket=dashboard_lake.BUCKET)
        yield


@pytest.fixture(scope="module")
def events(aws: None, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Ten days of a store, with all views over them."""
    path = tmp_path_factory.mktemp("events") / "events.csv"
    generate(path, first=date(2019, 10, 5), last=date(2019, 10, 14), rows=6000)
    found = lake_tables.from_csv(path)
    dashboard_lake.make(found, DATABASE, **VALUES)
    return found


@pytest.fixture(scope="module")
def rows(events: pl.DataFrame) -> dict[str, pd.DataFrame]:
    """The rows of each dataset."""
    return {dataset.name: dashboard_lake.rows(dataset.name, DATABASE) for dataset in DATASETS}


def asked(sql: str, **params: Any) -> pd.DataFrame:
    return athena.query(sql, database=DATABASE, bucket=dashboard_lake.BUCKET, params=params)


def left_by(notebook: str, folder: Path, **values: Any) -> dict[str, Any]:
    """What the cells of a question's notebook leave behind."""
    place = {"database": DATABASE, "bucket": dashboard_lake.BUCKET, "run_dir": str(folder)}
    return cells.run(QUESTIONS[notebook], **place, **values)


@each_dataset
def test_a_view_has_the_columns_and_types_that_are_declared(
    events: pl.DataFrame, dataset: Dataset
) -> None:
    execution = athena.run(
        f"SELECT * FROM {dataset.view} LIMIT 1", database=DATABASE, bucket=dashboard_lake.BUCKET
    )
    answer = boto3.client("athena").get_query_results(
        QueryExecutionId=execution["QueryExecutionId"]
    )
    columns = answer["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    found = [(column["Name"], QUICKSIGHT[column["Type"]]) for column in columns]
    assert found == [(column.name, column.type) for column in dataset.columns]


@each_dataset
def test_no_user_leaves_the_lake_and_ids_are_texts(dataset: Dataset) -> None:
    names = {column.name: column.type for column in dataset.columns}
    assert not names.keys() & {"user_id", "user_session", "session_id"}
    assert {names[name] for name in names if name.endswith("_id")} <= {"STRING"}


@each_dataset
def test_a_row_is_what_the_columns_say_that_tell_rows_apart(
    rows: dict[str, pd.DataFrame], dataset: Dataset
) -> None:
    by = [column.name for column in dataset.columns if column.adds == "by"]
    assert not rows[dataset.name].duplicated(by).any()
    assert not rows[dataset.name][by].isna().any().any()


def test_days_are_those_of_the_notebook(rows: dict[str, pd.DataFrame]) -> None:
    right = asked("SELECT * FROM v_unique_visitors ORDER BY day")
    found = rows["days"].sort_values("day").reset_index(drop=True)
    shared = [name for name in found if name in right]
    assert len(shared) == 10
    pd.testing.assert_frame_equal(found[shared], right[shared])
    assert [text[2:] for text in found["weekday"]] == [f"{day:%a}" for day in found["day"]]


def test_totals_are_those_of_the_events(
    events: pl.DataFrame, rows: dict[str, pd.DataFrame]
) -> None:
    kinds = dict(events.partition_by("event_type", as_dict=True).items())
    for name in ("days", "hours"):
        assert rows[name]["views"].sum() == len(kinds[("view",)])
        assert rows[name]["carts"].sum() == len(kinds[("cart",)])
        assert rows[name]["purchases"].sum() == len(kinds[("purchase",)])
        assert rows[name]["revenue"].sum() == kinds[("purchase",)]["price"].sum()
    assert rows["days"]["new_visitors"].sum() == events["user_id"].n_unique()
    assert set(rows["days"]["data_until"]) == {pd.Timestamp(events["event_time"].max())}  # type: ignore[arg-type]


def test_the_rate_left_is_that_of_the_notebook(
    events: pl.DataFrame, rows: dict[str, pd.DataFrame]
) -> None:
    right = expected.carts_by_day(expected.cart_outcomes(events), VALUES["later_days"])
    notebook = asked(statements.of_notebook(QUESTIONS["21"])[1], later_days=VALUES["later_days"])
    sums = ["carted", "left_in_cart", "bought_later", "value_left"]
    found = rows["carts"].groupby("day")[sums].sum().sort_index()
    assert found.reset_index().to_dict("records") == [
        {name: row[name] for name in ("day", *sums)} for row in right
    ]
    assert (found.to_numpy() == notebook[sums].to_numpy()).all()
    for row, (_, day) in zip(right, found.iterrows(), strict=True):
        assert BY_NAME["rate_left"].value(day) == row["left_in_cart"] / row["carted"]


def test_sums_hold_from_category_to_brand_to_product(rows: dict[str, pd.DataFrame]) -> None:
    sums = ["carted", "left_in_cart", "bought_later", "value_left"]
    for by in ([], LEVELS[:1], LEVELS[:2], LEVELS, [*LEVELS, "brand"]):
        carts, products = (
            rows[name].groupby(by or (lambda _: 0))[sums].sum() for name in ("carts", "products")
        )
        assert len(carts)
        pd.testing.assert_frame_equal(carts, products)
    for name in ("products", "brands"):
        named = rows[name][rows[name]["product_id"] != "(others)"]
        most = named.groupby(["category", "category_2", "brand"]).size().max()
        assert most == VALUES["top_products"]
    for name in ("carts", "products", "brands"):
        brands = set(rows[name]["brand"])
        assert "(others)" in brands
        assert len(brands - {"(others)", "(no brand)"}) <= VALUES["top_brands"]


LEVELS = ["category", "category_2", "category_3"]


@pytest.mark.parametrize("name", ["carts", "products", "hours", "brands", "funnel"])
def test_levels_are_the_first_of_the_code_and_the_others_within_their_category(
    events: pl.DataFrame, rows: dict[str, pd.DataFrame], name: str
) -> None:
    codes = events["category_code"].drop_nulls()
    for depth, column in enumerate(LEVELS[1:], start=2):
        cut = pl.Series([".".join(code.split(".")[:depth]) for code in codes])
        often = cut.value_counts().sort(["count", cut.name], descending=[True, False])
        kept = set(often[cut.name][: VALUES["top_categories"]])
        found = set(rows[name][column]) - {"(others)", "(no code)"}
        assert found <= kept
        assert found or name == "carts"
    for _, row in rows[name][LEVELS].drop_duplicates().iterrows():
        upper, middle, lower = row
        assert middle in ("(others)", "(no code)") or middle.split(".")[0] == upper
        assert lower in ("(others)", middle) or lower.startswith(f"{middle}.")
        assert (upper == "(no code)") == (middle == "(no code)") == (lower == "(no code)")


def test_sums_of_levels_are_those_of_the_events(
    events: pl.DataFrame, rows: dict[str, pd.DataFrame]
) -> None:
    views = events.filter(pl.col("event_type") == "view")
    for depth, column in enumerate(LEVELS, start=1):
        found = rows["hours"].groupby(column)["views"].sum()
        cut = [
            "(no code)" if code is None else ".".join(code.split(".")[:depth])
            for code in views["category_code"]
        ]
        right = pd.Series(cut).value_counts()
        named = found.index.difference(["(others)"])
        assert len(named) > 1
        assert found[named].to_dict() == right[named].to_dict()
        assert found.sum() == len(cut)


def test_medians_are_those_of_the_notebook_with_an_interval_that_holds_them(
    events: pl.DataFrame, rows: dict[str, pd.DataFrame]
) -> None:
    products = expected.session_products(events)
    levels = {(False, False): "all", (True, False): "category", (False, True): "price"}
    right = {
        (
            levels[row["category"] is not None, row["price"] is not None],
            row["category"] or "(all)",
            row["price"] or "(all)",
        ): row
        for row in expected.funnel(products, 1)
    }
    found = rows["decisions"].set_index(["level", "of_category", "price_band"])
    single = found.drop(index="category and price", level="level")
    assert set(single.index) == set(right)
    for key, row in right.items():
        shown = single.loc[key]
        assert (shown["viewed"], shown["carted"], shown["bought"]) == (
            row["viewed"],
            row["carted"],
            row["bought"],
        )
        assert shown["views_before_cart"] == (row["views_before_cart"] or 0)
        for what, number in (("to_cart", row["carted"]), ("to_purchase", row["bought"])):
            median = row[f"median_seconds_{what}"]
            ends = shown[f"seconds_{what}_low"], shown[f"seconds_{what}_high"]
            assert (
                None if pd.isna(shown[f"seconds_{what}"]) else shown[f"seconds_{what}"]
            ) == median
            assert all(map(pd.isna, ends)) == (number < 6)
            assert number < 6 or ends[0] <= median <= ends[1]


def test_the_interval_of_a_median_covers_it_as_often_as_it_says(
    events: pl.DataFrame, rows: dict[str, pd.DataFrame]
) -> None:
    times = sorted(
        row["seconds_to_cart"]
        for row in expected.session_products(events)
        if row["first_cart"] is not None
    )
    whole = rows["decisions"].set_index("level").loc["all"]
    n = len(times)
    low, high = (times.index(whole[f"seconds_to_cart_{end}"]) + 1 for end in ("low", "high"))
    # so many of n fall below the true median by chance: a binomial of one half
    covered = sum(math.comb(n, k) for k in range(low, high + times.count(times[high - 1]) - 1))
    assert n > 20
    assert covered / 2**n >= 0.95


def test_sums_by_category_and_price_are_those_of_each(rows: dict[str, pd.DataFrame]) -> None:
    decisions = rows["decisions"]
    sums = ["viewed", "carted", "bought", "views_before_cart"]
    both = decisions[decisions["level"] == "category and price"]
    for level, by in (("category", "of_category"), ("price", "price_band")):
        alone = decisions[decisions["level"] == level].set_index(by)[sums].sort_index()
        pd.testing.assert_frame_equal(both.groupby(by)[sums].sum(), alone, check_dtype=False)


def test_the_lift_is_that_of_the_notebook(rows: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    notebook = left_by("22", tmp_path, time_zone=VALUES["time_zone"])["lift"]
    sums = rows["hours"].groupby(["category", "hour"])[["views", "expected_views"]].sum()
    found = sums.drop(index="(no code)").apply(BY_NAME["lift"].value, axis=1)
    right = notebook.stack()
    assert len(right) > 100
    assert found.loc[right.index].to_numpy(float) == pytest.approx(right.to_numpy(float), rel=1e-9)
    # in hours in which nothing happened at all nothing was expected either
    assert (
        sums["expected_views"]
        .drop(right.index.union([each for each in sums.index if each[0] == "(no code)"]))
        .sum()
        == 0
    )


def test_expected_views_are_as_many_as_the_views_with_a_code(
    rows: dict[str, pd.DataFrame],
) -> None:
    coded = rows["hours"][rows["hours"]["category"] != "(no code)"]
    for by in ("category", "hour", "day"):
        sums = coded.groupby(by)[["views", "expected_views"]].sum()
        assert sums["expected_views"].to_numpy(float) == pytest.approx(
            sums["views"].to_numpy(float)
        )


def test_verdicts_are_those_of_the_notebook(rows: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    notebook = left_by("23", tmp_path, min_views=VALUES["min_views"])
    right = notebook["brands"].set_index("brand")
    assert len(right) > 20
    found = rows["brands"].set_index("brand")
    for brand, row in found[found.index.isin(right.index)].iterrows():
        judged = right.loc[brand]
        assert row["chance"] == pytest.approx(judged["chance"], rel=1e-9, abs=1e-15)
        for name in ("conversion_low", "conversion_high", "peer_conversion"):
            assert row[name] == pytest.approx(judged[name])
        short = judged["shortfall_purchases"] > 0 and judged["shortfall_revenue"] > 0
        clearly = judged["clearly_below"] == "yes"
        said = "clearly below" if clearly else "short, perhaps by chance" if short else "not short"
        assert row["verdict"] == said
    rest = found.drop(index=right.index, errors="ignore")
    assert set(rest["verdict"]) <= {"too few views", "(several brands)"}
    assert set(found["verdict"]) >= {"not short", "(several brands)"}


def test_brands_add_up_to_those_of_the_notebook(rows: dict[str, pd.DataFrame]) -> None:
    right = asked("SELECT * FROM v_brands_to_market").set_index("brand")
    names = dict.fromkeys(
        (
            "views",
            "purchases",
            "revenue",
            "expected_purchases",
            "shortfall_purchases",
            "shortfall_revenue",
        ),
        float,
    )
    found = rows["brands"].astype(names).groupby("brand")[list(names)].sum()
    right = right.astype(names)[list(names)]
    kept = found.index.intersection(right.index)
    assert len(kept) > 20
    assert found.loc[kept].to_numpy() == pytest.approx(right.loc[kept].to_numpy())
    assert found.loc["(others)"].to_numpy(float) == pytest.approx(
        right.drop(index=kept).sum().to_numpy(float)
    )


def test_the_funnel_is_that_of_the_notebook(
    events: pl.DataFrame, rows: dict[str, pd.DataFrame]
) -> None:
    products = expected.session_products(events)
    whole, *_ = expected.funnel(products, 1)
    sums = ["viewed", "carted", "bought", "bought_without_cart"]
    for _, found in rows["funnel"].groupby("trait")[sums].sum().iterrows():
        assert found.to_dict() == {name: whole[name] for name in sums}
    by_category = rows["funnel"][rows["funnel"]["trait"] == "price"].groupby("category")[sums].sum()
    assert by_category.reset_index().to_dict("records") == [
        {name: row[name] for name in ("category", *sums)}
        for row in expected.funnel(products, 1)
        if row["category"]
    ]


def test_rates_and_intervals_of_the_funnel_are_those_of_the_notebook(
    events: pl.DataFrame, rows: dict[str, pd.DataFrame]
) -> None:
    right = expected.traits(expected.session_products(events), VALUES["time_zone"])
    found = rows["funnel"].groupby(["trait", "trait_value"])[["carted", "bought"]].sum()
    assert len(right) > 10
    for row in right:
        sums = found.loc[(row["trait"], row["trait_value"])]
        assert (sums["carted"], sums["bought"]) == (row["carted"], row["bought"])
        for end in ("low", "high"):
            calculated = BY_NAME[f"rate_bought_{end}"].value(sums)
            assert calculated == pytest.approx(row[f"rate_bought_{end}"])


def test_alerts_are_counted_once_by_minute_and_rule(events: pl.DataFrame) -> None:
    record = {
        "user_id": 990000001,
        "rule": "sliding",
        "action_count": 11,
        "window_start": "2019-10-05T10:00:57",
        "window_end": "2019-10-05T10:01:07",
        "first_action": "2019-10-05T10:00:57.250",
        "last_action": "2019-10-05T10:01:01",
    }
    records = [
        record,
        record,  # Firehose writes a record at least once
        {**record, "last_action": "2019-10-05T10:01:04", "action_count": 14},
        {**record, "user_id": 990000002},
        {**record, "rule": "early"},
        {**record, "first_action": "2019-10-05T10:01:00Z"},
        {**record, "first_action": "at ten"},  # of no minute
        {**record, "rule": None},
    ]
    wr.s3.to_parquet(
        pd.DataFrame(records).assign(day="2026-11-29"),
        path=f"s3://{dashboard_lake.BUCKET}/alert_history/",
        dataset=True,
        database=DATABASE,
        table="alert_history",
        partition_cols=["day"],
    )
    try:
        said = views.create(database=DATABASE, bucket=dashboard_lake.BUCKET)
        found = dashboard_lake.rows("alerts", DATABASE).sort_values(["minute", "rule"])
    finally:
        wr.catalog.delete_table_if_exists(DATABASE, "alert_history")
    assert not any("without rows" in line for line in said)
    assert found.to_dict("records") == [
        {
            "day": date(2019, 10, 5),
            "minute": datetime(2019, 10, 5, 10, minute),
            "rule": rule,
            "alerts": alerts,
            "users": users,
            "most_actions": most,
        }
        for minute, rule, alerts, users, most in (
            (0, "early", 1, 1, 11),
            (0, "sliding", 3, 2, 14),
            (1, "sliding", 1, 1, 11),
        )
    ]


def test_without_a_table_of_alerts_there_is_a_view_without_rows_that_says_so(
    events: pl.DataFrame,
) -> None:
    said = views.create(database=DATABASE, bucket=dashboard_lake.BUCKET)
    assert "dashboard_alerts is a view of dashboards, without rows" in "\n".join(said)
    assert dashboard_lake.rows("alerts", DATABASE).empty


def test_values_reach_the_statements_as_literals() -> None:
    filled = views.statements(views.Values(time_zone="Asia/Kathmandu", top_brands=3))
    assert "'Asia/Kathmandu'" in filled["dashboard_hours"]
    assert filled["dashboard_top_brands"].endswith("LIMIT 3\n")
    assert "<= 7" in filled["dashboard_cart_pairs"]
    assert not any(":" in statement.replace(":00", "") for statement in filled.values())
