"""CREATE, ALTER and DROP DATABASE."""

from local_aws.engine.catalog import get_database
from local_aws.engine.context import Context, Outcome
from local_aws.engine.hive.ast import CreateDatabase, Drop, SetDatabaseProperties
from local_aws.engine.statements.names import (
    check_database,
    checked_location,
    execution,
    refused_by_glue,
)
from local_aws.glue import GlueError, databases, tables
from local_aws.glue.store import DEFAULT


def create(statement: CreateDatabase, _context: Context) -> Outcome:
    """Run CREATE DATABASE."""
    given = {"Name": statement.name, "Parameters": statement.properties}
    if statement.comment is not None:
        given["Description"] = statement.comment
    if statement.location is not None:
        given["LocationUri"] = checked_location(statement.location)
    try:
        databases.create_database({"DatabaseInput": given})
    except GlueError as error:
        if error.code != "AlreadyExistsException":
            raise refused_by_glue(error) from error
        if not statement.if_not_exists:
            raise execution(
                f"AlreadyExistsException(message:Database {statement.name} already exists)"
            ) from error
    return Outcome("DDL", "CREATE_DATABASE", lines=[])


def set_properties(statement: SetDatabaseProperties, _context: Context) -> Outcome:
    """Run ALTER DATABASE … SET DBPROPERTIES."""
    check_database(statement.name)
    record = get_database(statement.name) or {}
    merged = {**(record.get("Parameters") or {}), **statement.properties}
    given = {**record, "Parameters": merged}
    databases.update_database({"Name": statement.name, "DatabaseInput": given})
    return Outcome("DDL", "ALTER_DATABASE", lines=[])


def drop(statement: Drop, _context: Context) -> Outcome:
    """Run DROP DATABASE; one that holds tables goes only with CASCADE."""
    name = statement.name.table
    done = Outcome("DDL", "DROP_DATABASE", lines=[])
    if get_database(name) is None and statement.if_exists:
        return done
    check_database(name)
    if name == DEFAULT:
        raise execution("MetaException(message:Can not drop default database)")
    if not statement.cascade and tables.get_tables({"DatabaseName": name})["TableList"]:
        raise execution(
            f"InvalidOperationException(message:Database {name} is not empty. "
            "One or more tables exist.)"
        )
    databases.delete_database({"Name": name})
    return done
