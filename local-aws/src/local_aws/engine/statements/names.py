"""Names as a statement means them, and the errors about them in Hive's words."""

import re
from typing import NoReturn

from local_aws.engine.catalog import Table, get_database, get_table
from local_aws.engine.context import Context, QueryError
from local_aws.engine.hive.ast import TableName
from local_aws.glue import GlueError
from local_aws.trino.types import TrinoType

STRING = TrinoType("string")
_TASK = "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "


def current_database(context: Context) -> str:
    """Return the database in which bare names are looked up; clients may quote it."""
    return context.database.strip('`"').lower()


def resolve(context: Context, name: TableName) -> tuple[str, str]:
    """Return database and table of a name."""
    return name.database or current_database(context), name.table


def semantic(message: str) -> QueryError:
    """Return Hive's error for a statement that makes no sense for its table."""
    return QueryError(f"FAILED: SemanticException {message}")


def execution(message: str) -> QueryError:
    """Return Hive's error for a statement that the catalog refused."""
    return QueryError(f"{_TASK}{message}")


def refused_by_glue(error: GlueError) -> QueryError:
    """Return Hive's error for what Glue answered."""
    return execution(f"{error.code}(message:{error.message})")


def existing_table(context: Context, name: TableName) -> Table:
    """Return the table or view of a name, or raise Hive's error 10001."""
    database, table = resolve(context, name)
    found = get_table(database, table)
    if found is None:
        raise semantic(f"[Error 10001]: Table not found {database}.{table}")
    if not found.record.get("TableType"):
        # what the guide says of tables that CreateTable made without one
        raise QueryError("FAILED: NullPointerException Name is null")
    return found


def base_table(context: Context, name: TableName) -> Table:
    """Return the table of a name; a view is refused."""
    found = existing_table(context, name)
    if found.is_view:
        raise semantic(
            f"[Error 10132]: To alter or inspect a view as a table is not supported: "
            f"{found.database}.{found.name} is a view"
        )
    if found.is_iceberg:
        raise QueryError(
            f"NOT_SUPPORTED: the statement is not for Iceberg tables, as {found.database}."
            f"{found.name} is one"
        )
    return found


def check_database(name: str) -> None:
    """Raise Hive's error 10072 when there is no such database."""
    if get_database(name) is None:
        raise semantic(f"[Error 10072]: Database does not exist: {name}")


def checked_location(location: str) -> str:
    """Return a location as Hive keeps it, without slashes at its end.

    Raises
    ------
    QueryError
        For one that is not a folder in S3.
    """
    if not re.fullmatch(r"s3[an]?://[^/]+(/.*)?", location, re.DOTALL):
        raise execution(
            f"MetaException(message:Got exception: java.io.IOException Not in S3: {location})"
        )
    if "*" in location:
        raise execution(f"MetaException(message:The location {location} must hold no wildcard)")
    bucket, _, key = location.partition("://")[2].partition("/")
    scheme = location.partition("://")[0]
    return f"{scheme}://{bucket}/{key.rstrip('/')}"


def unsupported(what: str) -> NoReturn:
    """Fail because of a construct that is not supported, by its name."""
    raise QueryError(f"NOT_SUPPORTED: {what} is not supported here")
