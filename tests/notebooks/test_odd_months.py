"""The questions asked of odd months: what they say is true of the file that they were asked of."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import pandas as pd
import polars as pl
import pytest

from helpers import athena, insights, report, report_page
from helpers.errors import InputError
from support import cells, lake, odd_months

BUCKET = "odd-months"
CASES = [
    "one row",
    "one day",
    "no carts",
    "no purchases",
    "views alone",
    "more carts than purchases",
    "a day without purchases",
    "a day that is a hole",
    "negative prices",
    "Cyrillic brands",
    "158 sparse days",
]
EMPTY = "no events"
FORMATS = ["hive", "iceberg"]
Asked = dict[str, Any]


@pytest.fixture(scope="module", autouse=True)
def aws(local_aws: str) -> Iterator[None]:
    with lake.at(local_aws):
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        yield


@pytest.fixture(scope="module", params=[*CASES, EMPTY])
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Asked]:
    """What the notebooks leave behind of one odd month, by notebook, and the events; by format."""
    return {each: _asked(request.param, each, tmp_path_factory.mktemp("odd")) for each in FORMATS}


@pytest.fixture(params=FORMATS)
def asked(request: pytest.FixtureRequest, both: dict[str, Asked]) -> Asked:
    """What the notebooks leave behind of one odd month in one format."""
    return both[request.param]


def _asked(named: str, table_format: str, folder: Path) -> Asked:
    case = CASES[0] if named == EMPTY else named
    odd_months.write(case, folder / "events.csv")
    events = lake.from_csv(folder / "events.csv")
    database = f"odd_{[*CASES, EMPTY].index(named)}_{table_format}"
    lake.write(BUCKET, database, events, table_format)
    if named == EMPTY:
        _empty(database, table_format)
        events = events.clear()
    place = {"database": database, "bucket": BUCKET, "run_dir": str(folder)}
    names = {path.stem[:2]: cells.run(path, **place) for path in insights.notebooks()}
    return {"case": named, "events": events, "folder": folder, **names}


def _empty(database: str, table_format: str) -> None:
    """Take every row off a lake, as its format does."""
    if table_format == "iceberg":
        athena.run("DELETE FROM user_activity", database=database, bucket=BUCKET)
    else:
        boto3.resource("s3").Bucket(BUCKET).objects.filter(Prefix=f"{database}/").delete()


def _of(events: pl.DataFrame, kind: str) -> pl.DataFrame:
    return events.filter(pl.col("event_type") == kind)


def test_every_question_has_an_answer_and_the_report_is_whole(asked: Asked) -> None:
    page = report_page.write(asked["folder"], report.read(asked["folder"])).read_text()
    for number in ("20", "21", "22", "23", "24"):
        assert asked[number]["findings"]
        for sentence in asked[number]["findings"]:
            assert not re.search(r"\bnan\b|NaT|None|\binf\b|<NA>", sentence), sentence
            assert not re.search(
                r"(?<![\d,.])1 (pairs|users|days|views|brands|purchases)\b", sentence
            )
            assert len(sentence) < 300
    assert page.count("<section") == 5


def test_what_is_said_and_shown_of_either_format_is_the_same(both: dict[str, Asked]) -> None:
    hive, iceberg = (report.read(both[each]["folder"]) for each in FORMATS)
    assert len(hive) == len(insights.notebooks())
    assert iceberg == hive
    drawn = [{path.name for path in both[each]["folder"].glob("*.png")} for each in FORMATS]
    assert drawn[0] == drawn[1]


def test_visitors_and_purchases_are_those_of_the_file(asked: Asked) -> None:
    events, said = asked["events"], " ".join(asked["20"]["findings"])
    users, bought = events["user_id"].n_unique(), _of(events, "purchase").height
    assert ("holds no event" in said) == (not events.height)
    if events.height:
        days = sorted(set(events["event_time"].dt.date()))
        span = (days[-1] - days[0]).days + 1
        on = f"on {len(days)} of {span} days" if len(days) < span else f"in {span} day"
        assert re.search(rf"{users:,} different visitors? came {on}", said)
        assert ("No purchase was recorded" in said) == (bought == 0)
        assert bought == 0 or f"{bought:,} purchase" in said


def test_the_day_looked_into_is_no_hole(asked: Asked) -> None:
    notebook, carts = asked["21"], _of(asked["events"], "cart")
    said = " ".join(notebook["findings"])
    assert ("no cart events" in said) == (not carts.height)
    if not carts.height:
        assert notebook["chosen"] is None
        assert not notebook["pictures"]
        return
    left = notebook["days"].set_index("day")["left_in_cart"]
    sold = set(_of(asked["events"], "purchase")["event_time"].dt.date())
    chosen = notebook["chosen"]
    assert chosen in sold or not sold & set(left.index)
    assert len(notebook["pairs"]) == left[chosen]
    if asked["case"] == "a day without purchases":
        assert chosen != date(2019, 10, 4)
        assert "2019-10-04" in said


def test_no_hour_is_busier_than_the_file(asked: Asked) -> None:
    notebook, views = asked["22"], _of(asked["events"], "view").height
    said = " ".join(notebook["findings"])
    if len(notebook["hours"]):
        assert notebook["busy"].stack().max() <= views
    else:
        assert "busiest hour is" not in said
    assert ("No event with a category code" in said) == (
        _of(asked["events"], "view")["category_code"].drop_nulls().len() == 0
    )


def test_hours_of_days_without_any_event_are_not_covered(asked: Asked) -> None:
    times = asked["events"]["event_time"]
    days = times.dt.date().n_unique()
    missing = 0.0  # hours before the first event and behind the last one
    if days:
        first, last = times.min(), times.max()
        missing = (first.hour * 4 + first.minute // 15 + 95 - last.hour * 4 - last.minute // 15) / 4
    # cells of less than a whole hour are left out
    assert days * 24 - missing - 2 < asked["22"]["hours"].sum() <= days * 24 - missing


def test_brands_that_are_listed_sold_less_than_expected(asked: Asked) -> None:
    notebook = asked["23"]
    assert (notebook["short"]["shortfall_purchases"] > 0).all()
    assert len(notebook["below"]) <= len(notebook["short"]) <= len(notebook["brands"])
    said = " ".join(notebook["findings"])
    if len(notebook["below"]):
        assert notebook["below"]["brand"].iloc[0] in said
    assert bool(notebook["pictures"]) == bool(len(notebook["brands"]))


def test_the_funnel_narrows(asked: Asked) -> None:
    notebook, views = asked["24"], _of(asked["events"], "view")
    said = " ".join(notebook["findings"])
    pairs = views.drop_nulls("user_session").unique(["user_session", "product_id"]).height
    assert ("No product was viewed" in said) == (pairs == 0)
    if pairs:
        (whole,) = notebook["whole"].to_dict("records")
        assert whole["viewed"] == pairs
        assert whole["viewed"] >= whole["carted"] >= whole["bought"]
        assert notebook["by_price"]["viewed"].sum() == pairs
    assert bool(notebook["pictures"]) == bool(len(notebook["traits"]))


@pytest.mark.parametrize(
    ("notebook", "values", "said"),
    [
        ("21", {"day": "2019-13-01"}, "day is '2019-13-01'"),
        ("21", {"top": 0}, "top is 0: give a whole number from 1 to 100"),
        ("22", {"metric": "view"}, "did you mean views"),
        ("22", {"time_zone": "CEST"}, "no IANA time zone"),
        ("22", {"depth": "2"}, "wrong type of parameter `depth`"),
        ("23", {"min_views": 0}, "min_views is 0"),
    ],
)
def test_a_wrong_parameter_stops_the_first_cell(
    notebook: str, values: dict[str, Any], said: str, tmp_path: Path
) -> None:
    (path,) = [path for path in insights.notebooks() if path.stem.startswith(notebook)]
    with pytest.raises(InputError, match=re.escape(said)):
        cells.run(path, bucket=BUCKET, run_dir=str(tmp_path), **values)


def test_of_thousands_of_brands_the_names_can_be_read(tmp_path: Path) -> None:
    odd_months.write("3,547 brands", tmp_path / "events.csv")
    lake.write(BUCKET, "odd_brands", lake.from_csv(tmp_path / "events.csv"))
    (path,) = [path for path in insights.notebooks() if path.stem.startswith("23")]
    names = cells.run(
        path, database="odd_brands", bucket=BUCKET, run_dir=str(tmp_path), min_views=1
    )
    assert len(names["brands"]) > 3000
    figure = names["figure"]
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in names["left"].texts]
    bars = [label.get_window_extent() for label in names["right"].get_yticklabels()]
    for shown in (boxes, bars):
        for place, box in enumerate(shown):
            assert not any(box.overlaps(other) for other in shown[place + 1 :])
    assert pd.Series(names["bars"]["brand"]).is_unique
