"""The catalog's actions by name, as the JSON 1.1 protocol calls them."""

import json
from collections.abc import Callable

from local_aws.glue import databases, partitions, tables
from local_aws.glue.errors import GlueError, invalid
from local_aws.glue.store import Record

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


def handles(target: str) -> bool:
    """Return whether an ``x-amz-target`` names an action of the catalog."""
    service, _, action = target.partition(".")
    return service == "AWSGlue" and action in ACTIONS


def handle(target: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Answer one request in the context of its account and region.

    Parameters
    ----------
    target
        The header ``x-amz-target``, ``AWSGlue.ACTION``; :func:`handles` says which.
    body
        The JSON request.

    Returns
    -------
    tuple
        HTTP status, headers and JSON body.
    """
    headers = {"Content-Type": "application/x-amz-json-1.1"}
    try:
        data = json.loads(body or b"{}")
        if not isinstance(data, dict):
            raise invalid("the request is not a JSON object")
        return 200, headers, json.dumps(ACTIONS[target.partition(".")[2]](data)).encode()
    except json.JSONDecodeError as error:
        code, message = "SerializationException", f"the request is not JSON: {error}"
    except GlueError as error:
        code, message = error.code, error.message
    return 400, headers, json.dumps({"__type": code, "Message": message}).encode()
