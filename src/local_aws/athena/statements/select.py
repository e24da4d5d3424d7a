"""SELECT, and the compilation that every statement with a query in it shares."""

from local_aws.athena.catalog import GlueCatalog
from local_aws.athena.engine import Context, Outcome
from local_aws.athena.scan import open_scans
from local_aws.athena.statements.names import current_database
from local_aws.athena.trino import CompiledQuery, compile_query
from local_aws.athena.trino.nodes import Query
from local_aws.athena.trino.parser import parse_query

STARTS = ("SELECT", "WITH", "VALUES", "TABLE", "(")


def parse(sql: str, start: int) -> Query:
    """Return the query that begins at an offset of a text.

    Raises
    ------
    TrinoError
        SYNTAX_ERROR, with the place in the whole text.
    """
    return parse_query(sql, start)


def compile_in(
    sql: str, start: int, context: Context, catalog: GlueCatalog | None = None
) -> CompiledQuery:
    """Return the compiled query of a statement, in whose text it begins at an offset."""
    return compile_query(
        sql,
        catalog=catalog or GlueCatalog(),
        database=current_database(context),
        parameters=context.parameters,
        start=start,
    )


def run(sql: str, start: int, context: Context) -> Outcome:
    """Run a SELECT: its tables are opened, its rows are left to be read."""
    compiled = compile_in(sql, start, context)
    open_scans(context, compiled.scans)
    return Outcome("DML", "SELECT", compiled.columns, sql=compiled.sql)
