"""Every number of the questions' notebooks, against polars on the same events."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import awswrangler as wr
import boto3
import pandas as pd
import polars as pl
import pytest

from helpers import athena, athena_queries, insights
from helpers.errors import InputError, ServiceError
from helpers.events import FIELDS
from helpers.paths import PROJECT
from store_simulator.generate import generate
from support import insights_by_polars as expected
from support import lake as lake_tables
from support import statements

BUCKET = "insights-test"
REAL = PROJECT.parent / "shared/data/rees46_multi_2019-10-01_0000-0250.csv"
NOTEBOOKS = {path.name[:2]: statements.of_notebook(path) for path in insights.notebooks()}

# time, kind, product, category id, code, brand, price, user, session
HAND_MADE = [
    ("2019-11-02 23:50:00", "cart", 1, 10, "a.b.c.d", "acme", "9.99", 1, "s1"),  # bought after
    ("2019-11-03 00:10:00", "purchase", 1, 10, "a.b.c.d", "acme", "9.99", 1, "s1"),  # midnight
    ("2019-11-03 05:29:59", "view", 2, 10, "a.b", "acme", "5.00", 1, "s2"),
    ("2019-11-03 05:30:00", "view", 3, 10, "a", "bolt", "4.00", 2, "s2"),  # two users, one session
    ("2019-11-03 05:59:59", "view", 4, 11, None, None, "0.00", 2, None),  # no session, price zero
    ("2019-11-03 06:00:00", "view", 5, 12, "x.y", "solo", "7.00", 3, "s3"),  # has no peers
    ("2019-11-03 09:00:00", "cart", 2, 10, "a.b", "acme", "5.00", 3, "s3"),
    ("2019-11-03 09:00:00", "cart", 2, 10, "a.b", "acme", "6.00", 3, "s3"),  # twice, dearer
    ("2019-11-03 09:00:00", "cart", 2, 10, "a.b", "acme", "6.00", 3, "s3"),  # an exact duplicate
    ("2019-11-03 09:01:00", "remove_from_cart", 2, 10, "a.b", "acme", "6.00", 3, "s3"),
    ("2019-11-03 10:00:00", "purchase", 9, 11, None, "acme", "1.00", 4, "s4"),  # no view, no cart
    ("2019-11-03 10:00:00", "purchase", 9, 11, None, "acme", "1.00", 4, "s4"),
    ("2019-11-03 11:00:00", "purchase", 3, 10, "a", "bolt", "4.00", 5, "s5"),  # before its cart
    ("2019-11-03 12:00:00", "cart", 3, 10, "a", "bolt", "4.00", 5, "s5"),
    ("2019-11-06 00:00:00", "cart", 3, 10, "a", None, "4.00", 5, "s6"),  # two silent days before
    ("2019-11-06 00:00:01", "view", 3, 10, "a", "bolt", "4.00", 1, "s6"),
    ("2019-11-10 08:00:00", "purchase", 2, 10, "a.b", "acme", "5.50", 3, "s7"),  # a week after
    ("2019-11-10 09:00:00", "cart", 7, 10, "a.b", "acme", "30.00", 8, "s9"),  # before its view
    ("2019-11-10 09:01:00", "view", 7, 10, "a.b", "acme", "30.00", 8, "s9"),
    ("2019-11-10 09:02:00", "purchase", 7, 10, "a.b", "acme", "30.00", 8, "s9"),  # so no cart
    ("2019-11-10 23:59:00", "view", 8, 10, "a.b", "acme", "19.99", 8, "s10"),  # over midnight
    ("2019-11-10 23:59:30", "view", 8, 10, "a.c", "acme", "20.00", 8, "s10"),  # dearer, recoded
    ("2019-11-11 00:00:30", "cart", 8, 10, "a.c", "acme", "20.00", 8, "s10"),
    ("2019-11-11 00:00:30", "view", 8, 10, "a.c", "acme", "20.00", 8, "s10"),  # of that second
    ("2019-11-11 00:10:30", "purchase", 8, 10, "a.c", "acme", "20.00", 8, "s10"),
    ("2019-12-31 23:59:59", "purchase", 3, 10, "a", "bolt", "4.00", 5, "s8"),  # across months
    ("2020-01-01 00:00:00", "view", 3, 10, "a", "bolt", "99999999.99", 5, "s8"),
]


def _hand_made(_: Path) -> pl.DataFrame:
    return pl.DataFrame(HAND_MADE, schema=list(FIELDS), orient="row").with_columns(
        pl.col("event_time").str.to_datetime(time_unit="us"),
        pl.col("price").cast(pl.Decimal(10, 2)),
    )


def _generated(folder: Path) -> pl.DataFrame:
    generate(folder / "events.csv", first=date(2019, 10, 5), last=date(2019, 10, 14), rows=6000)
    return lake_tables.from_csv(folder / "events.csv")


def _real(_: Path) -> pl.DataFrame:
    if not REAL.exists():
        pytest.skip(f"real rows are not at {REAL}")
    return lake_tables.from_csv(REAL)


@pytest.fixture(scope="module")
def aws(local_aws: str) -> Iterator[None]:
    with lake_tables.at(local_aws):
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        yield


CASES = [(_hand_made, "hive"), (_generated, "hive"), (_real, "hive"), (_hand_made, "iceberg")]


@pytest.fixture(
    scope="module", params=CASES, ids=lambda case: f"{case[0].__name__.strip('_')}-{case[1]}"
)
def lake(
    request: pytest.FixtureRequest, aws: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, pl.DataFrame]]:
    """A Glue database whose `user_activity` holds events, with the views over it."""
    make, table_format = request.param
    events = make(tmp_path_factory.mktemp("events"))
    database = f"insights_{table_format}{make.__name__}"
    lake_tables.write(BUCKET, database, events, table_format)
    for view, *_ in NOTEBOOKS.values():
        athena.create_view(view, database=database, bucket=BUCKET)
    yield database, events
    wr.catalog.delete_database(database)


def _ask(database: str, sql: str, **params: Any) -> list[dict[str, Any]]:
    frame = athena.query(sql, database=database, bucket=BUCKET, params=params)
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [
        {name: value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
         for name, value in row.items()}
        for row in rows
    ]  # fmt: skip


def _same(rows: list[dict[str, Any]], answer: list[dict[str, Any]]) -> None:
    assert len(rows) == len(answer)
    for row, right in zip(rows, answer, strict=True):
        assert list(row) == list(right)
        for name, value in right.items():
            if isinstance(value, float):
                assert row[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name
            else:
                assert (row[name], type(row[name])) == (value, type(value)), name


Lake = tuple[str, pl.DataFrame]


def test_visitors_by_day(lake: Lake) -> None:
    database, events = lake
    rows = _ask(database, NOTEBOOKS["20"][1])
    _same(rows, expected.visitors(events))
    assert sum(row["new_visitors"] for row in rows) == events["user_id"].n_unique()


def test_cart_outcomes(lake: Lake) -> None:
    database, events = lake
    rows = _ask(database, "SELECT * FROM v_cart_outcomes ORDER BY day, user_id, product_id")
    _same(rows, expected.cart_outcomes(events))


@pytest.mark.parametrize("later_days", [1, 7, 366])
def test_carts_by_day(lake: Lake, later_days: int) -> None:
    database, events = lake
    rows = _ask(database, NOTEBOOKS["21"][1], later_days=later_days)
    _same(rows, expected.carts_by_day(expected.cart_outcomes(events), later_days))


def test_pairs_left_on_each_day(lake: Lake) -> None:
    database, events = lake
    outcomes = expected.cart_outcomes(events)
    left_days = {row["day"] for row in outcomes if not row["bought_that_day"]}
    for day in sorted(left_days)[:4]:
        rows = _ask(database, NOTEBOOKS["21"][2], later_days=7, day=day)
        _same(rows, expected.pairs_left(outcomes, day, 7))


@pytest.mark.parametrize(
    ("time_zone", "depth"),
    [
        ("UTC", 1),
        ("Asia/Kolkata", 2),  # half an hour
        ("Asia/Kathmandu", 4),  # a quarter
        ("America/New_York", 3),  # changes from summer time on 2019-11-03
        ("Pacific/Kiritimati", 1),  # fourteen hours: another weekday
    ],
)
def test_categories_by_local_hour(lake: Lake, time_zone: str, depth: int) -> None:
    database, events = lake
    rows = _ask(database, NOTEBOOKS["22"][1], time_zone=time_zone, depth=depth)
    for row in rows:
        assert row.pop("first_quarter") <= row.pop("last_quarter")
    days = [day for row in rows if (day := row.pop("day"))]
    assert days == sorted(set(events["event_time"].dt.date()))
    _same(rows[len(days) :], expected.categories(events, time_zone, depth))


def test_quarters_span_the_events(lake: Lake) -> None:
    database, events = lake
    rows = _ask(database, NOTEBOOKS["22"][1], time_zone="UTC", depth=1)
    rows = [row for row in rows if row["day"] is None]
    for found, event_time in (
        (min(row["first_quarter"] for row in rows), events["event_time"].min()),
        (max(row["last_quarter"] for row in rows), events["event_time"].max()),
    ):
        assert isinstance(event_time, datetime)
        assert found == event_time.replace(minute=event_time.minute // 15 * 15, second=0)


def test_brands_against_their_peers(lake: Lake) -> None:
    database, events = lake
    rows = _ask(database, "SELECT * FROM v_brands_to_market ORDER BY brand")
    _same(rows, expected.brands(events))


def test_brands_with_enough_views(lake: Lake) -> None:
    database, events = lake
    rows = _ask(database, NOTEBOOKS["23"][1], min_views=2)
    answer = {row["brand"]: row for row in expected.brands(events) if row["views"] >= 2}
    assert {row["brand"] for row in rows} == set(answer)
    for row in rows:
        right = answer[row["brand"]]
        assert row["conversion_high"] == pytest.approx(right["conversion_high"])
    missing = [row["shortfall_revenue"] for row in rows]
    assert missing == sorted(missing, reverse=True)


def test_products_in_sessions(lake: Lake) -> None:
    database, events = lake
    columns = list(expected.session_products(events)[0])
    rows = _ask(database, f"SELECT * FROM v_session_funnel ORDER BY {', '.join(columns)}")
    right = sorted(
        expected.session_products(events),
        key=lambda row: [(row[name] is None, row[name]) for name in columns],
    )
    _same(rows, right)


@pytest.mark.parametrize("depth", [1, 4])
def test_steps_by_category_and_price(lake: Lake, depth: int) -> None:
    database, events = lake
    rows = _ask(database, NOTEBOOKS["24"][1], depth=depth)
    _same(rows, expected.funnel(expected.session_products(events), depth))


@pytest.mark.parametrize("time_zone", ["UTC", "Asia/Kathmandu"])
def test_what_tells_bought_carts(lake: Lake, time_zone: str) -> None:
    database, events = lake
    rows = _ask(database, NOTEBOOKS["24"][2], time_zone=time_zone)
    _same(rows, expected.traits(expected.session_products(events), time_zone))


def test_known_answers_of_the_real_rows(lake: Lake) -> None:
    database, _ = lake
    if not database.endswith("_real"):
        pytest.skip("the known answers are of the real rows")
    (row,) = _ask(database, NOTEBOOKS["20"][1])
    assert row["day"] == date(2019, 10, 1)
    assert (row["views"], row["carts"], row["purchases"]) == (17_055, 165, 214)
    assert (row["visitors"], row["new_visitors"], row["sessions"]) == (4_504, 4_504, 5_066)


def test_missing_table_is_named_with_what_to_do(aws: None) -> None:
    wr.catalog.create_database("insights_bare", exist_ok=True)
    with pytest.raises(InputError, match=r"insights_bare.*user_activity.*10_ingest") as caught:
        athena.create_view(NOTEBOOKS["20"][0], database="insights_bare", bucket=BUCKET)
    assert "FROM user_activity\n" in str(caught.value)  # the line that is meant, and a caret


def test_missing_database_is_named_with_what_to_do(aws: None) -> None:
    with pytest.raises(InputError, match=r"insights_nowhere.*10_ingest"):
        _ask("insights_nowhere", "SELECT * FROM v_unique_visitors")


def test_table_dropped_under_its_view_is_named_with_what_to_do(aws: None) -> None:
    lake_tables.write(BUCKET, "insights_dropped", _hand_made(Path()))
    athena.create_view(NOTEBOOKS["20"][0], database="insights_dropped", bucket=BUCKET)
    wr.catalog.delete_table_if_exists("insights_dropped", "user_activity")
    with pytest.raises(InputError, match=r"insights_dropped.*10_ingest"):
        _ask("insights_dropped", NOTEBOOKS["20"][1])


def test_empty_table_gives_no_row_and_every_column(aws: None) -> None:
    lake_tables.write(BUCKET, "insights_empty", _hand_made(Path()))
    wr.s3.delete_objects(f"s3://{BUCKET}/insights_empty/")
    for view, query, *_ in NOTEBOOKS.values():
        athena.create_view(view, database="insights_empty", bucket=BUCKET)
        values = {"later_days": 7, "min_views": 1, "time_zone": "UTC", "depth": 1}
        rows = athena.query(query, database="insights_empty", bucket=BUCKET, params=values)
        assert rows.empty
        assert len(rows.columns) >= 5


def test_missing_bucket_is_named(aws: None) -> None:
    with pytest.raises(ServiceError, match="insights-no-such-bucket"):
        athena.query(
            "SELECT 1 AS one", database="default", bucket="insights-no-such-bucket", if_empty=""
        )


def test_values_are_quoted_and_never_run(aws: None) -> None:
    odd = "it's; DROP TABLE x -- :other ?"
    (row,) = _ask("default", "SELECT :odd AS odd, :price AS price", odd=odd, price=Decimal("1.50"))
    assert row == {"odd": odd, "price": Decimal("1.50")}


@pytest.mark.parametrize(
    ("scanned", "dollars"),
    [(0, 10 / 2**20 * 5), (10 * 2**20 + 1, 11 / 2**20 * 5), (3 * 2**40, 15.0)],
)
def test_price_of_a_query(scanned: int, dollars: float) -> None:
    assert athena_queries.dollars(scanned) == pytest.approx(dollars)
