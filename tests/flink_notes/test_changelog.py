"""Changes fold into the rows that hold."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flink_notes.changelog import (
    DELETE,
    INSERT,
    UPDATE_AFTER,
    UPDATE_BEFORE,
    Current,
    Newest,
)
from helpers.errors import InputError


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_current_rows_are_what_was_given_and_not_taken_back(data):
    table, held = Current(), Counter()
    for _ in range(data.draw(st.integers(0, 30))):
        taken = data.draw(st.sampled_from(sorted(held.elements()) or [None]))
        row = (data.draw(st.integers(0, 3)), [1])
        if taken is None or data.draw(st.booleans()):
            table.apply(INSERT, row)
            held[row[0]] += 1
            continue
        held[taken] -= 1
        if data.draw(st.booleans()):
            table.apply(DELETE, (taken, [1]))
        else:
            table.apply(UPDATE_BEFORE, (taken, [1]))
            if data.draw(st.booleans()):
                table.apply(UPDATE_AFTER, row)
                held[row[0]] += 1
        assert Counter(key for key, _ in table.rows()) == +held
        assert len(table) == held.total()


def test_an_updated_row_keeps_its_place():
    table = Current()
    for kind, row in [
        (INSERT, ("a", 1)),
        (INSERT, ("b", 1)),
        (UPDATE_BEFORE, ("a", 1)),
        (UPDATE_AFTER, ("a", 2)),
        (INSERT, ("c", 1)),
    ]:
        table.apply(kind, row)
    assert list(table.rows()) == [("a", 2), ("b", 1), ("c", 1)]


def test_a_row_that_was_never_there_cannot_be_taken_back():
    with pytest.raises(InputError, match="never gave"):
        Current().apply(DELETE, (1,))


def test_append_keeps_the_newest_rows_and_counts_all():
    table = Newest(2)
    for number in range(5):
        table.apply(INSERT, (number,))
    assert list(table.rows()) == [(3,), (4,)]
    assert len(table) == 5


@pytest.mark.parametrize("kind", [UPDATE_BEFORE, UPDATE_AFTER, DELETE])
def test_append_refuses_a_query_that_changes_rows(kind):
    with pytest.raises(InputError, match="use type=update"):
        Newest(2).apply(kind, (1,))
