"""Literals, parameters, and what stands for the moment or the session."""

from __future__ import annotations

from local_aws.trino.analysis import literals
from local_aws.trino.analysis.analyser import ExpressionAnalyser
from local_aws.trino.analysis.scope import CATALOG
from local_aws.trino.emit.casts import convert
from local_aws.trino.emit.coercion import (
    coerce,
)
from local_aws.trino.emit.expr import Expr, combine
from local_aws.trino.emit.quoting import quote_text
from local_aws.trino.errors import TrinoError
from local_aws.trino.functions.in_python import json_text
from local_aws.trino.syntax import nodes as n
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.type_syntax import DecimalRangeError, parse_type
from local_aws.trino.types import DATE, VARCHAR, TrinoType, timestamp, varchar


def literal(analyser: ExpressionAnalyser, node: n.Literal) -> Expr:
    """Analyse a plain literal."""
    return literals.plain(node)


def typed_literal(analyser: ExpressionAnalyser, node: n.TypedLiteral) -> Expr:
    """Analyse a literal with its type's name before it."""
    made = literals.typed(node)
    if made is not None:
        return made
    try:
        parse_type(node.type)
    except ValueError:
        if node.type not in _LACKING:
            message = f"Unknown type: {node.type}"
            raise TrinoError("TYPE_NOT_FOUND", message, *node.at) from None
    kind = type_of(analyser, node.type, node)
    if node.type == "char":
        kind = TrinoType("char", (max(len(node.text), 1),))
    if kind.name == "json":
        try:
            json_text.parsed(node.text)
        except ValueError:
            message = f"'{node.text}' is not a valid JSON literal"
            raise TrinoError("INVALID_LITERAL", message, *node.at) from None
        parsed = n.Call(node.at, "json_parse", (n.Literal(node.at, "string", node.text),))
        return analyser.analyse(parsed)
    text = Expr(quote_text(node.text), varchar(len(node.text)), node.text)
    return combine(convert(text.sql, text.type, kind), kind, text)


def interval(analyser: ExpressionAnalyser, node: n.IntervalLiteral) -> Expr:
    """Analyse an INTERVAL literal."""
    return literals.interval(node)


def parameter(analyser: ExpressionAnalyser, node: n.Parameter) -> Expr:
    """Analyse a question mark."""
    if node.index >= len(analyser.comp.parameters):
        raise TrinoError(
            "INVALID_PARAMETER_USAGE",
            f"Incorrect number of parameters: expected more than {len(analyser.comp.parameters)}",
            *node.at,
        )
    return analyser.comp.parameters[node.index]


_LACKING = ("ipaddress", "ipprefix", "tdigest", "qdigest", "setdigest", "p4hyperloglog", "geometry")


def type_of(analyser: ExpressionAnalyser, text: str, node: n.Node) -> TrinoType:
    """Read a type, or fail at the node."""
    try:
        kind = parse_type(text)
    except DecimalRangeError as error:
        raise TrinoError("INVALID_FUNCTION_ARGUMENT", str(error)) from None
    except ValueError:
        if text.lower() in _LACKING:
            raise TrinoError(
                "NOT_SUPPORTED", f"type {text.lower()} is not supported", *node.at
            ) from None
        raise TrinoError("TYPE_MISMATCH", f"Unknown type: {text.lower()}", *node.at) from None
    if kind.name == "unknown":
        raise TrinoError("TYPE_MISMATCH", "UNKNOWN is not a valid type", *node.at)
    to_duckdb(kind)
    return kind


def current(analyser: ExpressionAnalyser, node: n.Current) -> Expr:
    """Analyse CURRENT_DATE and its kin."""
    now = analyser.comp.now
    stamp = now.isoformat(" ", "milliseconds").removesuffix("+00:00")
    precision = 3 if node.precision is None else node.precision
    match node.name:
        case "current_date":
            return Expr(f"DATE '{now.date().isoformat()}'", DATE)
        case "current_timestamp":
            sql = f"struct_pack(t := TIMESTAMP '{stamp}', z := 'UTC')"
            found = Expr(sql, timestamp(3, zone=True))
            return coerce(found, timestamp(precision, zone=True))
        case "localtimestamp":
            return coerce(Expr(f"TIMESTAMP '{stamp}'", timestamp(3)), timestamp(precision))
        case "localtime":
            return Expr(f"TIME '{stamp[11:]}'", TrinoType("time", (3,)))
        case "current_catalog":
            return Expr(quote_text(CATALOG), VARCHAR)
        case "current_schema":
            return Expr(quote_text(analyser.env.database), VARCHAR)
    raise TrinoError("NOT_SUPPORTED", f"{node.name} is not supported", *node.at)
