"""From a statement's text to its data: one function a statement.

Source of the grammar: the Athena user guide, "DDL statements", and Hive's language manual for
what the guide leaves open.
"""

from collections.abc import Callable

from local_aws.engine.hive import alter, create, show
from local_aws.engine.hive.ast import Drop, RepairTable, Statement
from local_aws.engine.hive.common import if_exists, table_name
from local_aws.engine.hive.tokens import Cursor


def parse_ddl(sql: str) -> Statement:
    """Read one statement of the data definition language.

    Parameters
    ----------
    sql
        The text; a semicolon may end it.

    Returns
    -------
    Statement
        One of the dataclasses of `local_aws.engine.hive.ast`.

    Raises
    ------
    ParseError
        For a text that is no such statement, with the place.
    """
    cursor = Cursor(sql)
    read = _STATEMENTS.get(cursor.token.key)
    if read is None:
        cursor.fail()
    statement = read(cursor)
    cursor.end()
    return statement


def _drop(cursor: Cursor) -> Drop:
    cursor.need("DROP")
    for kind in ("table", "view"):
        if cursor.take(kind.upper()):
            exists = if_exists(cursor)
            return Drop(kind, table_name(cursor, of_view=kind == "view"), exists)
    if not cursor.take("SCHEMA"):
        cursor.need("DATABASE")
    exists = if_exists(cursor)
    name = table_name(cursor)
    cascade = cursor.take("CASCADE")
    if not cascade:
        cursor.take("RESTRICT")
    return Drop("database", name, exists, cascade)


def _repair(cursor: Cursor) -> RepairTable:
    cursor.need("MSCK", "REPAIR", "TABLE")
    return RepairTable(table_name(cursor))


_STATEMENTS: dict[str, Callable[[Cursor], Statement]] = {
    "CREATE": create.read_create,
    "ALTER": alter.read_alter,
    "DROP": _drop,
    "MSCK": _repair,
    "SHOW": show.read_show,
    "DESCRIBE": show.read_describe,
    "DESC": show.read_describe,
}
