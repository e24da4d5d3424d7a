"""Values that are used more than once are computed once, when their texts are long."""

from __future__ import annotations

from collections.abc import Callable

_SHORT = 300


def bind_once(texts: list[str], made: Callable[[list[str]], str]) -> str:
    """Make DuckDB text of values that it repeats.

    Short texts are repeated as they are, which DuckDB optimises best. Long ones are bound by a
    lambda, because repetition inside repetition would grow without bound.

    Parameters
    ----------
    texts
        DuckDB texts of the values.
    made
        Makes the result of the values' texts, or of the names that stand for them.

    Examples
    --------
    >>> bind_once(["a"], lambda parts: f"({parts[0]} + {parts[0]})")
    '(a + a)'
    """
    direct = made(texts)
    if all(len(text) <= _SHORT or direct.count(text) == 1 for text in texts):
        return direct
    packed = ", ".join(f"v{i} := {text}" for i, text in enumerate(texts))
    body = made([f"bound.v{i}" for i in range(len(texts))])
    return f"list_transform([struct_pack({packed})], lambda bound: {body})[1]"
