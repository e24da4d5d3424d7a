"""Arithmetic on typed expressions: result types and DuckDB's words for them."""

from __future__ import annotations

from local_aws.trino.emit.binding import bind_once
from local_aws.trino.emit.cast_moments import zoned
from local_aws.trino.emit.cast_texts import instant, local_time
from local_aws.trino.emit.casts import convert
from local_aws.trino.emit.decimals import divide
from local_aws.trino.emit.expr import Expr, combine
from local_aws.trino.errors import TrinoError, raise_in_sql
from local_aws.trino.type_coercion import common_super_type
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import (
    BIGINT,
    DATE,
    DAY_TO_SECOND,
    DOUBLE,
    INTEGER_BITS,
    MAX_PRECISION,
    VARCHAR,
    YEAR_TO_MONTH,
    TrinoType,
    array,
    as_decimal,
    decimal,
    is_integer,
    is_numeric,
)

_INTERVALS = {DAY_TO_SECOND.name, YEAR_TO_MONTH.name}
_MOMENTS = {"date", "timestamp", "timestamp with time zone", "time"}
_DAY = 86_400_000


class OperandError(Exception):
    """An operator does not take these types."""


def arithmetic(op: str, left: Expr, right: Expr) -> Expr:
    """Make left op right for + - * / %.

    Raises
    ------
    OperandError
        Trino has no such operator for the types.
    """
    if left.type.name == "unknown" and right.type.name == "unknown":
        raise OperandError
    if left.type.name == "unknown":
        left = _null_like(right.type, left)
    if right.type.name == "unknown":
        right = _null_like(left.type, right)
    if is_numeric(left.type) and is_numeric(right.type):
        return _numbers(op, left, right)
    if left.type.name in _MOMENTS and right.type.name in _INTERVALS and op in ("+", "-"):
        return _moved(op, left, right)
    if op == "+" and left.type.name in _INTERVALS and right.type.name in _MOMENTS:
        return _moved(op, right, left)
    if op == "-" and left.type.name in _MOMENTS and right.type.name in _MOMENTS:
        return _difference(left, right)
    if left.type == right.type and left.type.name in _INTERVALS and op in ("+", "-"):
        return combine(f"({left.sql} {op} {right.sql})", left.type, left, right)
    return _scaled(op, left, right)


def _null_like(kind: TrinoType, null: Expr) -> Expr:
    return combine(convert(null.sql, null.type, kind), kind, null, value=None)


def _scaled(op: str, left: Expr, right: Expr) -> Expr:
    """Make interval times number or interval over number."""
    if op == "*" and right.type.name in _INTERVALS:
        left, right = right, left
    if op not in ("*", "/") or left.type.name not in _INTERVALS or not is_numeric(right.type):
        raise OperandError
    duck = "BIGINT" if left.type == DAY_TO_SECOND else "INTEGER"
    if is_integer(right.type):
        sign = "//" if op == "/" else "*"
        return combine(f"CAST({left.sql} {sign} {right.sql} AS {duck})", left.type, left, right)
    factor = convert(right.sql, right.type, DOUBLE)
    return combine(f"CAST(trunc({left.sql} {op} {factor}) AS {duck})", left.type, left, right)


def _numbers(op: str, left: Expr, right: Expr) -> Expr:
    kind = common_super_type(left.type, right.type)
    if kind is None:
        raise OperandError
    if kind.name == "decimal":
        return _decimals(op, left, right)
    a = coerced_number(left, kind)
    b = coerced_number(right, kind)
    sign = "//" if op == "/" and is_integer(kind) else op
    sql = f"({a} {sign} {b})"
    return combine(sql, kind, left, right)


def coerced_number(expression: Expr, kind: TrinoType) -> str:
    """Text of a number as another numeric type; a literal is written in that type."""
    return convert(expression.sql, expression.type, kind)


def _decimals(op: str, left: Expr, right: Expr) -> Expr:
    """Make decimal arithmetic with Trino's precision and scale."""
    one, two = as_decimal(left.type), as_decimal(right.type)
    a = convert(left.sql, left.type, one)
    b = convert(right.sql, right.type, two)
    (p1, s1), (p2, s2) = one.args, two.args
    if op in ("+", "-"):
        scale = max(s1, s2)
        kind = decimal(min(MAX_PRECISION, max(p1 - s1, p2 - s2) + scale + 1), scale)
        sql = f"({a} {op} {b})"
    elif op == "*":
        if s1 + s2 > MAX_PRECISION:
            raise OperandError
        kind = decimal(min(MAX_PRECISION, p1 + p2), s1 + s2)
        sql = f"({a} * {b})"
    elif op == "%":
        scale = max(s1, s2)
        kind = decimal(min(p2 - s2, p1 - s1) + scale, scale)
        sql = f"({a} % {b})"
    else:
        scale = max(s1, s2)
        kind = decimal(min(MAX_PRECISION, p1 + s2 + max(s2 - s1, 0)), scale)
        return combine(divide(a, one, b, two, kind), kind, left, right)
    return combine(f"CAST({sql} AS DECIMAL({kind.args[0]},{kind.args[1]}))", kind, left, right)


def _moved(op: str, moment: Expr, amount: Expr) -> Expr:
    """Make a date or time plus or minus an interval; the result is no coarser than one ms."""
    kind = moment.type
    if kind.args:
        kind = TrinoType(kind.name, (max(kind.args[0], 3),))
    months = amount.type == YEAR_TO_MONTH
    if kind.name == "time":
        if months:
            raise OperandError
        step = f"to_milliseconds({amount.sql} % {_DAY})"
        return combine(f"CAST({moment.sql} {op} {step} AS TIME)", kind, moment, amount)
    if kind == DATE:
        if months:
            sql = f"CAST({moment.sql} {op} to_months({amount.sql}) AS DATE)"
        else:
            days = whole_days(amount)
            sql = f"({moment.sql} {op} {days})"
        return combine(sql, kind, moment, amount)
    step = f"to_months({amount.sql})" if months else f"to_milliseconds({amount.sql})"
    if kind.name == "timestamp":
        return combine(f"({moment.sql} {op} {step})", kind, moment, amount)
    if months:
        local = local_time(moment.sql)
        moved = f"trino_instant({local} {op} {step}, ({moment.sql}).z)"
    else:
        moved = f"({instant(moment.sql)} {op} {step})"
    return combine(zoned(moved, f"CAST(({moment.sql}).z AS VARCHAR)"), kind, moment, amount)


def whole_days(amount: Expr) -> str:
    """Days of an interval that is added to a date."""
    if amount.is_literal and amount.value is not None:
        if amount.value % _DAY:
            message = "Cannot add hour, minutes or seconds to a date"
            raise TrinoError("INVALID_FUNCTION_ARGUMENT", message)
        return str(amount.value // _DAY)
    message = "'Cannot add hour, minutes or seconds to a date'"
    wrong = raise_in_sql("INVALID_FUNCTION_ARGUMENT", message)
    return (
        f"CASE WHEN {amount.sql} % {_DAY} <> 0 THEN {wrong} "
        f"ELSE CAST({amount.sql} // {_DAY} AS INTEGER) END"
    )


def _difference(left: Expr, right: Expr) -> Expr:
    kind = common_super_type(left.type, right.type)
    if kind is None:
        raise OperandError
    a, b = (convert(one.sql, one.type, kind) for one in (left, right))
    if kind.name == "timestamp with time zone":
        a, b = instant(a), instant(b)
    if kind == DATE:
        sql = f"(CAST({a} - {b} AS BIGINT) * {_DAY})"
    elif kind.name == "time":
        sql = f"((epoch_us({a}) - epoch_us({b})) // 1000)"
    else:
        sql = f"(epoch_ms({a}) - epoch_ms({b}))"
    return combine(sql, DAY_TO_SECOND, left, right)


def concatenated(left: Expr, right: Expr) -> Expr:
    """Make left || right of texts, binaries, or arrays and elements."""
    a, b = left.type, right.type
    if "unknown" in (a.name, b.name):
        return _with_null(left, right)
    if a.name == "array" or b.name == "array":
        return _joined(left, right)
    if {a.name, b.name} <= {"varchar", "char"} and "char" in (a.name, b.name) and a.args and b.args:
        kind = TrinoType("char", (a.args[0] + b.args[0],))
        return combine(f"({left.sql} || {right.sql})", kind, left, right)
    if {a.name, b.name} <= {"varchar", "char"}:
        return combine(f"({left.sql} || {right.sql})", VARCHAR, left, right)
    if a.name == b.name == "varbinary":
        return combine(f"({left.sql} || {right.sql})", a, left, right)
    raise OperandError


def _with_null(left: Expr, right: Expr) -> Expr:
    """Make || with a bare NULL, which Trino takes for an array of the other side's type."""
    other = right.type if left.type.name == "unknown" else left.type
    if other.name == "unknown":
        raise OperandError
    if other.name == "array" or other == VARCHAR:
        message = "Could not choose a best candidate operator. Explicit type casts must be added."
        raise TrinoError("AMBIGUOUS_FUNCTION_CALL", message)
    kind = array(other)
    return combine(f"CAST(NULL AS {to_duckdb(kind)})", kind, left, right)


def _joined(left: Expr, right: Expr) -> Expr:
    both = left.type.name == right.type.name == "array"
    if both:
        kind = common_super_type(left.type, right.type)
    else:
        element = left.type if right.type.name == "array" else right.type
        listed = right.type if right.type.name == "array" else left.type
        kind = common_super_type(listed, array(element))
    if kind is None:
        raise OperandError

    def part(one: Expr) -> str:
        if one.type.name == "array":
            return convert(one.sql, one.type, kind)
        return f"[{convert(one.sql, one.type, kind.args[0])}]"

    a, b = part(left), part(right)
    sql = f"CASE WHEN {a} IS NOT NULL AND {b} IS NOT NULL THEN list_concat({a}, {b}) END"
    return combine(sql, kind, left, right)


def negated(operand: Expr) -> Expr:
    """Make minus operand."""
    kind = operand.type
    if kind.name == "unknown":
        return combine(f"CAST({operand.sql} AS BIGINT)", BIGINT, operand, value=None)
    if not is_numeric(kind) and kind.name not in _INTERVALS:
        raise OperandError
    sql = f"(-{operand.sql})"
    if is_integer(kind):
        sql = bind_once([operand.sql], lambda parts: _negated_integer(parts[0], kind))
    return combine(sql, kind, operand)


def _negated_integer(sql: str, kind: TrinoType) -> str:
    message = f"'{kind.name} negation overflow: ' || {sql}"
    wrong = raise_in_sql("NUMERIC_VALUE_OUT_OF_RANGE", message)
    least = f"CAST(-{2 ** (INTEGER_BITS[kind.name] - 1)} AS {to_duckdb(kind)})"
    minus = f"(CAST(0 AS {to_duckdb(kind)}) - {sql})"
    return f"CASE WHEN {sql} = {least} THEN {wrong} ELSE {minus} END"
