"""The catalog's actions by name; every other action of Glue is ministack's."""

from collections.abc import Callable, Mapping

from local_aws.glue import databases, partitions, tables
from local_aws.glue.store import Record
from local_aws.protocol.service import Operation
from local_aws.tenant import Tenant

ACTIONS: dict[str, Callable[[Record], Record]] = {
    "CreateDatabase": databases.create_database,
    "DeleteDatabase": databases.delete_database,
    "GetDatabase": databases.get_database,
    "GetDatabases": databases.get_databases,
    "UpdateDatabase": databases.update_database,
    "BatchDeleteTable": tables.batch_delete_table,
    "BatchDeleteTableVersion": tables.batch_delete_table_version,
    "CreateTable": tables.create_table,
    "DeleteTable": tables.delete_table,
    "DeleteTableVersion": tables.delete_table_version,
    "GetTable": tables.get_table,
    "GetTables": tables.get_tables,
    "GetTableVersion": tables.get_table_version,
    "GetTableVersions": tables.get_table_versions,
    "SearchTables": tables.search_tables,
    "UpdateTable": tables.update_table,
    "BatchCreatePartition": partitions.batch_create_partition,
    "BatchDeletePartition": partitions.batch_delete_partition,
    "BatchGetPartition": partitions.batch_get_partition,
    "BatchUpdatePartition": partitions.batch_update_partition,
    "CreatePartition": partitions.create_partition,
    "DeletePartition": partitions.delete_partition,
    "GetPartition": partitions.get_partition,
    "GetPartitions": partitions.get_partitions,
    "UpdatePartition": partitions.update_partition,
}


def _acting(action: Callable[[Record], Record]) -> Operation[None]:
    """Make an action an operation: its stores find the tenant in the request's context."""

    def operation(_state: None, _tenant: Tenant, data: Record) -> Record:
        return action(data)

    return operation


OPERATIONS: Mapping[str, Operation[None]] = {name: _acting(done) for name, done in ACTIONS.items()}
