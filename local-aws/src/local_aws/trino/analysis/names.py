"""Names: columns, and fields of rows."""

from __future__ import annotations

from local_aws.trino.analysis.analyser import ExpressionAnalyser
from local_aws.trino.emit.expr import Expr, combine
from local_aws.trino.emit.quoting import quote_name
from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.tell import told
from local_aws.trino.type_storage import row_field_names, to_duckdb


def name(analyser: ExpressionAnalyser, node: n.Name) -> Expr:
    """Analyse an identifier."""
    found = analyser.resolved((node.name,), node)
    if found is None:
        raise _unresolved(node.name, node)
    return found


def dereference(analyser: ExpressionAnalyser, node: n.Dereference) -> Expr:
    """Analyse base.name: a qualified column, or a field of a row."""
    parts = n.name_parts(node)
    if parts:
        found = analyser.resolved(parts, node)
        if found is not None:
            return found
        tails = (parts[:count] for count in range(1, len(parts)))
        if all(analyser.scope.find(tail, node.at) is None for tail in tails):
            raise _unresolved(".".join(parts), node)
    base = analyser.analyse(node.base)
    if base.type.name != "row":
        message = f"Expression {told(node.base)} is not of type ROW"
        raise TrinoError("TYPE_MISMATCH", message, *node.at)
    hits = [i for i, (name, _) in enumerate(base.type.args) if (name or "").lower() == node.name]
    if len(hits) != 1:
        if hits:
            raise TrinoError("AMBIGUOUS_NAME", f"Ambiguous row field '{node.name}'", *node.at)
        message = f"Column reference '{'.'.join(parts) or node.name}' is invalid"
        raise TrinoError("INVALID_COLUMN_REFERENCE", message, *node.at)
    return row_field(analyser, base, hits[0])


def row_field(analyser: ExpressionAnalyser, base: Expr, index: int) -> Expr:
    """Make a field of a row, by its position from 0."""
    name = row_field_names(base.type)[index]
    kind = base.type.args[index][1]
    sql = f"({base.sql}).{quote_name(name)}"
    if not base.fields:  # DuckDB forgets the type of a field of a constant NULL
        sql = f"CAST({sql} AS {to_duckdb(kind)})"
    return combine(sql, kind, base)


def _unresolved(name: str, node: n.Node) -> TrinoError:
    message = (
        f"Column '{name}' cannot be resolved or requester is not authorized to access "
        "requested resources"
    )
    return TrinoError("COLUMN_NOT_FOUND", message, *node.at)
