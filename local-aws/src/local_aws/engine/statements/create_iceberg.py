"""CREATE TABLE of an Iceberg table: metadata in S3, and Glue's record of where it is."""

from collections.abc import Mapping

from pyiceberg.exceptions import TableAlreadyExistsError

from local_aws import objects
from local_aws.engine.catalog import get_table
from local_aws.engine.context import Context, Outcome
from local_aws.engine.hive.ast import CreateTable
from local_aws.engine.iceberg.catalog import NewTable
from local_aws.engine.iceberg.properties import checked
from local_aws.engine.iceberg.specs import read_spec
from local_aws.engine.iceberg.types import Maker
from local_aws.engine.statements.names import (
    check_database,
    checked_location,
    execution,
    resolve,
    semantic,
)
from local_aws.trino.type_syntax import from_hive


def create(statement: CreateTable, properties: Mapping[str, str], context: Context) -> Outcome:
    """Run CREATE TABLE … TBLPROPERTIES ('table_type' = 'ICEBERG').

    Parameters
    ----------
    statement
        The statement.
    properties
        Its properties, names in lower case.
    context
        The query.

    Raises
    ------
    QueryError
        For what Iceberg tables do not have.
    """
    _check(statement)
    database, name = resolve(context, statement.table)
    check_database(database)
    done = Outcome("DDL", "CREATE_TABLE", lines=[])
    taken = execution(f"AlreadyExistsException(message:Table {name} already exists)")
    if get_table(database, name) is not None:
        if statement.if_not_exists:
            return done
        raise taken
    location = checked_location(str(statement.location))
    if not objects.bucket_exists(objects.split_uri(location)[0]):
        raise execution(f"MetaException(message:The bucket of {location} does not exist)")
    columns = [(each.name, from_hive(each.type), each.comment) for each in statement.columns]
    schema = Maker(of_hive=True).schema(columns)
    spec = read_spec(statement.transforms, schema, column_first=False)
    wanted = checked({key: value for key, value in properties.items() if key != "table_type"})
    if statement.comment is not None:
        wanted["comment"] = statement.comment
    try:
        NewTable(database, name, schema, location, spec, wanted).create()
    except TableAlreadyExistsError as error:
        raise taken from error
    return done


def _check(statement: CreateTable) -> None:
    if statement.external:
        raise semantic("External keyword not supported for table type ICEBERG.")
    if statement.location is None:
        raise semantic("LOCATION is required for an Iceberg table")
    if statement.storage.stored_as or statement.storage.serde or statement.storage.delimited:
        raise semantic("ROW FORMAT and STORED AS are not for Iceberg tables")
    if statement.bucket_columns or statement.partitions:
        raise semantic(
            "Iceberg tables are partitioned by names and transforms of columns, not by columns "
            "with types, and have no CLUSTERED BY"
        )
    if not statement.columns:
        raise semantic("[Error 10025]: A table needs at least one column")
    names = [column.name for column in statement.columns]
    for name in names:
        if names.count(name) > 1:
            raise semantic(f"[Error 10036]: Duplicate column name: {name}")
