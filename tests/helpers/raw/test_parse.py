"""Rows become events or quarantined rows, the same ones at full speed and line by line."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.errors import InputError
from helpers.events import FIELDS, FRAME
from helpers.raw.blocks import LineBlocks
from helpers.raw.rows import parse_good_lines
from helpers.raw.suspects import sort_out

GOOD = b"2019-10-01 00:00:00 UTC,view,44600062,2103807459595387724,a.b,acme,35.79,541312140,72d76f"
HEADER = ",".join(FIELDS).encode()
FIELDS_OF_GOOD = dict(zip(FIELDS, GOOD.decode().split(","), strict=True))


def row(**changed: str) -> bytes:
    return ",".join({**FIELDS_OF_GOOD, **changed}.values()).encode()


def quoted(line: bytes, quoting: int = csv.QUOTE_ALL) -> bytes:
    """Write a row's fields in quotes: all of them as Athena, texts alone as R's write.csv."""
    out = io.StringIO()
    fields = [
        float(field) if quoting == csv.QUOTE_NONNUMERIC and name == "price" else field
        for name, field in zip(FIELDS, line.decode().split(","), strict=True)
    ]
    csv.writer(out, quoting=quoting, lineterminator="").writerow(fields)
    return out.getvalue().encode()


def reasons(block: bytes) -> list[tuple[int, str]]:
    assert parse_good_lines(block) is None
    found = sort_out(block, 2, at_end=True)
    assert not found.rest
    return list(found.bad.select("line_number", "reason").iter_rows())


def test_an_event_has_the_types_of_the_table_of_an_event():
    events = parse_good_lines(GOOD + b"\n")
    assert events.schema == FRAME
    assert events["price"].to_list() == [35.79]
    assert events["category_id"].to_list() == [2103807459595387724]
    assert str(events["event_time"][0]) == "2019-10-01 00:00:00"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"event_time": ""}, "bad event_time"),
        ({"event_time": "2019-10-01 00:00:60 UTC"}, "bad event_time"),
        ({"event_time": "2019-02-30 00:00:00 UTC"}, "bad event_time"),
        ({"event_time": "2019-10-1 00:00:00 UTC"}, "bad event_time"),
        ({"event_time": "2019-10- 1 00:00:00 UTC"}, "bad event_time"),
        ({"event_time": "2019-10-01T00:00:00Z"}, "bad event_time"),
        ({"event_type": "click"}, "unknown event_type"),
        ({"event_type": ""}, "unknown event_type"),
        ({"product_id": ""}, "missing or bad product_id"),
        ({"product_id": "12.5"}, "missing or bad product_id"),
        ({"product_id": "-3"}, "missing or bad product_id"),
        ({"category_id": "99999999999999999999"}, "missing or bad category_id"),
        ({"user_id": "abc"}, "missing or bad user_id"),
        ({"price": ""}, "missing or bad price"),
        ({"price": "free"}, "missing or bad price"),
        ({"price": "NaN"}, "missing or bad price"),
        ({"price": "-0.01"}, "negative price"),
        ({"price": "1000000.01"}, "absurd price"),
        ({"price": "1e300"}, "absurd price"),
        ({"price": "3.455"}, "price finer than a cent"),
        ({"brand": "a\0b"}, "NUL byte"),
        ({"brand": "a\rb"}, "embedded newline"),
        ({"brand": '"a\nb"'}, "embedded newline"),
        ({"brand": '"a'}, "unbalanced quote"),
        ({"brand": "a,b"}, "wrong column count"),
    ],
)
def test_a_row_that_is_no_event_is_quarantined_with_its_reason(changed, reason):
    block = b"\n".join([GOOD, row(**changed), GOOD, b""])
    assert reasons(block) == [(3, reason)]
    assert sort_out(block, 2, at_end=True).events.height == 2


def test_rows_with_too_few_columns_or_bad_bytes_or_nothing_at_all():
    block = b"\n".join([GOOD, GOOD.rpartition(b",")[0], b"", b"\xff" + GOOD, GOOD + b",", GOOD])
    assert reasons(block) == [
        (3, "wrong column count"),
        (4, "empty line"),
        (5, "bad encoding"),
        (6, "wrong column count"),
    ]
    assert sort_out(block, 2, at_end=True).bad["raw"][2] == "\\xff" + GOOD.decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"event_type": "remove_from_cart"},
        {"price": "0.00"},
        {"price": "12"},
        {"brand": ""},
        {"category_code": ""},
        {"user_session": ""},
        {"brand": "bürste"},
        {"brand": '"a,b"'},
        {"brand": '"say ""hi"""'},
        {"product_id": '"7"'},
    ],
)
def test_rarities_that_are_events(changed):
    found = sort_out(row(**changed) + b"\n" + GOOD, 2, at_end=True)
    assert found.bad.height == 0
    assert found.events.height == 2


def test_quoted_text_is_unquoted_and_empty_text_is_null():
    block = b"\n".join([row(brand='"a,""b"""'), row(brand='""'), row(brand="")])
    events = sort_out(block, 2, at_end=True).events
    assert events["brand"].to_list() == ['a,"b"', None, None]


def test_a_quoted_field_may_be_as_long_as_it_likes():
    long = "s," * 100_000
    found = sort_out(row(brand=f'"{long}"') + b"\n" + row(brand='"a"b') + b"\n", 2, at_end=True)
    assert found.events["brand"].to_list() == [long]
    assert found.bad["reason"].to_list() == ["unbalanced quote"]


def test_a_field_that_a_database_left_out_is_null_at_both_speeds():
    block = row(brand="\\N", category_code="\\N", user_session="\\N") + b"\n"
    fast, slow = parse_good_lines(block), sort_out(block, 2, at_end=True).events
    assert fast.equals(slow)
    assert fast.select("brand", "category_code", "user_session").row(0) == (None, None, None)
    assert reasons(row(price="\\N")) == [(2, "missing or bad price")]


def test_windows_line_ends_are_line_ends():
    block = b"\r\n".join([GOOD, GOOD, b""])
    found = sort_out(block, 2, at_end=True)
    assert found.bad.height == 0
    assert found.events["user_session"].to_list() == ["72d76f"] * 2


def test_a_quote_that_never_closes_costs_its_own_row_alone():
    block = b"\n".join([row(brand='"a'), GOOD, row(brand='b"'), GOOD])
    assert reasons(block) == [(2, "unbalanced quote"), (4, "unbalanced quote")]


def test_a_row_open_at_the_end_of_a_block_is_finished_in_the_next_one():
    first, second = row(brand='"a\nb"').split(b"\n")
    text = b"\n".join([",".join(FIELDS).encode(), GOOD, first, second, GOOD, b""])
    for size in range(1, len(text)):
        blocks = LineBlocks(io.BytesIO(text), "x.csv", size=size)
        blocks.skip_header()
        line, events, bad = 2, 0, []
        while block := blocks.next():
            found = sort_out(block, line, at_end=blocks.at_end)
            blocks.hand_back(found.rest)
            line += found.lines
            events += found.events.height
            bad += found.bad.rows()
        assert events == 2
        assert bad == [(3, "embedded newline", row(brand='"a\nb"').decode())]


# time limits would make these fail on a busy machine and say nothing about the rows
_UNHURRIED = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

_TEXT = st.just("\\N") | st.text(alphabet='0123456789.+-eE UTC:,"\n\r\0abcñ view', max_size=25)
_TIME = st.from_regex(
    r"[ +\-]?20[01][0-9]-[ 0-9]{1,2}-[ 0-9]{1,2} [0-9 ]{2}:[0-9]{2}:[0-9]{2} UTC ?"
)
_NUMBER = st.from_regex(r" {0,2}[+-]?[0-9]{0,20}(\.[0-9]{0,4})?(e[+-]?[0-9])? ?", fullmatch=True)


@_UNHURRIED
@given(
    st.lists(
        st.dictionaries(st.sampled_from(FIELDS), st.one_of(_TEXT, _TIME, _NUMBER), max_size=2),
        min_size=1,
        max_size=4,
    )
)
def test_both_ways_agree_on_every_block(changes):
    block = b"\n".join([*(row(**changed) for changed in changes), b""])
    fast = parse_good_lines(block)
    found = sort_out(block, 2, at_end=True)
    if fast is not None:
        assert found.bad.height == 0
        assert fast.equals(found.events)


@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
def test_a_block_whose_fields_are_quoted_is_typed_at_full_speed(quoting):
    lines = [quoted(GOOD, quoting), quoted(row(brand="", price="0"), quoting), GOOD]
    events = parse_good_lines(b"\n".join([*lines, b""]))
    assert events.equals(parse_good_lines(b"\n".join([GOOD, row(brand="", price="0"), GOOD])))


@_UNHURRIED
@given(
    st.lists(
        st.lists(st.sampled_from(["", "a", "7", '"', '""', ",", "\n", *GOOD.decode().split(",")])),
        max_size=3,
    )
)
def test_both_ways_agree_wherever_quotes_stand(pieces):
    block = b"\n".join([GOOD, *("".join(piece).encode() for piece in pieces), quoted(GOOD), b""])
    fast = parse_good_lines(block)
    if fast is not None:
        found = sort_out(block, 2, at_end=True)
        assert found.bad.height == 0
        assert fast.equals(found.events)


@_UNHURRIED
@given(
    st.lists(st.sampled_from([0, 4, 5, 8]), max_size=3),
    st.sampled_from(['"', '""', '","', '"\n"', 'x"', '"x', '",', ',"', "\n"]),
    st.booleans(),
)
def test_both_ways_agree_on_a_quote_that_is_out_of_place(places, piece, behind):
    fields = [f'"{field}"' for field in GOOD.decode().split(",")]
    for place in places:
        fields[place] = fields[place] + piece if behind else piece + fields[place]
    block = b"\n".join([quoted(GOOD), ",".join(fields).encode(), GOOD, b""])
    fast = parse_good_lines(block)
    found = sort_out(block, 2, at_end=True)
    assert (fast is None) or (found.bad.height == 0 and fast.equals(found.events))


@_UNHURRIED
@given(st.binary(max_size=400))
def test_any_bytes_end_up_in_exactly_one_place(noise):
    block = b"\n".join([GOOD, noise, GOOD, b""])
    found = sort_out(block, 2, at_end=True)
    assert found.lines == block.count(b"\n")
    assert found.events.height >= 1
    assert found.events.height + found.bad.height <= block.count(b"\n")


def test_a_header_is_checked_with_or_without_mark_and_windows_end():
    for start in (b"", b"\xef\xbb\xbf"):
        for end in (b"\n", b"\r\n"):
            blocks = LineBlocks(io.BytesIO(start + ",".join(FIELDS).encode() + end + GOOD), "x.csv")
            blocks.skip_header()
            assert blocks.next() == GOOD


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "empty"),
        (b"time,type\n", "header.*right file"),
        (GOOD + b"\n", "header"),
        (",".join(FIELDS).encode("utf-16"), "save it as UTF-8"),
        (HEADER + b"\r" + GOOD, "line feeds"),
        (HEADER.replace(b",", b";"), "parted by ';'"),
        (HEADER.replace(b"brand,", b""), "lacks brand$"),
        (HEADER + b",more", "has more too"),
        (",".join(reversed(FIELDS)).encode(), "another order"),
    ],
)
def test_an_empty_file_and_a_wrong_header_are_named(text, says):
    with pytest.raises(InputError, match=says):
        LineBlocks(io.BytesIO(text), "x.csv").skip_header()


def test_what_has_no_line_end_for_very_long_is_no_csv(monkeypatch):
    monkeypatch.setattr("helpers.raw.blocks._LONGEST_LINE", 1_000)
    blocks = LineBlocks(io.BytesIO(GOOD + b"\n" + b"x" * 2_000 + b"\n"), "x.csv", size=500)
    with pytest.raises(InputError, match=r"x\.csv has a line of more than 64 MiB"):
        blocks.next()
