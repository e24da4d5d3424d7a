"""Compiling a statement's query: the one way in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from local_aws.trino.analysis.analyser import ExpressionAnalyser, Rules
from local_aws.trino.analysis.expressions import VISITORS
from local_aws.trino.analysis.queries import analyse_query
from local_aws.trino.analysis.scope import Compilation, Env, Scope
from local_aws.trino.emit.expr import Expr
from local_aws.trino.errors import TrinoError
from local_aws.trino.schema import Catalog, CompiledQuery
from local_aws.trino.syntax.nodes import Query
from local_aws.trino.syntax.parser import parse_expression
from local_aws.trino.syntax.recursion import deep


@deep
def compile_query(
    query: Query,
    *,
    catalog: Catalog,
    database: str,
    parameters: Sequence[str] = (),
    now: datetime | None = None,
) -> CompiledQuery:
    """Compile a query in Trino's SQL to DuckDB.

    Parameters
    ----------
    query
        What `parser.parse_query` made of its text.
    catalog
        Where tables and views are found.
    database
        The database of names without one.
    parameters
        SQL literals for the question marks, in order, as text (``"'a'"``, ``"5"``).
    now
        The time of ``current_timestamp``, with a time zone; by default the clock's.

    Returns
    -------
    CompiledQuery
        Text to run on a connection that `connection.prepare` set up and that has the relations of
        `scans`.

    Raises
    ------
    TrinoError
        What Trino says is wrong with the query, or NOT_SUPPORTED naming what is not supported.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    comp = Compilation(catalog, moment, analyse_query, VISITORS)
    env = Env(database.lower())
    if query.parameters != len(parameters):
        message = f"Incorrect number of parameters: expected {query.parameters} "
        raise TrinoError("INVALID_PARAMETER_USAGE", f"{message}but found {len(parameters)}", 1, 1)
    comp.parameters = tuple(_parameter(text, comp, env) for text in parameters)
    text, columns = analyse_query(query, comp, env, None, top=True)
    used = comp.everything_used()
    text = comp.select_lists.written(text, used)
    for number in used & comp.base_columns.keys():
        scan, column = comp.base_columns[number]
        scan.columns.add(column)
    named = tuple(
        (c.name if c.name is not None else f"_col{i}", c.type) for i, c in enumerate(columns)
    )
    return CompiledQuery(text, named, tuple(comp.scans))


def _parameter(text: str, comp: Compilation, env: Env) -> Expr:
    analyser = ExpressionAnalyser(comp, env, Scope(), Rules("parameter"))
    return analyser.analyse(parse_expression(text))
