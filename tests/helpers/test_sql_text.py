"""SQL as text, of any dialect."""

from helpers.sql_text import pointed


def test_the_caret_stands_under_the_place() -> None:
    lines = pointed("x", "a\n\tbc", 4).split("\n")
    assert lines == ["x", "line 2, column 3:", "   bc", "    ^"]
