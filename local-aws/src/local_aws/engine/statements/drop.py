"""DROP TABLE and DROP VIEW; the files of a table stay unless it is one of Iceberg."""

from local_aws.engine.catalog import get_table
from local_aws.engine.context import Context, Outcome
from local_aws.engine.hive.ast import Drop
from local_aws.engine.iceberg.purge import purge
from local_aws.engine.statements.names import resolve, semantic
from local_aws.glue import tables
from local_aws.glue.store import wait_until_kept
from local_aws.trino.errors import TrinoError


def drop_table(statement: Drop, context: Context) -> Outcome:
    """Run DROP TABLE."""
    database, name = resolve(context, statement.name)
    found = get_table(database, name)
    done = Outcome("DDL", "DROP_TABLE", lines=[])
    if found is None:
        if statement.if_exists:
            return done
        raise semantic(f"[Error 10001]: Table not found {database}.{name}")
    if found.is_view:
        raise semantic("[Error 10137]: Cannot drop a view with DROP TABLE")
    tables.delete_table({"DatabaseName": database, "Name": name})
    if found.is_iceberg:
        wait_until_kept()
        purge(found.location)
    return done


def drop_view(statement: Drop, context: Context) -> Outcome:
    """Run DROP VIEW."""
    database, name = resolve(context, statement.name)
    found = get_table(database, name)
    done = Outcome("DDL", "DROP_VIEW", lines=[])
    if found is None:
        if statement.if_exists:
            return done
        raise TrinoError(
            "TABLE_NOT_FOUND", f"View 'awsdatacatalog.{database}.{name}' does not exist", 1, 1
        )
    if not found.is_view:
        raise TrinoError(
            "TABLE_NOT_FOUND",
            f"View 'awsdatacatalog.{database}.{name}' does not exist, but a table with that name "
            f"exists. Did you mean DROP TABLE awsdatacatalog.{database}.{name}?",
            1,
            1,
        )
    tables.delete_table({"DatabaseName": database, "Name": name})
    return done
