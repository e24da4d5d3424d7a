"""JSON_OBJECT and JSON_ARRAY."""

from __future__ import annotations

from collections.abc import Sequence

from local_aws.trino.analysis.analyser import ExpressionAnalyser
from local_aws.trino.emit.cast_json import json_ready
from local_aws.trino.emit.casts import convert
from local_aws.trino.emit.conversion import NoCastError
from local_aws.trino.emit.expr import Expr, combine
from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes as n
from local_aws.trino.types import VARCHAR, is_numeric

_CONSTRUCTORS = ("json_object", "json_array")


def json_object(analyser: ExpressionAnalyser, node: n.Call) -> Expr:
    """Analyse JSON_OBJECT: keys and values by turns, then whether NULL values are kept."""
    *items, rule = node.args
    kept = isinstance(rule, n.Literal) and rule.text == "TRUE"
    keys = [analyser.analyse(key) for key in items[::2]]
    values = [_analysed(analyser, value) for value in items[1::2]]
    members: dict[str, str] = {}
    for key, value, at, written in zip(keys, values, items[::2], items[1::2], strict=True):
        if key.type.name not in ("varchar", "char"):
            message = f"Invalid type of JSON object key: {key.type}"
            raise TrinoError("INVALID_FUNCTION_ARGUMENT", message, *at.at)
        if len(keys) > 1 and not isinstance(key.value, str):
            message = "JSON_OBJECT of several members whose keys are not literals is not supported"
            raise TrinoError("NOT_SUPPORTED", message, *at.at)
        name = f"CAST(to_json({key.sql}) AS VARCHAR) || ':'"
        members[str(key.value)] = f"{name} || {_item(value, written, kept)}"
    texts = [members[name] for name in _as_java_keeps_them(list(members))]
    return combine(_joined("{", texts, "}"), VARCHAR, *keys, *values)


def _as_java_keeps_them(keys: list[str]) -> list[str]:
    """Order keys as a java.util.HashMap gives them, which Trino's objects are written from."""
    size = 16
    while len(keys) > size * 3 // 4:
        size *= 2

    def bucket(key: str) -> int:
        found = 0
        units = key.encode("utf-16-be")
        for at in range(0, len(units), 2):
            found = (found * 31 + int.from_bytes(units[at : at + 2], "big")) & 0xFFFFFFFF
        return (found ^ (found >> 16)) & (size - 1)

    return sorted(keys, key=bucket)


def json_array(analyser: ExpressionAnalyser, node: n.Call) -> Expr:
    """Analyse JSON_ARRAY: items, then whether NULL items are kept."""
    *items, rule = node.args
    kept = isinstance(rule, n.Literal) and rule.text == "TRUE"
    values = [_analysed(analyser, item) for item in items]
    texts = [_item(value, item, kept) for value, item in zip(values, items, strict=True)]
    return combine(_joined("[", texts, "]"), VARCHAR, *values)


def _analysed(analyser: ExpressionAnalyser, node: n.Node) -> Expr:
    """Analyse a value; one with FORMAT JSON is the canonical text of what it holds."""
    if not isinstance(node, n.JsonInput):
        return analyser.analyse(node)
    path = n.Literal(node.at, "string", "lax $")
    wrong = n.JsonBehavior(node.at, "ERROR")
    return analyser.analyse(n.JsonQuery(node.at, "JSON_QUERY", node, path, on_error=wrong))


def _item(value: Expr, node: n.Node, kept: bool) -> str:
    """JSON text of a value, NULL for a NULL that is left out; what is JSON is taken as it is."""
    sql, kind = value.sql, value.type
    if isinstance(node, n.JsonInput) or (
        isinstance(node, n.JsonQuery) and node.function == "JSON_QUERY"
    ):
        text = sql
    elif isinstance(node, n.Call) and node.name in _CONSTRUCTORS:
        text = f"CAST(to_json(CAST({sql} AS JSON)) AS VARCHAR)"  # numbers become doubles
    elif kind.name in ("decimal", "real", "double"):
        text = f"CAST({json_ready(sql, kind)} AS VARCHAR)"
    elif is_numeric(kind) or kind.name in ("boolean", "varchar", "char", "json", "unknown"):
        text = f"CAST(to_json({json_ready(sql, kind)}) AS VARCHAR)"
    else:
        try:
            text = f"CAST(to_json({convert(sql, kind, VARCHAR)}) AS VARCHAR)"
        except NoCastError:
            message = f"a value of type {kind} in a JSON constructor is not supported"
            raise TrinoError("NOT_SUPPORTED", message, *node.at) from None
    missing = "'null'" if kept else "NULL"
    return f"CASE WHEN {sql} IS NULL THEN {missing} ELSE {text} END"


def _joined(opening: str, texts: Sequence[str], closing: str) -> str:
    listed = f"list_filter(CAST([{', '.join(texts)}] AS VARCHAR[]), lambda m_: m_ IS NOT NULL)"
    return f"('{opening}' || coalesce(array_to_string({listed}, ','), '') || '{closing}')"
