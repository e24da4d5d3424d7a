"""The nearest known name, and how like it has to be."""

import pytest

from helpers.names import closest, nearest


@pytest.mark.parametrize(
    ("name", "known", "likeness", "found"),
    [
        ("max_action", ["max_actions", "bots"], 0.0, "max_actions"),
        ("CEST", ["Europe/Berlin", "UTC"], 0.6, None),
        ("", ["a"], 0.0, "a"),
        ("x", [], 0.0, None),
    ],
)
def test_the_closest_name_is_found_where_one_is_like_enough(name, known, likeness, found):
    assert closest(name, known, likeness=likeness) == found


def test_the_words_name_the_nearest():
    assert nearest("visitor", ["visitors", "views"]) == "the nearest known is `visitors`"
