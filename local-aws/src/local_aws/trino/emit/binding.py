"""Values that are used more than once are computed once, when their texts are long.

How often is counted in the text that an emitter makes: emitters are functions of texts, for one
template says all of most functions, and no template says how often it uses an argument. The names
that are counted are made here alone.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

_SHORT = 300


def bind_once(texts: list[str], made: Callable[[list[str]], str]) -> str:
    """Make DuckDB text of values that it may repeat.

    Short texts are repeated as they are, which DuckDB optimises best. A long one that is used
    twice is bound by a lambda, because repetition inside repetition would grow without bound. How
    often a value is used is seen by making the result of names that stand for the long ones.

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
    long = [i for i, text in enumerate(texts) if len(text) > _SHORT]
    if not long:
        return made(texts)
    # a name that none of the values has: a value may be, or hold, what is bound further out
    name = next(
        name for name in map("bound{}_".format, count()) if not any(name in t for t in texts)
    )
    body = made([f"{name}.v{i}" if i in long else text for i, text in enumerate(texts)])
    twice = [i for i in long if body.count(f"{name}.v{i}") > 1]
    if not twice:
        return made(texts)
    packed = ", ".join(f"v{i} := {texts[i]}" for i in twice)
    body = made([f"{name}.v{i}" if i in twice else text for i, text in enumerate(texts)])
    return f"list_transform([struct_pack({packed})], lambda {name}: {body})[1]"
