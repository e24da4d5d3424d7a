"""The filter of GetPartitions: an SQL condition over the partition keys.

Source: the Glue API reference, GetPartitions, parameter ``Expression``: operators =, <>, <, <=,
>, >=, LIKE, IN, BETWEEN, AND, OR, NOT over keys of the types string, date, timestamp, int, bigint,
long, tinyint, smallint and decimal.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlglot
from sqlglot import exp

from local_aws.glue.errors import invalid

Keeps = Callable[[Sequence[str]], bool]
_NUMBERS = ("int", "integer", "bigint", "long", "tinyint", "smallint", "decimal")
_COMPARE: dict[type, Callable[[Any, Any], bool]] = {
    exp.EQ: lambda a, b: a == b,
    exp.NEQ: lambda a, b: a != b,
    exp.LT: lambda a, b: a < b,
    exp.LTE: lambda a, b: a <= b,
    exp.GT: lambda a, b: a > b,
    exp.GTE: lambda a, b: a >= b,
}
_SWAPPED: dict[type, type] = {
    exp.LT: exp.GT,
    exp.GT: exp.LT,
    exp.LTE: exp.GTE,
    exp.GTE: exp.LTE,
}


def compile_expression(text: str, keys: Sequence[dict[str, Any]]) -> Keeps:
    """Return the test that a filter expression makes of a partition's values.

    Parameters
    ----------
    text
        The expression; an empty one keeps everything.
    keys
        The table's partition keys, each with ``Name`` and ``Type``.

    Raises
    ------
    GlueError
        InvalidInputException for an expression that is no such condition, a column that is no
        partition key, or a literal that is not of its key's type.

    Examples
    --------
    >>> keeps = compile_expression("year = 2019 AND day < 3", [
    ...     {"Name": "year", "Type": "int"}, {"Name": "day", "Type": "int"}])
    >>> keeps(["2019", "02"]), keeps(["2019", "14"])
    (True, False)
    """
    if not text.strip():
        return lambda _values: True
    try:
        tree = sqlglot.parse_one(text, read="hive")
    except sqlglot.errors.SqlglotError as error:
        raise invalid(f"Unsupported expression '{text}'") from error
    positions = {str(key["Name"]).lower(): index for index, key in enumerate(keys)}
    types = [str(key.get("Type", "string")).lower() for key in keys]
    return _condition(tree, positions, types, text)


def _condition(node: exp.Expr, at: dict[str, int], types: list[str], text: str) -> Keeps:
    if isinstance(node, exp.Paren):
        return _condition(node.this, at, types, text)
    if isinstance(node, exp.And | exp.Or):
        left, right = (_condition(side, at, types, text) for side in (node.this, node.expression))
        if isinstance(node, exp.And):
            return lambda values: left(values) and right(values)
        return lambda values: left(values) or right(values)
    if isinstance(node, exp.Not):
        inner = _condition(node.this, at, types, text)
        return lambda values: not inner(values)
    return _comparison(node, at, types, text)


def _comparison(node: exp.Expr, at: dict[str, int], types: list[str], text: str) -> Keeps:
    column, operands = node.this, _operands(node)
    compare = _COMPARE.get(type(node))
    if compare is not None and not isinstance(column, exp.Column):
        column, operands = node.expression, [node.this]
        compare = _COMPARE[_SWAPPED.get(type(node), type(node))]
    if not isinstance(column, exp.Column) or operands is None:
        raise invalid(f"Unsupported expression '{text}'")
    index = at.get(column.name.lower())
    if index is None:
        raise invalid(f"Unsupported expression: {column.name} is not a partition key")
    kind = types[index]
    bounds = [_typed(_literal(operand, text), kind) for operand in operands]

    def keeps(values: Sequence[str]) -> bool:
        value = _typed(values[index], kind)
        if compare is not None:
            return compare(value, bounds[0])
        if isinstance(node, exp.In):
            return value in bounds
        if isinstance(node, exp.Between):
            return bool(bounds[0] <= value <= bounds[1])
        return re.fullmatch(_like(str(bounds[0])), str(values[index]), re.DOTALL) is not None

    return keeps


def _operands(node: exp.Expr) -> list[exp.Expr] | None:
    if type(node) in _COMPARE or isinstance(node, exp.Like):
        return [node.expression]
    if isinstance(node, exp.In) and not node.args.get("query"):
        return list(node.expressions)
    if isinstance(node, exp.Between):
        return [node.args["low"], node.args["high"]]
    return None


def _literal(node: exp.Expr, text: str) -> str:
    if isinstance(node, exp.Cast | exp.Paren):
        return _literal(node.this, text)
    if isinstance(node, exp.Neg):
        return f"-{_literal(node.this, text)}"
    if not isinstance(node, exp.Literal):
        raise invalid(f"Unsupported expression '{text}'")
    return str(node.this)


def _typed(value: str, kind: str) -> Any:
    try:
        if kind.startswith(_NUMBERS):
            return Decimal(value)
        if kind == "date":
            return date.fromisoformat(value)
        if kind == "timestamp":
            return datetime.fromisoformat(value)
    except (InvalidOperation, ValueError) as error:
        raise invalid(f"'{value}' is not a {kind}") from error
    return value


def _like(pattern: str) -> str:
    return "".join({"%": ".*", "_": "."}.get(char, re.escape(char)) for char in pattern)
