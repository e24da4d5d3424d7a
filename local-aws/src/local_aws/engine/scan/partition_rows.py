"""The rows of ``"TABLE$partitions"``: the partitions that the catalog holds, one a row."""

from local_aws.engine.catalog import partitioned_table
from local_aws.engine.context import QueryError
from local_aws.engine.scan.information_schema import values_sql
from local_aws.engine.scan.partitions import NULL_VALUE
from local_aws.engine.scan.projection import is_projected
from local_aws.trino.schema import Scan


def rows_sql(scan: Scan) -> str:
    """Return the text of the relation, with its rows in it.

    Raises
    ------
    QueryError
        For a table whose partitions are projected, as the catalog does not hold them.
    """
    table = partitioned_table(scan.table.database, scan.table.name)
    if table is None:
        raise QueryError(f"TABLE_NOT_FOUND: Table '{scan.table.name}' does not exist")
    if is_projected(table):
        raise QueryError(f"NOT_SUPPORTED: {scan.table.name} of a table with partition projection")
    rows = (
        tuple(None if value == NULL_VALUE else value for value in each["Values"])
        for each in table.registered_partitions()
    )
    return values_sql(scan.table.columns, rows)
