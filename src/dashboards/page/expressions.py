"""QuickSight's calculated fields, read as trees of sums that the page evaluates."""

import re
from typing import Any, Final

from helpers.errors import InputError

Tree = dict[str, Any]
"""``{"op": "sum", "column": …}``, ``{"op": "/", "args": [left, right]}`` or ``number``'s value."""

AGGREGATES: Final = {
    "SUM": "sum",
    "AVERAGE": "avg",
    "MIN": "min",
    "MAX": "max",
    "COUNT": "count",
    "DISTINCT_COUNT": "distinct_count",
}
"""The definition's aggregations that the page knows, as trees call them."""
_FUNCTIONS: Final = {*AGGREGATES.values(), "sqrt"}
_TOKEN: Final = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|\{([^}]+)\}|([a-zA-Z_]+)|([-+*/()]))")


def parse(text: str, path: str) -> Tree:
    """Read an expression such as ``sum({left}) / sum({carted})``.

    Parameters
    ----------
    text : str
        Numbers, ``+ - * /``, parentheses, ``sqrt`` and aggregates of a column each.
    path : str
        Where it stands in the definition, for what is wrong with it.

    Returns
    -------
    dict
        The tree.

    Raises
    ------
    InputError
        With the path, where the page cannot evaluate it.

    Examples
    --------
    >>> parse("sum({a}) / 2", "x")["args"][0]
    {'op': 'sum', 'column': 'a'}
    """
    tokens = _tokens(text, path)
    tree, rest = _sum(tokens, path)
    if rest:
        raise InputError(f"{path}: the page does not understand {rest[0][1]!r} in {text!r}.")
    return tree


def columns(tree: Tree) -> set[str]:
    """List the columns that a tree adds up."""
    below = (columns(part) for part in tree.get("args", ()))
    return {tree["column"]} if "column" in tree else set().union(*below)


def as_share(tree: Tree) -> list[str]:
    """Name the two columns of a plain share, sum by sum; none where it is something else."""
    parts = tree["args"] if tree["op"] == "/" else []
    return [part["column"] for part in parts] if all(p["op"] == "sum" for p in parts) else []


Tokens = list[tuple[str, str]]


def _tokens(text: str, path: str) -> Tokens:
    found: Tokens = []
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            raise InputError(f"{path}: the page does not understand {text[place:]!r}.")
        kinds = ("number", "column", "name", "sign")
        found += [(kind, word) for kind, word in zip(kinds, match.groups(), strict=True) if word]
        place = match.end()
    return found


def _sum(tokens: Tokens, path: str) -> tuple[Tree, Tokens]:
    return _chain(tokens, path, ("+", "-"), _product)


def _product(tokens: Tokens, path: str) -> tuple[Tree, Tokens]:
    return _chain(tokens, path, ("*", "/"), _factor)


def _chain(tokens: Tokens, path: str, signs: tuple[str, str], part: Any) -> tuple[Tree, Tokens]:
    tree, rest = part(tokens, path)
    while rest and rest[0][1] in signs:
        right, after = part(rest[1:], path)
        tree, rest = {"op": rest[0][1], "args": [tree, right]}, after
    return tree, rest


def _factor(tokens: Tokens, path: str) -> tuple[Tree, Tokens]:
    match tokens:
        case [("number", digits), *rest]:
            return {"op": "number", "value": float(digits)}, rest
        case [("sign", "("), *inside]:
            return _closed(*_sum(inside, path), path)
        case [("name", "sqrt"), ("sign", "("), *inside]:
            tree, rest = _closed(*_sum(inside, path), path)
            return {"op": "sqrt", "args": [tree]}, rest
        case [("name", name), ("sign", "("), ("column", column), ("sign", ")"), *rest] if (
            name in _FUNCTIONS
        ):
            return {"op": name, "column": column}, rest
    said = " ".join(word for _, word in tokens[:4]) or "the end"
    raise InputError(f"{path}: the page does not understand {said!r}.")


def _closed(tree: Tree, rest: Tokens, path: str) -> tuple[Tree, Tokens]:
    if not rest or rest[0][1] != ")":
        raise InputError(f"{path}: a parenthesis is not closed.")
    return tree, rest[1:]
