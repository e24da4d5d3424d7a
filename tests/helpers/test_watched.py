"""What a note watched."""

from helpers.watched import others

COUNTS = {"read": 110, "not decoded": 2, "written": 8}


def test_a_note_that_watches_alone_has_nothing_to_say() -> None:
    assert others(COUNTS, alerts=8, sent=112) == []
    assert others(COUNTS, alerts=8) == []


def test_what_another_note_sends_and_finds_is_told() -> None:
    sends, finds = others(COUNTS, alerts=9, sent=100)
    assert "Stream 1 holds 12 records more" in sends
    assert "Stream 2 holds 1 alert more" in finds
