"""Which files a condition over partition columns keeps, whatever it computes of them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import duckdb
from pyiceberg.manifest import DataFile
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import IcebergType

from local_aws.engine.iceberg.constants import shown
from local_aws.engine.iceberg.plan import Planned
from local_aws.engine.iceberg.schema import IcebergSchema
from local_aws.engine.scan.sql import identifier
from local_aws.trino.schema import Scan
from local_aws.trino.type_storage import to_duckdb


def identities(table: IcebergSchema) -> Callable[[DataFile], dict[str, Any]]:
    """Return what tells the columns that have one value in a file, by its partition."""
    by_spec = {number: list(_told(table, spec)) for number, spec in table.loaded.specs().items()}

    def of(file: DataFile) -> dict[str, Any]:
        told = by_spec[file.spec_id]
        return {name: shown(file.partition[place], kind) for place, name, kind in told}

    return of


def _told(table: IcebergSchema, spec: PartitionSpec) -> Iterator[tuple[int, str, IcebergType]]:
    for place, field in enumerate(spec.fields):
        name = table.schema.find_column_name(field.source_id)
        if isinstance(field.transform, IdentityTransform) and name is not None:
            yield place, name.lower(), table.schema.find_field(field.source_id).field_type


def kept(
    planned: Sequence[Planned],
    scan: Scan,
    table: IcebergSchema,
    connection: duckdb.DuckDBPyConnection,
) -> Sequence[Planned]:
    """Return the files whose partitions a scan's filter keeps, and those that it says nothing of.

    Parameters
    ----------
    planned
        The files.
    scan, table
        What the compiler asks, and of which table.
    connection
        Where the filter is evaluated.
    """
    names = table.partition_columns
    if scan.partition_filter is None or not planned:
        return planned
    of = identities(table)
    told = [of(each.file) for each in planned]
    rows = {
        tuple(values[name] for name in names)
        for values in told
        if all(name in values for name in names)
    }
    ordered = list(rows)
    kinds = dict(table.columns)
    columns = ", ".join(
        f"CAST(unnest(${at}::VARCHAR[]) AS {to_duckdb(kinds[name])}) AS {identifier(name)}"
        for at, name in enumerate(names, start=2)
    )
    texts = [
        [None if row[at] is None else str(row[at]) for row in ordered] for at in range(len(names))
    ]
    source = f"(SELECT unnest($1::BIGINT[]) AS i, {columns})"
    found = connection.execute(
        f"SELECT i FROM {source} WHERE {scan.partition_filter}",
        [list(range(len(ordered))), *texts],
    ).fetchall()
    gone = rows - {ordered[at] for (at,) in found}
    return [
        each
        for each, values in zip(planned, told, strict=True)
        if tuple(values.get(name) for name in names) not in gone
        or not all(name in values for name in names)
    ]
