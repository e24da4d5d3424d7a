"""The odd files that stores have come in whole, by either engine."""

import uuid
from pathlib import Path

import polars as pl
import pytest

from helpers import aws
from helpers.events import FIELDS
from helpers.ingest import facts, load
from helpers.raw import files
from support import odd_months
from support.lake import prepare

DATABASE = "db_odd_months"


@pytest.fixture(autouse=True)
def fresh_clients(aws_env: str) -> None:
    aws.client.cache_clear()


def come_in(case: str, tmp_path: Path) -> tuple[pl.DataFrame, load.Loaded, dict[str, str]]:
    """Load a case into a bucket of its own: its rows typed another way, what came in, where."""
    name = uuid.uuid4().hex[:12]
    place = {"bucket": name, "database": DATABASE, "table": f"t_{name}"}
    prepare(name, DATABASE)
    events = odd_months.write(case, tmp_path / "odd.csv").with_columns(
        day=pl.col("event_time").str.head(10).str.to_date(),
        price=pl.col("price").cast(pl.Decimal(10, 2)),
    )
    loaded = load.load(
        files.find(str(tmp_path / "odd.csv")),
        **place,
        max_quarantine_share=0.5,
        staging=str(tmp_path / "staging"),
    )
    return events, loaded, place


@pytest.mark.parametrize("case", odd_months.CASES)
def test_an_odd_month_comes_in_whole(case: str, tmp_path: Path) -> None:
    events, loaded, _ = come_in(case, tmp_path)
    good = events.filter(pl.col("price") >= 0)
    bad = len(events) - len(good)
    assert (loaded.rows_in, loaded.rows_lake) == (len(events), len(good))
    assert loaded.quarantined == ({"negative price": bad} if bad else {})
    assert (bad > 0) == (case == "negative prices")
    assert list(loaded.days.items()) == sorted(good["day"].value_counts().iter_rows())


@pytest.mark.parametrize("case", ["one row", "a day that is a hole"])
def test_what_came_in_of_an_odd_month_is_counted(case: str, tmp_path: Path) -> None:
    events, loaded, place = come_in(case, tmp_path)
    shown = facts.count_events(loaded.days, **place)
    values = dict(zip(shown["figure"], shown["value"], strict=True))
    kinds = dict(events["event_type"].value_counts().iter_rows())
    for figure, kind in (("views", "view"), ("carts", "cart"), ("purchases", "purchase")):
        assert values[figure] == kinds.get(kind, 0)
    assert values["no brand"] == (events["brand"] == "").sum()
    assert values["revenue"] == (events.filter(event_type="purchase")["price"].sum() or 0)
    daily = facts.count_days(loaded.days, **place)
    assert int(daily.to_numpy().sum()) == len(events)
    assert len(daily) == (max(loaded.days) - min(loaded.days)).days + 1
    said = facts.sentences(loaded, shown)
    if case == "one row":
        assert said[0] == "1 row came in: 1 event of 2019-10-01, and 0 in quarantine."
        assert said[1] == "1 view, 0 carts and 0 purchases by 1 visitor, worth 0.00."
    else:
        assert " of 6 days from 2019-10-01 to 2019-10-07," in said[0]


@pytest.mark.parametrize(
    ("seconds", "sliding", "tumbling"),
    [
        ({1: (7, 8, 9, 10, 11, 12), 2: (20, 21, 22, 29)}, 6, 4),
        ({1: (9, 10), 2: (30, 45), 3: (51,)}, 2, 1),
        ({1: (0, 9), 2: (10, 20)}, 2, 2),
    ],
    ids=["a burst over two windows", "one event a window", "ten seconds are too many"],
)
def test_the_most_events_in_10_s_lie_anywhere(
    seconds: dict[int, tuple[int, ...]], sliding: int, tumbling: int, tmp_path: Path
) -> None:
    values = counted(
        [
            f"2019-10-01 00:00:{second:02} UTC,view,{second},1,,,1.00,{user},s"
            for user, all_of_user in seconds.items()
            for second in all_of_user
        ],
        tmp_path,
    )
    assert values["most events of a user in 10 s"] == sliding
    assert values["most events of a user in a 10 s window"] == tumbling
    assert values["exact duplicates"] == 0


def test_exact_duplicates_agree_in_what_is_missing_too(tmp_path: Path) -> None:
    bare = "2019-10-01 00:00:00 UTC,view,1,1,,,1.00,1,s"
    branded = bare.replace(",,,", ",,acme,")
    apart = bare.replace("00:00:00 UTC", "00:00:01 UTC")
    other = bare.replace(",1,s", ",2,s")
    values = counted([bare, branded, bare, apart, other, bare, branded], tmp_path)
    assert values["exact duplicates"] == 3


def counted(lines: list[str], tmp_path: Path) -> dict[str, int]:
    """Load lines into a bucket of their own; give each figure of what came in."""
    name = uuid.uuid4().hex[:12]
    place = {"bucket": name, "database": DATABASE, "table": f"t_{name}"}
    prepare(name, DATABASE)
    path = tmp_path / "lines.csv"
    path.write_text("\n".join([",".join(FIELDS), *lines, ""]))
    loaded = load.load(files.find(str(path)), **place, staging=str(tmp_path / "staging"))
    shown = facts.count_events(loaded.days, **place)
    return dict(zip(shown["figure"], shown["value"], strict=True))
