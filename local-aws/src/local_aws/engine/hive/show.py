"""SHOW … and DESCRIBE …."""

from local_aws.engine.hive.ast import Describe, Show, TableName
from local_aws.engine.hive.common import partition_spec, table_name
from local_aws.engine.hive.tokens import Cursor


def read_show(cursor: Cursor) -> Show:
    """Read SHOW DATABASES, TABLES, VIEWS, COLUMNS, PARTITIONS, TBLPROPERTIES or CREATE …."""
    cursor.need("SHOW")
    if cursor.take("DATABASES") or cursor.take("SCHEMAS"):
        return Show("databases", pattern=_pattern(cursor))
    for what in ("tables", "views"):
        if cursor.take(what.upper()):
            database = cursor.name() if cursor.take("IN") or cursor.take("FROM") else None
            return Show(what, database=database, pattern=_pattern(cursor))
    if cursor.take("COLUMNS"):
        return _columns(cursor)
    if cursor.take("TBLPROPERTIES"):
        return _properties(cursor)
    return _of_table(cursor)


def _of_table(cursor: Cursor) -> Show:
    if cursor.take("PARTITIONS"):
        return Show("partitions", table_name(cursor))
    cursor.need("CREATE")
    if not cursor.take("VIEW"):
        cursor.need("TABLE")
        return Show("create table", table_name(cursor))
    return Show("create view", table_name(cursor, of_view=True))


def read_describe(cursor: Cursor) -> Describe:
    """Read DESCRIBE [EXTENDED | FORMATTED] table [PARTITION (…)] [column]."""
    cursor.next()
    style = ""
    for word in ("EXTENDED", "FORMATTED"):
        if cursor.sees(word) and cursor.ahead(1).kind in ("word", "name"):
            cursor.next()
            style = word.lower()
            break
    table = table_name(cursor)
    spec = partition_spec(cursor) if cursor.sees("PARTITION") else None
    path: list[str] = []
    if cursor.token.kind in ("word", "name"):
        path.append(cursor.name())
        while cursor.take("."):
            path.append(_step(cursor))
    return Describe(table, style, spec, tuple(path))  # type: ignore[arg-type]


def _step(cursor: Cursor) -> str:
    """Read a field of a column, or ``$elem$``, ``$key$``, ``$value$``, in quotes or bare."""
    bare = cursor.token.kind == "word" and cursor.token.text.startswith("$")
    if cursor.token.kind == "string" or bare:
        return cursor.next().value.lower()
    return cursor.name()


def _pattern(cursor: Cursor) -> str | None:
    if cursor.take("LIKE") or cursor.token.kind == "string":
        return cursor.string()
    return None


def _columns(cursor: Cursor) -> Show:
    if not cursor.take("FROM"):
        cursor.need("IN")
    name = table_name(cursor)
    if cursor.take("FROM") or cursor.take("IN"):
        name = TableName(cursor.name(), name.table)
    return Show("columns", name)


def _properties(cursor: Cursor) -> Show:
    name = table_name(cursor)
    key = None
    if cursor.take("("):
        key = cursor.string()
        cursor.need(")")
    return Show("tblproperties", name, pattern=key)
