"""SELECT, and the compilation that every statement with a query in it shares."""

from local_aws.engine.catalog import GlueCatalog
from local_aws.engine.context import Context, Outcome
from local_aws.engine.scan import open_scans
from local_aws.engine.statements.names import current_database
from local_aws.trino import CompiledQuery, compile_query
from local_aws.trino.syntax.nodes import Query

STARTS = ("SELECT", "WITH", "VALUES", "TABLE", "(")


def compile_in(query: Query, context: Context, catalog: GlueCatalog | None = None) -> CompiledQuery:
    """Return the compiled query of a statement."""
    catalog = catalog or GlueCatalog()
    catalog.connection = context.connection
    return compile_query(
        query,
        catalog=catalog,
        database=current_database(context),
        parameters=context.parameters,
    )


def run(query: Query, context: Context) -> Outcome:
    """Run a SELECT: its tables are opened, its rows are left to be read."""
    compiled = compile_in(query, context)
    open_scans(context, compiled.scans)
    return Outcome("DML", "SELECT", compiled.columns, sql=compiled.sql)
