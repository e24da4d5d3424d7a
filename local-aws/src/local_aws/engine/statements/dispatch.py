"""From a statement's first words to the module that runs it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice

from local_aws.engine.context import Context, Outcome, QueryError, StatementType
from local_aws.engine.hive import ast, parse_ddl
from local_aws.engine.hive.tokens import Cursor, ParseError, tokenize
from local_aws.engine.statements import (
    alter_iceberg,
    alter_table,
    change_rows,
    create_table,
    ctas,
    databases,
    describe,
    drop,
    explain,
    insert,
    prepared,
    select,
    show,
    unload,
    upkeep_iceberg,
    view,
)
from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax.parser import parse_query

_FIRST_WORDS = (
    "'ALTER', 'CREATE', 'DEALLOCATE', 'DESCRIBE', 'DROP', 'EXECUTE', 'EXPLAIN', 'INSERT', 'MSCK', "
    "'PREPARE', 'SELECT', 'SHOW', 'TABLE', 'UNLOAD', 'VALUES', 'WITH'"
)


Act = Callable[[Context], Outcome]


@dataclass(frozen=True)
class Statement:
    """A statement, understood as far as its text alone tells: what it is, and how it runs.

    `external_location` tells of a CTAS that says where its table is to be.
    """

    statement_type: StatementType
    substatement_type: str
    act: Act
    external_location: bool = False


def parse(sql: str) -> Statement:
    """Return what a text is, before it runs.

    Parameters
    ----------
    sql
        One statement; a semicolon may end it.

    Raises
    ------
    TrinoError
        SYNTAX_ERROR for a text that begins no statement, or is no query.
    """
    cursor = _cursor(sql)
    first = cursor.token.key
    act: Act
    if first in select.STARTS:
        query = parse_query(sql, cursor.token.start)
        return Statement("DML", "SELECT", partial(select.run, query))
    for words, kind, runs in _STATEMENTS:
        if cursor.sees(*words):
            return Statement(*kind, partial(runs, cursor))
    if first == "CREATE" and ctas.is_ctas(cursor):
        act = partial(ctas.create, cursor)
        return Statement("DDL", "CREATE_TABLE_AS_SELECT", act, ctas.names_location(cursor))
    act = _refusal(cursor) or partial(_run_ddl, sql)
    for words, kind in _DDL:
        if cursor.sees(*words):
            return Statement(*kind, act)
    if first in _REFUSED or first in _DDL_STARTS:
        return Statement("DDL" if first in _DDL_STARTS else "DML", first, act)
    token = cursor.token
    message = f"mismatched input '{token.text}'. Expecting: {_FIRST_WORDS}"
    raise TrinoError("SYNTAX_ERROR", message, token.line, token.column + 1)


def run(statement: Statement, context: Context) -> Outcome:
    """Run a statement.

    Parameters
    ----------
    statement
        What `parse` made of its text; it runs once.
    context
        Everything that it may use.

    Returns
    -------
    Outcome
        What it came to; where it holds SQL, that is still to be run on the context's connection.

    Raises
    ------
    QueryError, TrinoError
        With Athena's name and words for what was wrong.
    QueryCancelledError
        When it was stopped.
    """
    try:
        return statement.act(context)
    except ParseError as error:
        raise _syntax_error(error) from error


def _refusal(cursor: Cursor) -> Act | None:
    """Return the action that names what is not supported, where the first words tell it."""
    first = cursor.token.key
    reason = _REFUSED.get(first)
    if first == "SHOW" and cursor.ahead(1).key in _REFUSED_SHOWS:
        reason = f"NOT_SUPPORTED: SHOW {cursor.ahead(1).key} is not supported"
    return partial(_refuse, reason) if reason else None


def _refuse(reason: str, _: Context) -> Outcome:
    raise QueryError(reason)


def _cursor(sql: str) -> Cursor:
    try:
        first, second = (token.key for token in islice(tokenize(f"{sql}\n;"), 2))
        hive = first in _HIVE or (first == "CREATE" and second in _HIVE_CREATES)
        return Cursor(sql, escapes=hive)
    except ParseError as error:
        raise _syntax_error(error) from error


def _syntax_error(error: ParseError) -> TrinoError:
    return TrinoError("SYNTAX_ERROR", error.message, error.line, error.column + 1)


def _run_ddl(sql: str, context: Context) -> Outcome:
    try:
        statement = parse_ddl(sql)
    except ParseError as error:
        raise QueryError(f"FAILED: ParseException {error}") from error
    return _ACTIONS[type(statement)](statement, context)


def _drop(statement: ast.Drop, context: Context) -> Outcome:
    actions = {"table": drop.drop_table, "view": drop.drop_view, "database": databases.drop}
    return actions[statement.kind](statement, context)


_Begun = Callable[[Cursor, Context], Outcome]
# more words before fewer
_STATEMENTS: tuple[tuple[tuple[str, ...], tuple[StatementType, str], _Begun], ...] = (
    (("CREATE", "OR", "REPLACE", "VIEW"), ("DDL", "CREATE_VIEW"), view.create),
    (("CREATE", "VIEW"), ("DDL", "CREATE_VIEW"), view.create),
    (("INSERT", "INTO"), ("DML", "INSERT"), insert.insert),
    (("DELETE",), ("DML", "DELETE"), change_rows.change),
    (("UPDATE",), ("DML", "UPDATE"), change_rows.change),
    (("MERGE",), ("DML", "MERGE"), change_rows.change),
    (("OPTIMIZE",), ("DML", "OPTIMIZE"), upkeep_iceberg.optimize),
    (("VACUUM",), ("DML", "VACUUM"), upkeep_iceberg.vacuum),
    (("UNLOAD",), ("DML", "UNLOAD"), unload.unload),
    (("EXPLAIN", "ANALYZE"), ("UTILITY", "EXPLAIN_ANALYZE"), explain.explain),
    (("EXPLAIN",), ("UTILITY", "EXPLAIN"), explain.explain),
    (("PREPARE",), ("DDL", "PREPARE"), prepared.prepare),
    (("EXECUTE",), ("DML", "EXECUTE"), prepared.execute),
    (("DEALLOCATE", "PREPARE"), ("DDL", "DEALLOCATE_PREPARE"), prepared.deallocate),
)
_DDL: tuple[tuple[tuple[str, ...], tuple[StatementType, str]], ...] = (
    (("CREATE", "DATABASE"), ("DDL", "CREATE_DATABASE")),
    (("CREATE", "SCHEMA"), ("DDL", "CREATE_DATABASE")),
    (("CREATE",), ("DDL", "CREATE_TABLE")),
    (("ALTER", "TABLE"), ("DDL", "ALTER_TABLE")),
    (("ALTER", "DATABASE"), ("DDL", "ALTER_DATABASE")),
    (("ALTER", "SCHEMA"), ("DDL", "ALTER_DATABASE")),
    (("DROP", "TABLE"), ("DDL", "DROP_TABLE")),
    (("DROP", "VIEW"), ("DDL", "DROP_VIEW")),
    (("DROP",), ("DDL", "DROP_DATABASE")),
    (("MSCK",), ("DDL", "MSCK_REPAIR")),
    (("SHOW", "DATABASES"), ("UTILITY", "SHOW_DATABASES")),
    (("SHOW", "SCHEMAS"), ("UTILITY", "SHOW_DATABASES")),
    (("SHOW", "TABLES"), ("UTILITY", "SHOW_TABLES")),
    (("SHOW", "VIEWS"), ("UTILITY", "SHOW_VIEWS")),
    (("SHOW", "COLUMNS"), ("UTILITY", "SHOW_COLUMNS")),
    (("SHOW", "PARTITIONS"), ("UTILITY", "SHOW_PARTITIONS")),
    (("SHOW", "TBLPROPERTIES"), ("UTILITY", "SHOW_TBLPROPERTIES")),
    (("SHOW", "CREATE", "TABLE"), ("UTILITY", "SHOW_CREATE_TABLE")),
    (("SHOW", "CREATE", "VIEW"), ("UTILITY", "SHOW_CREATE_VIEW")),
    (("DESCRIBE",), ("UTILITY", "DESCRIBE_TABLE")),
    (("DESC",), ("UTILITY", "DESCRIBE_TABLE")),
)
_DDL_STARTS = ("ALTER", "SHOW")
# what is in Hive's dialect; the rest is Trino's. VACUUM takes backticks alone, says the user guide
_HIVE = ("ALTER", "DROP", "MSCK", "SHOW", "DESCRIBE", "DESC", "VACUUM")
_HIVE_CREATES = ("EXTERNAL", "DATABASE", "SCHEMA")
_REFUSED = {
    "TRUNCATE": "NOT_SUPPORTED: line 1:1: TRUNCATE TABLE is not supported",
    "INSERT": "NOT_SUPPORTED: INSERT OVERWRITE is not supported: only INSERT INTO is",
    "CALL": "NOT_SUPPORTED: CALL is not supported",
    "GRANT": "NOT_SUPPORTED: GRANT is not supported",
    "REVOKE": "NOT_SUPPORTED: REVOKE is not supported",
    "USE": "NOT_SUPPORTED: USE is not supported: name the database in the call",
    "SET": "NOT_SUPPORTED: SET is not supported",
    "START": "NOT_SUPPORTED: START TRANSACTION is not supported",
    "COMMIT": "NOT_SUPPORTED: COMMIT is not supported",
    "ROLLBACK": "NOT_SUPPORTED: ROLLBACK is not supported",
    "ANALYZE": "NOT_SUPPORTED: ANALYZE is not supported",
}
_REFUSED_SHOWS = ("CATALOGS", "FUNCTIONS", "SESSION", "STATS", "GRANTS", "ROLES")
_ACTIONS: dict[type, Callable[..., Outcome]] = {
    ast.CreateTable: create_table.create,
    ast.AddPartitions: alter_table.add_partitions,
    ast.DropPartitions: alter_table.drop_partitions,
    ast.RenamePartition: alter_table.rename_partition,
    ast.SetLocation: alter_table.set_location,
    ast.SetProperties: alter_iceberg.or_else(alter_table.set_properties),
    ast.UnsetProperties: alter_iceberg.or_else(None),
    ast.DropColumn: alter_iceberg.or_else(None),
    ast.RenameTable: alter_iceberg.rename,
    ast.ChangeColumns: alter_iceberg.or_else(alter_table.change_columns),
    ast.ChangeColumn: alter_iceberg.or_else(alter_table.change_column),
    ast.RepairTable: alter_table.repair,
    ast.CreateDatabase: databases.create,
    ast.SetDatabaseProperties: databases.set_properties,
    ast.Drop: _drop,
    ast.Show: show.show,
    ast.Describe: describe.describe,
}
