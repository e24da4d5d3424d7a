"""JSON_VALUE, JSON_QUERY and JSON_EXISTS."""

from __future__ import annotations

from local_aws.trino.analysis import constants
from local_aws.trino.analysis.analyser import ExpressionAnalyser
from local_aws.trino.emit.cast_json import json_ready
from local_aws.trino.emit.casts import convert
from local_aws.trino.emit.coercion import coerce
from local_aws.trino.emit.conversion import NoCastError
from local_aws.trino.emit.expr import Expr, combine
from local_aws.trino.emit.quoting import quote_text
from local_aws.trino.errors import TrinoError, raise_in_sql, raise_named_in_sql
from local_aws.trino.functions.json_path import PathError, parse_path, variables
from local_aws.trino.syntax import nodes as n
from local_aws.trino.type_coercion import can_coerce
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import BIGINT, BOOLEAN, DOUBLE, VARCHAR, TrinoType, decimal, is_numeric

_RETURNED = ("varchar", "char", "boolean", "date", "time", "timestamp", "timestamp with time zone")
_TOLD = "cannot extract SQL scalar from JSON: "


def json_query(analyser: ExpressionAnalyser, node: n.JsonQuery) -> Expr:
    """Analyse JSON_VALUE, JSON_QUERY or JSON_EXISTS.

    The path is evaluated by a function whose answer starts with a letter that says what came of it;
    the conversion to the returned type, and what is given for nothing or on an error, is SQL.
    """
    _check_path(node)
    text = _input(analyser, node.input)
    passed = [(name, analyser.analyse(value.value), value) for name, value in node.passing]
    names = ", ".join(quote_text(name) for name, _, _ in passed)
    values = ", ".join(_passed(value, written) for _, value, written in passed)
    parts = [text, *(value for _, value, _ in passed)]
    make = {"JSON_VALUE": _value, "JSON_QUERY": _document, "JSON_EXISTS": _exists}[node.function]
    mode, kind, chosen, more = make(analyser, node)
    asked = (
        f"py_json_path('{mode}', {text.sql}, {quote_text(node.path.text)}, "
        f"CAST([{names}] AS VARCHAR[]), CAST([{values}] AS VARCHAR[]))"
    )
    sql = f"list_transform([{asked}], lambda j_: {chosen})[1]"
    return combine(f"CAST({sql} AS {to_duckdb(kind)})", kind, *parts, *more)


def _check_path(node: n.JsonQuery) -> None:
    """Fail where the path cannot be read, or reads a variable that is not passed."""
    try:
        _, tree = parse_path(node.path.text)
    except PathError as error:
        line, column = node.path.at
        raise TrinoError(error.name, str(error), line, column + 1 + error.offset) from None
    given = {name for name, _ in node.passing}
    for name in sorted(variables(tree) - given):
        message = f"no value passed for parameter {name}"
        if name.upper() in given:
            message += f'. Try quoting "{name}" in the PASSING clause to match case'
        raise TrinoError("INVALID_PATH", message, *node.path.at)


def _input(analyser: ExpressionAnalyser, node: n.JsonInput) -> Expr:
    found = analyser.analyse(node.value)
    if found.type.name == "unknown":
        return coerce(found, VARCHAR)
    if found.type.name not in ("varchar", "char"):
        message = f"Cannot read input of type {found.type} as JSON using formatting JSON"
        raise TrinoError("TYPE_MISMATCH", message, *node.at)
    return found


def _passed(value: Expr, node: n.JsonInput) -> str:
    """JSON text of a value that is passed to a path."""
    if node.formatted:
        return value.sql
    kind = value.type.name
    if not (is_numeric(value.type) or kind in ("varchar", "char", "boolean")):
        message = f"passing a value of type {value.type} to a JSON path is not supported"
        raise TrinoError("NOT_SUPPORTED", message, *node.at)
    return f"CAST(to_json({json_ready(value.sql, value.type)}) AS VARCHAR)"


_Made = tuple[str, TrinoType, str, list[Expr]]


def _value(analyser: ExpressionAnalyser, node: n.JsonQuery) -> _Made:
    kind = constants.type_of(analyser, node.returning, node) if node.returning else VARCHAR
    if kind.name not in _RETURNED and not is_numeric(kind):
        message = f"Invalid return type of function JSON_VALUE: {kind}"
        raise TrinoError("TYPE_MISMATCH", message, *node.at)
    empty, on_empty = _behavior(analyser, node.on_empty, kind, "EMPTY")
    wrong, on_error = _behavior(analyser, node.on_error, kind, "ERROR")
    nothing = empty or raise_in_sql("JSON_VALUE_RESULT_ERROR", f"'{_TOLD}JSON path found no items'")
    arms = []
    for letter, source in _SOURCES.items():
        failed = wrong or raise_in_sql(
            "JSON_VALUE_RESULT_ERROR",
            f"'{_TOLD}Cannot cast value of type {source} to declared return type of function "
            f"JSON_VALUE: {kind}'",
        )
        # as text a decimal keeps the digits that it has, whatever their scale
        digits = letter == "c" and kind.name in ("varchar", "char")
        held = VARCHAR if digits else source
        item = "j_[2:]" if held == VARCHAR else f"CAST(j_[2:] AS {to_duckdb(held)})"
        try:
            made = f"COALESCE(TRY({convert(item, held, kind)}), {failed})"
        except NoCastError:
            made = failed
        arms.append(f"WHEN '{letter}' THEN {made}")
    arms += [f"WHEN 'e' THEN {nothing}", f"WHEN 'x' THEN {wrong or _FAIL}"]
    chosen = f"CASE j_[1] {' '.join(arms)} END"
    return "value", kind, chosen, [*on_empty, *on_error]


_SOURCES = {"s": VARCHAR, "i": BIGINT, "d": DOUBLE, "c": decimal(38, 18), "b": BOOLEAN}
_FAIL = raise_named_in_sql("j_[2:]")  # the name and the message came with it


def _behavior(
    analyser: ExpressionAnalyser, node: n.JsonBehavior | None, kind: TrinoType, event: str
) -> tuple[str, list[Expr]]:
    """Text of what JSON_VALUE gives, nothing where it fails; and what that reads."""
    if node is None or node.kind == "NULL":
        return "NULL", []
    if node.kind == "ERROR":
        return "", []
    if node.value is None:
        message = f"EMPTY {node.kind} is not supported in JSON_VALUE"
        raise TrinoError("SYNTAX_ERROR", message, *node.at)
    found = analyser.analyse(node.value)
    if not can_coerce(found.type, kind):
        message = f"Function JSON_VALUE default ON {event} result must evaluate to a {kind}"
        raise TrinoError("TYPE_MISMATCH", f"{message} (actual: {found.type})", *node.value.at)
    return coerce(found, kind).sql, [found]


def _document(analyser: ExpressionAnalyser, node: n.JsonQuery) -> _Made:
    kind = constants.type_of(analyser, node.returning, node) if node.returning else VARCHAR
    if kind.name not in ("varchar", "char"):
        message = f"Cannot output JSON value as {kind} using formatting JSON"
        raise TrinoError("TYPE_MISMATCH", message, *node.at)
    if node.quotes == "OMIT" and node.wrapper != "WITHOUT":
        message = f"OMIT QUOTES behavior specified with WITH {node.wrapper} ARRAY WRAPPER behavior"
        raise TrinoError("INVALID_FUNCTION_ARGUMENT", message, *node.at)
    given = {"NULL": "NULL", "ARRAY": "'[]'", "OBJECT": "'{}'"}
    for behavior in (node.on_empty, node.on_error):
        if behavior is not None and behavior.kind == "DEFAULT":
            raise TrinoError("SYNTAX_ERROR", "mismatched input 'DEFAULT'", *behavior.at)
    message = "'conversion from JSON failed: JSON path found no items'"
    none = raise_in_sql("JSON_OUTPUT_CONVERSION_ERROR", message)
    empty = given.get(node.on_empty.kind if node.on_empty else "NULL", none)
    wrong = given.get(node.on_error.kind if node.on_error else "NULL", _FAIL)
    found = convert("j_[2:]", VARCHAR, kind)
    chosen = f"CASE j_[1] WHEN 'v' THEN {found} WHEN 'e' THEN {empty} WHEN 'x' THEN {wrong} END"
    return f"query {node.wrapper} {node.quotes}", kind, chosen, []


def _exists(analyser: ExpressionAnalyser, node: n.JsonQuery) -> _Made:
    given = {"TRUE": "TRUE", "FALSE": "FALSE", "UNKNOWN": "NULL"}
    wrong = given.get(node.on_error.kind if node.on_error else "FALSE", _FAIL)
    return "exists", BOOLEAN, f"CASE WHEN j_[1] = 'x' THEN {wrong} ELSE j_ = 't' END", []
