"""CASE, casts, constructors, subscripts, time zones and EXTRACT."""

from __future__ import annotations

from dataclasses import replace

from local_aws.trino.analysis import calls, constants, literals, names
from local_aws.trino.analysis.analyser import ExpressionAnalyser
from local_aws.trino.analysis.call_errors import no_common_type
from local_aws.trino.emit.binding import bind_once
from local_aws.trino.emit.cast_moments import zoned
from local_aws.trino.emit.cast_texts import instant
from local_aws.trino.emit.casts import find_conversion
from local_aws.trino.emit.coercion import (
    coerce,
    common_type,
    compared,
)
from local_aws.trino.emit.conversion import Conversion, as_it_is
from local_aws.trino.emit.expr import NO_VALUE, Expr, combine
from local_aws.trino.emit.quoting import quote_text
from local_aws.trino.errors import TrinoError, raise_in_sql
from local_aws.trino.syntax import nodes as n
from local_aws.trino.type_coercion import common_super_type
from local_aws.trino.type_storage import row_field_names, to_duckdb
from local_aws.trino.types import (
    DAY_TO_SECOND,
    INTEGER,
    VARCHAR,
    TrinoType,
    array,
    is_integer,
    map_of,
    row,
    timestamp,
)


def case(analyser: ExpressionAnalyser, node: n.Case) -> Expr:
    """Analyse CASE."""
    results = [analyser.analyse(result) for _, result in node.whens]
    if node.default is not None:
        results.append(analyser.analyse(node.default))
    kind = common_type(results)
    if kind is None:
        nodes = [result for _, result in node.whens]
        nodes += [] if node.default is None else [node.default]
        raise no_common_type("All CASE results", results, nodes)
    conditions = [case_condition(analyser, node, when) for when, _ in node.whens]
    texts = [coerce(result, kind).sql for result in results]
    arms = " ".join(
        f"WHEN {condition.sql} THEN {text}"
        for condition, text in zip(conditions, texts, strict=False)
    )
    otherwise = f" ELSE {texts[-1]}" if node.default is not None else ""
    return combine(f"CASE {arms}{otherwise} END", kind, *conditions, *results)


def case_condition(analyser: ExpressionAnalyser, node: n.Case, when: n.Node) -> Expr:
    """Analyse the condition of one WHEN."""
    if node.operand is None:
        return analyser.boolean(when, "CASE WHEN clause")
    operand, value = analyser.analyse(node.operand), analyser.analyse(when)
    found = compared("=", operand, value)
    if found is None:
        message = f"CASE operand type does not match WHEN clause operand type: {operand.type}"
        raise TrinoError("TYPE_MISMATCH", f"{message} vs {value.type}", *when.at)
    return found


def cast(analyser: ExpressionAnalyser, node: n.Cast) -> Expr:
    """Analyse CAST or TRY_CAST."""
    kind = constants.type_of(analyser, node.type, node)

    operand = analyser.analyse(node.operand)
    made = find_conversion(operand.type, kind)
    if made is None:
        message = f"Cannot cast {operand.type} to {kind}"
        raise TrinoError("TYPE_MISMATCH", message, *node.at)
    if node.safe:
        return combine(_safely(operand, made), kind, operand)
    same = made is as_it_is or operand.type.name == "unknown"
    value = operand.value if same else NO_VALUE
    return combine(made(operand.sql), kind, operand, value=value)


def _safely(operand: Expr, made: Conversion) -> str:
    """Text of TRY of a conversion; what fails in the operand itself still fails."""
    if operand.is_literal or operand.column is not None:
        return f"TRY({made(operand.sql)})"
    return f"list_transform([{operand.sql}], lambda o_: TRY({made('o_')}))[1]"


def row_constructor(analyser: ExpressionAnalyser, node: n.Row) -> Expr:
    """Analyse a row constructor."""
    items = [analyser.analyse(item) for item in node.items]
    kind = row(*((None, item.type) for item in items))
    names = row_field_names(kind)
    parts = ", ".join(f"{name} := {_sql(item)}" for name, item in zip(names, items, strict=True))
    return combine(f"struct_pack({parts})", kind, *items)


def array_constructor(analyser: ExpressionAnalyser, node: n.Array) -> Expr:
    """Analyse an array constructor."""
    items = [analyser.analyse(item) for item in node.items]
    kind = common_type(items)
    if kind is None:
        raise no_common_type("All ARRAY elements", items, node.items)
    texts = ", ".join(coerce(item, kind).sql for item in items)
    if kind.name == "unknown":
        return combine(f"CAST([{texts}] AS INTEGER[])", array(kind), *items)
    return combine(f"[{texts}]", array(kind), *items)


def subscript(analyser: ExpressionAnalyser, node: n.Subscript) -> Expr:
    """Analyse base[index]."""
    base, index = analyser.analyse(node.base), analyser.analyse(node.index)
    if base.type.name == "row" and isinstance(index.value, int):
        if not 1 <= index.value <= len(base.type.args):
            message = f"Subscript index out of bounds: {index.value}, max value is "
            message += str(len(base.type.args))
            raise TrinoError("INVALID_FUNCTION_ARGUMENT", message, *node.index.at)
        return names.row_field(analyser, base, index.value - 1)
    if base.type.name == "array" and (is_integer(index.type) or index.type.name == "unknown"):
        return combine(
            _bound_element(base, coerce(index, INTEGER) if index.value is None else index),
            base.type.args[0],
            base,
            index,
        )
    key = common_super_type(base.type.args[0], index.type) if base.type.name == "map" else None
    if key is not None:
        base = coerce(base, map_of(key, base.type.args[1]))
        wanted = coerce(index, key)
        sql = bind_once(
            [base.sql, wanted.sql], lambda parts: _value_of(parts[0], parts[1], wanted.type)
        )
        return combine(sql, base.type.args[1], base, wanted)
    message = f"Cannot use {index.type} for subscript of {base.type}"
    raise TrinoError("TYPE_MISMATCH", message, *node.at)


def at_time_zone(analyser: ExpressionAnalyser, node: n.AtTimeZone) -> Expr:
    """Analyse AT TIME ZONE."""
    operand, zone = analyser.analyse(node.operand), analyser.analyse(node.zone)
    if zone.type == DAY_TO_SECOND and isinstance(zone.value, int):
        minutes = zone.value // 60_000
        if zone.value % 60_000 or abs(minutes) > 14 * 60:
            message = "Invalid time zone offset interval"
            raise TrinoError("INVALID_FUNCTION_ARGUMENT", message, *node.at)
        sign = "-" if minutes < 0 else "+"
        text = f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
        zone = Expr(quote_text(text), VARCHAR, text)
    if zone.type.name != "varchar":
        message = (
            f"Type of value must be a time or timestamp with or without time zone: {zone.type}"
        )
        raise TrinoError("TYPE_MISMATCH", message, *node.at)
    if operand.type.name == "timestamp":
        operand = coerce(operand, timestamp(operand.type.args[0], zone=True))
    if operand.type.name != "timestamp with time zone":
        message = "Type of value must be a time or timestamp with or without time zone "
        raise TrinoError("TYPE_MISMATCH", f"{message}(actual {operand.type})", *node.at)
    text = zone.sql
    if isinstance(zone.value, str):
        known = literals.zone_of(zone.value)
        if known is None:
            message = f"'{zone.value}' is not a valid time zone"
            raise TrinoError("INVALID_FUNCTION_ARGUMENT", message, *node.at)
        text = quote_text(known[0])
    return combine(zoned(instant(operand.sql), text), operand.type, operand, zone)


def extract(analyser: ExpressionAnalyser, node: n.Extract) -> Expr:
    """Analyse EXTRACT."""
    field = node.field.upper()
    if field not in _EXTRACTED:
        message = f"Invalid EXTRACT field {field}, valid fields are: {', '.join(_EXTRACTED)}"
        raise TrinoError("SYNTAX_ERROR", message, *node.at)
    names = {"DOW": "day_of_week", "DOY": "day_of_year", "YOW": "year_of_week"}
    made = n.Call(node.at, names.get(field, field.lower()), (node.operand,))
    kind = analyser.analyse(node.operand).type
    message = f"Cannot extract {field} from {kind}"
    if (kind.name == "date" and field in ("HOUR", "MINUTE", "SECOND")) or (
        kind.name == "timestamp" and field.startswith("TIMEZONE")
    ):
        raise TrinoError("TYPE_MISMATCH", message, *node.operand.at)
    try:
        return calls.call(analyser, made)
    except TrinoError as error:
        if error.name != "FUNCTION_NOT_FOUND":
            raise
        raise TrinoError("TYPE_MISMATCH", message, *node.operand.at) from None


_EXTRACTED = (
    *("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DAY_OF_MONTH", "DAY_OF_WEEK", "DOW"),
    *("DAY_OF_YEAR", "DOY", "YEAR_OF_WEEK", "YOW", "HOUR", "MINUTE", "SECOND"),
    *("TIMEZONE_MINUTE", "TIMEZONE_HOUR"),
)


def _sql(expression: Expr) -> str:
    if expression.type.name == "unknown":
        return f"CAST({expression.sql} AS {to_duckdb(expression.type)})"
    return expression.sql


def _value_of(base: str, index: str, kind: TrinoType) -> str:
    """Text of a map's value; a missing key is an error, as in Trino."""
    printing = find_conversion(kind, VARCHAR)
    text = "''" if printing is None else printing(index)
    missing = raise_in_sql("INVALID_FUNCTION_ARGUMENT", f"'Key not present in map: ' || {text}")
    return (
        f"CASE WHEN map_contains({base}, {index}) THEN ({base})[{index}] "
        f"WHEN {base} IS NOT NULL AND {index} IS NOT NULL THEN {missing} END"
    )


def _bound_element(base: Expr, index: Expr) -> str:
    return bind_once(
        [base.sql, index.sql],
        lambda parts: _element(replace(base, sql=parts[0]), replace(index, sql=parts[1])),
    )


def _element(base: Expr, index: Expr) -> str:
    """Text of an array's element; outside of the array is an error, as in Trino."""
    number = f"CAST({index.sql} AS VARCHAR)"
    too_far = raise_in_sql(
        "INVALID_FUNCTION_ARGUMENT",
        f"'Array subscript must be less than or equal to array length: ' || {number} || ' > ' || "
        f"CAST(len({base.sql}) AS VARCHAR)",
    )
    beyond = f"WHEN {index.sql} > len({base.sql}) THEN {too_far}"
    below = ""
    if not (isinstance(index.value, int) and index.value > 0):
        zero = raise_in_sql("INVALID_FUNCTION_ARGUMENT", "'SQL array indices start at 1'")
        negative = raise_in_sql(
            "INVALID_FUNCTION_ARGUMENT", f"'Array subscript is negative: ' || {number}"
        )
        below = f" WHEN {index.sql} = 0 THEN {zero} WHEN {index.sql} < 0 THEN {negative}"
    return f"CASE {beyond}{below} ELSE ({base.sql})[{index.sql}] END"
