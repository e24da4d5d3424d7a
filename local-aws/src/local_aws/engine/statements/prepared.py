"""PREPARE, EXECUTE and DEALLOCATE PREPARE."""

from local_aws.engine.context import Context, Outcome
from local_aws.engine.hive.tokens import Cursor
from local_aws.trino.errors import TrinoError


def prepare(cursor: Cursor, context: Context) -> Outcome:
    """Run PREPARE name FROM statement."""
    from local_aws.engine.statements.dispatch import parse  # noqa: PLC0415  (it calls us)

    cursor.need("PREPARE")
    name = cursor.name()
    cursor.need("FROM")
    sql = cursor.rest().strip()
    parse(sql)
    context.prepared.keep(name, sql)
    return Outcome("DDL", "PREPARE", lines=[])


def execute(cursor: Cursor, context: Context) -> Outcome:
    """Run EXECUTE name [USING value, …]."""
    from local_aws.engine.statements.dispatch import parse, run  # noqa: PLC0415  (it calls us)

    cursor.need("EXECUTE")
    name = cursor.name()
    statement = context.prepared.find(name)
    if statement is None:
        raise _not_found(name)
    values = list(context.parameters)
    if cursor.take("USING"):
        values = _values(cursor)
    cursor.end()
    context.parameters = values
    return run(parse(statement), context)


def deallocate(cursor: Cursor, context: Context) -> Outcome:
    """Run DEALLOCATE PREPARE name."""
    cursor.need("DEALLOCATE", "PREPARE")
    name = cursor.name()
    cursor.end()
    if not context.prepared.forget(name):
        raise _not_found(name)
    return Outcome("DDL", "DEALLOCATE_PREPARE", lines=[])


def _not_found(name: str) -> TrinoError:
    return TrinoError("NOT_FOUND", f"Prepared statement not found: {name}")


def _values(cursor: Cursor) -> list[str]:
    """Return the texts of the values, which commas outside brackets part."""
    found = []
    start, depth = cursor.token.start, 0
    while True:
        token = cursor.token
        if token.kind == "end" or (token.text == "," and depth == 0):
            found.append(cursor.sql[start : cursor.ahead(-1).stop])
            if token.kind == "end":
                return found
            start = cursor.ahead(1).start
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        cursor.next()
