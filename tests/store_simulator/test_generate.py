"""The generator follows the published totals, repeats itself, and writes the data set's format."""

import csv
import gzip
import json
import re
import time
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from helpers.bursts import Rule
from helpers.errors import InputError
from helpers.events import FIELDS
from store_simulator.generate import generate

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
OCTOBER = {"first": date(2019, 10, 1), "last": date(2019, 10, 31)}
ONE_DAY = {"first": date(2019, 10, 1), "last": date(2019, 10, 1)}


@pytest.fixture(scope="module")
def both_months(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    out = tmp_path_factory.mktemp("generated") / "months.csv"
    generate(out, first=date(2019, 10, 1), last=date(2019, 11, 30), share=0.01)
    return pl.read_csv(out).with_columns(
        pl.col("event_time").str.to_datetime("%Y-%m-%d %H:%M:%S UTC"),
        day=pl.col("event_time").str.head(10),
    )


def published(name: str) -> list[dict] | dict:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the published totals are not here: {name}")
    return json.loads(path.read_text())


def test_days_have_the_published_events_visitors_sessions_carts_and_purchases(both_months):
    real = pl.DataFrame(published("daily_metrics_oct_nov_2019.json"))
    kind = pl.col("event_type")
    made = both_months.group_by(date="day").agg(
        pl.len().alias("made_events"),
        pl.col("user_id").n_unique().alias("made_users"),
        pl.col("user_session").n_unique().alias("made_sessions"),
        (kind == "view").sum().alias("made_views"),
        (kind == "cart").sum().alias("made_carts"),
        (kind == "purchase").sum().alias("made_purchases"),
    )
    days = real.join(made, on="date", how="left")
    assert days.height == 61
    assert days.null_count().sum_horizontal().item() == 0
    for name, tolerance in [
        ("events", 0.15),  # a few long sessions weigh in: noise of about 4 %
        ("users", 0.05),
        ("sessions", 0.03),
        ("views", 0.15),
        ("carts", 0.35),  # 167 in the sparsest day: noise of about 10 %
        ("purchases", 0.35),
    ]:
        off = days.select((pl.col(f"made_{name}") - 0.01 * pl.col(name)).abs()).to_series()
        assert (off <= tolerance * 0.01 * days[name] + 1).all(), name
        total = days[f"made_{name}"].sum() / (0.01 * days[name].sum())
        assert total == pytest.approx(1, abs=0.03), name
    assert days.filter(date="2019-11-15")["made_purchases"].item() == 0


def test_hours_have_the_published_shares(both_months):
    real = pl.DataFrame(published("hourly_metrics_oct_nov_2019.json"))
    hours = both_months.group_by(hour=pl.col("event_time").dt.hour().cast(pl.Int64)).agg(
        pl.len().alias("made"), (pl.col("event_type") == "purchase").sum().alias("made_purchases")
    )
    hours = real.join(hours, on="hour")
    for made, name, tolerance in [("made", "events", 0.12), ("made_purchases", "purchases", 0.35)]:
        share = hours[made] / hours[made].sum()
        wanted = hours[name] / hours[name].sum()
        # sparse hours may be off by half a per cent of all
        assert ((share - wanted).abs() <= tolerance * wanted + 0.001).all(), name


def test_shares_of_both_months_are_the_published_ones(both_months):
    real = published("overview_oct_nov_2019.json")
    rows = both_months.height
    near = lambda wanted, off: pytest.approx(wanted, rel=off)  # noqa: E731
    events = real["total_events"]
    assert both_months["category_code"].null_count() / rows == near(
        real["null_category_code"] / events, 0.05
    )
    assert both_months["brand"].null_count() / rows == near(real["null_brand"] / events, 0.05)
    assert both_months["user_id"].n_unique() == near(0.01 * real["unique_users"], 0.06)
    assert both_months["user_session"].n_unique() == near(0.01 * real["unique_sessions"], 0.02)
    sold = both_months.filter(event_type="purchase")["price"]
    assert sold.mean() == near(real["revenue"] / real["purchases"], 0.08)
    assert both_months["category_id"].n_unique() == real["category_ids"]
    assert both_months["category_code"].drop_nulls().n_unique() == real["category_codes"]
    assert both_months["brand"].drop_nulls().n_unique() == near(real["unique_brands"], 0.01)
    assert both_months["product_id"].n_unique() <= real["unique_products"]

    sessions = both_months.group_by("user_session").agg(
        cart=(pl.col("event_type") == "cart").any(), buy=(pl.col("event_type") == "purchase").any()
    )
    based = real["session_based"]
    assert sessions["cart"].sum() == near(0.01 * based["carted"], 0.05)
    assert sessions["buy"].sum() == near(0.01 * based["purchased"], 0.05)
    without_cart = sessions.filter(pl.col("buy") & ~pl.col("cart")).height
    assert without_cart == near(0.01 * (based["purchased"] - 940_220), 0.1)


def test_the_leading_category_has_its_share_and_is_smartphones(both_months):
    lead = both_months["category_id"].value_counts(sort=True).row(0, named=True)
    assert lead["count"] / both_months.height == pytest.approx(0.27, abs=0.02)
    codes = both_months.filter(category_id=lead["category_id"])["category_code"].unique()
    assert codes.to_list() == ["electronics.smartphone"]


def test_orders_share_a_stamp_duplicates_occur_and_carts_are_bought_on_later_days(both_months):
    orders = both_months.filter(event_type="purchase").group_by("user_session", "event_time").len()
    assert (orders["len"] > 1).mean() == pytest.approx(0.13, abs=0.03)
    assert 1e-4 < both_months.is_duplicated().mean() < 2e-3
    carted = both_months.filter(event_type="cart").select("user_id", "product_id", "day").unique()
    bought = both_months.filter(event_type="purchase").select("user_id", "product_id", later="day")
    later = carted.join(bought, on=["user_id", "product_id"]).filter(
        pl.col("later") > pl.col("day")
    )
    assert later.height > 0.03 * carted.height


def test_brands_of_one_category_convert_differently(both_months):
    phones = both_months.filter(pl.col("category_code") == "electronics.smartphone")
    brands = phones.group_by("brand").agg(
        views=(pl.col("event_type") == "view").sum(),
        rate=(pl.col("event_type") == "purchase").mean(),
    )
    big = brands.filter(pl.col("views") > 5_000)
    assert big.height >= 5
    assert big["rate"].max() > 1.5 * big["rate"].min()


def test_time_is_in_order_and_nothing_leaves_the_days_asked_for(both_months):
    assert both_months["event_time"].is_sorted()
    assert both_months["day"].min() == "2019-10-01"
    assert both_months["day"].max() == "2019-11-30"


def test_lines_have_the_exact_format_of_the_data_set(tmp_path):
    out = tmp_path / "day.csv"
    count = generate(out, **ONE_DAY, rows=3_000)
    lines = out.read_text().split("\n")
    assert lines[0] == ",".join(FIELDS)
    assert lines[-1] == ""
    assert len(lines) == count + 2
    line = re.compile(
        r"2019-10-01 \d\d:\d\d:\d\d UTC,(view|cart|purchase),\d+,\d{19},[a-z.]*,[a-z]*,"
        r"\d+\.\d\d,\d{9},[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    )
    assert all(line.fullmatch(each) for each in lines[1:-1])


def test_the_same_seed_gives_the_same_bytes_packed_or_not_and_another_seed_others(tmp_path):
    for name, seed in [("a.csv", 7), ("b.csv", 7), ("c.csv.gz", 7), ("d.csv", 8)]:
        generate(tmp_path / name, **ONE_DAY, rows=2_000, seed=seed)
    first = (tmp_path / "a.csv").read_bytes()
    assert (tmp_path / "b.csv").read_bytes() == first
    assert gzip.decompress((tmp_path / "c.csv.gz").read_bytes()) == first
    assert (tmp_path / "d.csv").read_bytes() != first


def test_a_session_belongs_to_one_user(both_months):
    users = both_months.group_by("user_session").agg(pl.col("user_id").n_unique())["user_id"]
    assert users.max() == 1


@pytest.mark.parametrize("rule", [Rule(10, 10), Rule(20, 10), Rule(2, 60)])
def test_bots_are_exactly_the_users_above_the_rule(tmp_path, rule):
    out, truth = tmp_path / "bots.csv", tmp_path / "truth.csv"
    days = {"first": date(2019, 10, 1), "last": date(2019, 10, 3)}
    generate(out, **days, rows=20_000, bots=25, rule=rule, truth=truth)
    events = pl.read_csv(out).with_columns(
        pl.col("event_time").str.to_datetime("%Y-%m-%d %H:%M:%S UTC")
    )
    before = pl.col("event_time").shift(rule.max_actions).over("user_id")
    within = pl.col("event_time") - before < pl.duration(seconds=rule.window_s)
    found = events.filter(within)["user_id"].unique()
    with truth.open() as file:
        rows = list(csv.DictReader(file))
    bots = {int(row["user_id"]) for row in rows}
    assert len(bots) == len(rows) == 25
    if rule.max_actions >= 10:  # people make three actions in a minute, and not eleven in 10 s
        assert set(found) == bots
    assert bots <= set(found)
    for row in rows:
        mine = events.filter(user_id=int(row["user_id"]))["event_time"]
        ends = [f"{time:%Y-%m-%dT%H:%M:%S}" for time in (mine[0], mine[-1])]
        assert [*ends, str(len(mine))] == [
            row[name] for name in ("first_action", "last_action", "action_count")
        ]
        windows = mine.dt.epoch("s") // rule.window_s
        assert (windows.n_unique() > 1) == (row["straddles"] == "1")
        if row["straddles"] == "1":
            assert windows.value_counts()["count"].max() <= rule.max_actions


def test_it_writes_at_least_300_000_rows_a_second_and_core(tmp_path):
    def rate() -> float:
        before = time.process_time()
        rows = generate(tmp_path / "fast.csv", **ONE_DAY, rows=600_000)
        return rows / (time.process_time() - before)

    assert any(rate() >= 300_000 for _ in range(3))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"first": date(2019, 10, 2), "last": date(2019, 10, 1), "rows": 5}, "last day"),
        ({**ONE_DAY}, "either"),
        ({**ONE_DAY, "rows": 0}, "share"),
        ({**ONE_DAY, "rows": 5, "bots": 1}, "ground truth"),
    ],
)
def test_wrong_arguments_are_refused_in_one_line(tmp_path, arguments, says):
    with pytest.raises(InputError, match=says):
        generate(tmp_path / "x.csv", **arguments)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        generate(tmp_path / "file" / "x.csv", **ONE_DAY, rows=10)
