"""Partitions that are replaced by pointing them at another folder: one Glue update each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from helpers import aws
from helpers.errors import ServiceError
from helpers.ingest.catalog import Table

_BATCH: Final = 100  # what Glue takes in a call
"""Values of a partition, in the order of the table's keys."""
Values = tuple[str, ...]


def locations(database: str, table: str) -> dict[Values, str]:
    """List where each partition of a table points.

    Parameters
    ----------
    database, table : str
        The table.

    Returns
    -------
    dict
        Values of the partition to its s3:// location.
    """
    pages = aws.client("glue").get_paginator("get_partitions")
    return {
        tuple(found["Values"]): found["StorageDescriptor"]["Location"]
        for page in pages.paginate(DatabaseName=database, TableName=table)
        for found in page["Partitions"]
    }


def switch(database: str, table: Table, wanted: Mapping[Values, str]) -> list[str]:
    """Point partitions at new folders; each changes at once, the others of the table stay.

    Parameters
    ----------
    database : str
        The table's database.
    table : Table
        The table.
    wanted : mapping
        Values of a partition to its new s3:// location.

    Returns
    -------
    list of str
        Where those pointed that point elsewhere now.

    Raises
    ------
    ServiceError
        If Glue refuses one.
    """
    glue = aws.client("glue")
    present = locations(database, table.name)
    place: Any = {"DatabaseName": database, "TableName": table.name}
    new = [values for values in wanted if values not in present]
    moved = [values for values in wanted if present.get(values, wanted[values]) != wanted[values]]
    for chunk in _batches(new):
        entries = [_entry(table, values, wanted[values]) for values in chunk]
        _check(glue.batch_create_partition(**place, PartitionInputList=entries), table)
    for chunk in _batches(moved):
        entries = [
            {
                "PartitionValueList": list(values),
                "PartitionInput": _entry(table, values, wanted[values]),
            }
            for values in chunk
        ]
        _check(glue.batch_update_partition(**place, Entries=entries), table)
    return [present[values] for values in moved]


def drop(database: str, table: str, partitions: Sequence[Values]) -> None:
    """Remove partitions from the catalog; their files stay."""
    glue = aws.client("glue")
    for chunk in _batches(partitions):
        glue.batch_delete_partition(
            DatabaseName=database,
            TableName=table,
            PartitionsToDelete=[{"Values": list(values)} for values in chunk],
        )


def _entry(table: Table, values: Values, location: str) -> dict[str, Any]:
    return {"Values": list(values), "StorageDescriptor": table.storage(location)}


def _check(answer: Mapping[str, Any], table: Table) -> None:
    for error in answer.get("Errors", []):
        detail = error.get("ErrorDetail", {})
        values = error.get("PartitionValues") or error.get("PartitionValueList")
        raise ServiceError(
            f"partition {values} of {table.name} could not be switched: "
            f"{detail.get('ErrorCode')} {detail.get('ErrorMessage')}: run again"
        )


def _batches(values: Sequence[Values]) -> Iterator[Sequence[Values]]:
    for begin in range(0, len(values), _BATCH):
        yield values[begin : begin + _BATCH]
