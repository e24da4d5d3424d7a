"""Bringing expressions to common types, and comparing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, localcontext

from local_aws.trino.conditions import Comparison, Said
from local_aws.trino.emit.cast_texts import instant
from local_aws.trino.emit.casts import conversion
from local_aws.trino.emit.conversion import Conversion, as_it_is
from local_aws.trino.emit.expr import Expr, combine
from local_aws.trino.type_coercion import common_super_type
from local_aws.trino.type_storage import row_field_names
from local_aws.trino.types import BOOLEAN, MAX_PRECISION, UNKNOWN, TrinoType, is_integer

_NOT_ORDERABLE = {"map", "json", "hyperloglog"}


def coerce(expression: Expr, kind: TrinoType) -> Expr:
    """Bring an expression to a type that its own coerces to."""
    if expression.type == kind:
        return expression
    found = conversion(expression.type, kind)
    column = expression.column if found is as_it_is else None
    return replace(expression, sql=found(expression.sql), type=kind, column=column)


def common_type(expressions: Sequence[Expr]) -> TrinoType | None:
    """Find the type that all expressions coerce to, or None where there is none."""
    found: TrinoType | None = UNKNOWN
    for expression in expressions:
        if found is not None:
            found = common_super_type(found, expression.type)
    return found


def is_exact(kind: TrinoType) -> bool:
    """Whether a type is an integer or a decimal."""
    return kind.name == "decimal" or is_integer(kind)


def is_orderable(kind: TrinoType) -> bool:
    """Whether values of a type have an order."""
    if kind.name in _NOT_ORDERABLE:
        return False
    if kind.name == "array":
        return is_orderable(kind.args[0])
    return kind.name != "row" or all(is_orderable(field) for _, field in kind.args)


def key(expression: Expr) -> str:
    """Text of an expression as something to compare, group or sort by."""
    return instant(expression.sql) if _by_instant(expression.type) else expression.sql


def key_conversion(source: TrinoType, target: TrinoType) -> Conversion:
    """Return how values of a type become what is compared by as another."""
    found = conversion(source, target)
    return (lambda sql: instant(found(sql))) if _by_instant(target) else found


def _by_instant(kind: TrinoType) -> bool:
    return kind.name == "timestamp with time zone"


def _as_literal_of(literal: Expr, other: TrinoType) -> Expr | None:
    """Write a literal number in the type of the column beside it, so that scans can filter."""
    value = literal.value
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if is_integer(other) and is_integer(literal.type) and value == int(value):
        return replace(literal, sql=str(value), type=other)
    if other.name != "decimal":
        return None
    precision, scale = other.args
    exact = Decimal(value)
    with localcontext(prec=2 * MAX_PRECISION):
        if exact != round(exact, scale) or abs(exact) >= 10 ** (precision - scale):
            return None
    sql = f"CAST('{exact:f}' AS DECIMAL({precision},{scale}))"  # str() may write an exponent
    return replace(literal, sql=sql, type=other)


def comparable(expressions: Sequence[Expr]) -> list[Expr] | None:
    """Bring expressions to one type, fit to be compared; None where there is no such type."""
    kind = common_type(expressions)
    if kind is None:
        return None
    columns = {e.type for e in expressions if not e.is_literal}
    if len(columns) == 1:
        (column,) = columns
        alike = [e if e.type == column else _as_literal_of(e, column) for e in expressions]
        if is_exact(column) and None not in alike:
            return [each for each in alike if each is not None]
    same = [coerce(e, kind) for e in expressions]
    if not _by_instant(kind):
        return same
    return [replace(each, sql=instant(each.sql), column=None) for each in same]


def said(op: str, side: Expr, constants: Sequence[Expr]) -> Said | None:
    """Return what a comparison says of the column that one side is; None where it is none."""
    if side.column is None or any(each.fields or each.has for each in constants):
        return None
    return Comparison(side.column, op, tuple(each.sql for each in constants))


# an operator, and what it is with its sides exchanged
_EXCHANGED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def compared(op: str, left: Expr, right: Expr) -> Expr | None:
    """Make left op right; None where the types cannot be compared by it."""
    sides = comparable((left, right))
    kind = common_type((left, right))
    if sides is None or kind is None:
        return None
    if op not in ("=", "<>") and not is_orderable(kind):
        return None
    texts = [side.sql for side in sides]
    if op in ("=", "<>") and kind.name in ("row", "array", "map"):
        same = _equality(texts[0], texts[1], kind)
        return combine(same if op == "=" else f"(NOT {same})", BOOLEAN, left, right)
    sql = f"({texts[0]} {op} {texts[1]})"
    if kind.name in ("real", "double"):
        sql = _floating(op, left, right, texts)
    says = None
    if op in _EXCHANGED:
        says = said(op, sides[0], sides[1:]) or said(_EXCHANGED[op], sides[1], sides[:1])
    return combine(sql, BOOLEAN, left, right, says=says)


def _floating(op: str, left: Expr, right: Expr, texts: Sequence[str]) -> str:
    """Text of a comparison of doubles: NaN is equal to nothing, and neither above nor below.

    DuckDB takes it for equal to itself and above all numbers, so only that needs a guard.
    """
    plain = f"{texts[0]} {op} {texts[1]}"
    if op == "<>":
        both = not (left.is_literal or right.is_literal)
        return f"({plain} OR isnan({texts[0]}))" if both else f"({plain})"
    wrong = {"=": 0, ">": 0, ">=": 0, "<": 1, "<=": 1}[op]
    safe = (left, right)[wrong].is_literal or (op == "=" and right.is_literal)
    return f"({plain})" if safe else f"({plain} AND NOT isnan({texts[wrong]}))"


def _equality(a: str, b: str, kind: TrinoType) -> str:
    """Text of a = b; a NULL inside leaves the answer open, where DuckDB takes NULLs for equal."""
    if kind.name == "row":
        pairs = (
            _equality(f'({a})."{name}"', f'({b})."{name}"', part)
            for name, (_, part) in zip(row_field_names(kind), kind.args, strict=True)
        )
        return f"({' AND '.join(pairs)})"
    if kind.name == "map":
        return f"(list_sort(map_entries({a})) = list_sort(map_entries({b})))"
    return f"trino_array_equal({a}, {b})" if kind.name == "array" else f"({a} = {b})"
