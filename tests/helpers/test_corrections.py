"""Corrections: what a file may say, and that the steps keep what an event and a visit are."""

import datetime
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import corrections
from helpers.corrections import KEY
from helpers.errors import InputError
from helpers.events import FIELDS, LAKE

HEADER = ",".join([*FIELDS, "correction"])
LINE = "2019-10-02 12:00:00 UTC,cart,1,2,a.b,acme,130.76,3,s1,put"
SCHEMA = {**{column.name: column.frame for column in LAKE}, "event_type": pl.String()}
SCHEMA |= {"event_time": pl.Datetime("us"), "price": pl.Decimal(10, 2)}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "holds 0 corrections"),
        ([LINE.replace("12:00:00", "25:00:00")], "line 2: bad event_time"),
        ([LINE, LINE.replace("s1,put", "s2,drop")], "line 3: the correction is 'drop'"),
        ([LINE.replace(",put", ",")], "line 2: the correction is None"),
        ([LINE, LINE.replace("130.76", "1.00")], "lines 2, 3 correct one event more than once"),
        ([LINE.replace("130.76", "1.005")], "line 2: price finer than a cent"),
        ([LINE] * 2001, "holds 2,001 corrections"),
        ([LINE.replace("cart", "kart")], "line 2: unknown event_type"),
        ([LINE.replace("130.76", "123456789012.00")], "line 2: absurd price"),
        ([LINE.replace(",3,s1", ",,s1")], "line 2: missing or bad user_id"),
        ([LINE.replace("acme", '"a\nb"')], "line 2: embedded newline"),
        ([LINE.partition(",a.b")[0]], "line 2: the correction is None"),
        ([f"{LINE},more"], "cannot be read as CSV: found more fields than defined"),
        ([LINE.replace("acme", '"acme')], "cannot be read as CSV: could not parse"),
    ],
)
def test_a_file_that_is_none_of_corrections_is_refused_by_its_line(
    tmp_path: Path, lines: list[str], said: str
) -> None:
    path = tmp_path / "corrections.csv"
    path.write_text("\n".join([HEADER, *lines]))
    with pytest.raises(InputError, match=said):
        corrections.read(str(path))


def test_a_file_of_other_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "raw.csv"
    path.write_text("\n".join([",".join(FIELDS), LINE.removesuffix(",put")]))
    with pytest.raises(InputError, match="has not the columns"):
        corrections.read(str(path))


def test_what_is_no_file_or_no_text_is_named(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(InputError, match=f"there is no file {place}"):
            corrections.read(str(place))
    path = tmp_path / "latin.csv"
    path.write_bytes(f"{HEADER}\n{LINE.replace('acme', 'café')}".encode("latin-1"))
    with pytest.raises(InputError, match="cannot be read as CSV: invalid utf-8"):
        corrections.read(str(path))


def test_quoted_and_missing_fields_are_read_as_in_raw_files(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    path.write_text(f'{HEADER}\n{LINE.replace("acme", chr(34) + "a, b" + chr(34))}\n'
                    f"{LINE.replace('a.b,acme', ',').replace(',s1,', ',,')}")  # fmt: skip
    read = corrections.read(str(path))
    assert read["brand"].to_list() == ["a, b", None]
    assert read["user_session"].to_list() == ["s1", None]
    assert read["price"].to_list() == [Decimal("130.76")] * 2


TIMES = [datetime.datetime(2019, 10, day, 12, 0, second) for day in (1, 2) for second in (0, 1)]
keys = st.tuples(
    st.sampled_from(TIMES),
    st.just("view"),
    st.sampled_from([1, 2]),
    st.just(7),
    st.sampled_from(["s1", "s2", None]),
)
prices = st.integers(1, 9).map(Decimal)


def _row(key: tuple[Any, ...], price: Decimal, **more: Any) -> dict[str, Any]:
    values = {"category_id": 5, "category_code": None, "brand": "b", "price": price}
    return {**dict(zip(KEY, key, strict=True)), **values, **more}


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in KEY)


def _visit(row: dict[str, Any]) -> tuple[datetime.date, str]:
    return row["event_time"].date(), row["user_session"]


def _merged(lake: list[dict[str, Any]], steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the MERGE of notebook 12 makes of a lake."""
    by_key: dict[tuple[Any, ...], dict[str, Any]] = {}
    for step in steps:
        if step["step"] != "again":
            assert by_key.setdefault(_key(step), step) is step, "one row is met twice"
    after = []
    for row in lake:
        step = by_key.get(_key(row))
        if step is None:
            after.append(row)
        elif step["step"] == "put":
            values = ("category_id", "category_code", "brand", "price")
            after.append({**row, **{name: step[name] for name in values}})
    there = {_key(row) for row in lake}
    after += [s for k, s in by_key.items() if k not in there and s["step"] == "put"]
    return [*after, *(step for step in steps if step["step"] == "again")]


@given(
    st.lists(st.tuples(keys, prices), max_size=8),
    st.dictionaries(keys, st.tuples(prices, st.sampled_from(["put", "remove"])), min_size=1),
)
def test_after_the_steps_each_event_is_as_told_and_each_visit_has_one_start(
    events: list[tuple[tuple[Any, ...], Decimal]],
    told: dict[tuple[Any, ...], tuple[Decimal, str]],
) -> None:
    lake = [_row(key, price) for key, price in events]
    started = set()
    for row in lake:
        row["session_start"] = row["user_session"] is not None and _visit(row) not in started
        started.add(_visit(row))
    given_rows = [_row(key, price, correction=kind) for key, (price, kind) in told.items()]
    given_frame = pl.DataFrame(
        {name: [row[name] for row in given_rows] for name in [*FIELDS, "correction"]},
        schema={**{name: SCHEMA[name] for name in FIELDS}, "correction": pl.String()},
    )
    lake_frame = pl.DataFrame({n: [row[n] for row in lake] for n in SCHEMA}, schema=SCHEMA)

    steps = list(corrections.steps(given_frame, lake_frame).iter_rows(named=True))
    after = _merged(lake, steps)

    wanted = Counter(
        (key, told[key][0] if key in told else price)
        for key, price in events
        if told.get(key, (0, "put"))[1] == "put"
    )
    there = {key for key, _ in events}
    new = {k: price for k, (price, kind) in told.items() if kind == "put" and k not in there}
    wanted.update(new.items())
    assert Counter((_key(row), row["price"]) for row in after) == wanted
    starts = Counter(_visit(row) for row in after if row["session_start"])
    visits = {_visit(row) for row in after if row["user_session"] is not None}
    assert starts == dict.fromkeys(visits, 1)
