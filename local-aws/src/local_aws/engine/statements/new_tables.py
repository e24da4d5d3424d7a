"""What holds for every table that a query fills: its types, the order of its columns, its place."""

from collections.abc import Sequence

from local_aws import objects
from local_aws.engine.context import QueryError
from local_aws.engine.hive.types import to_hive
from local_aws.engine.scan.files import folder_of
from local_aws.trino.types import TrinoType


def hive_types(columns: Sequence[tuple[str, TrinoType]]) -> list[tuple[str, str]]:
    """Return the columns with Hive's types.

    Raises
    ------
    QueryError
        NOT_SUPPORTED for a type that Hive lacks, or a timestamp finer than milliseconds; a coarser
        one becomes one of milliseconds, as awswrangler's test of the service has it.
    """
    found = []
    for name, kind in columns:
        for inner in _parts(kind):
            if inner.name == "timestamp" and inner.args[0] > 3:
                raise QueryError(
                    f"NOT_SUPPORTED: Incorrect timestamp precision for {inner}; the configured "
                    f"precision is MILLISECONDS; column name: {name}"
                )
        hive = to_hive(kind)
        if hive is None:
            raise QueryError(f"NOT_SUPPORTED: Unsupported Hive type: {kind}")
        found.append((name, hive))
    return found


def _parts(kind: TrinoType) -> list[TrinoType]:
    inner = [part[1] if isinstance(part, tuple) else part for part in kind.args]
    nested = [part for part in inner if isinstance(part, TrinoType)]
    return [kind, *(leaf for part in nested for leaf in _parts(part))]


def check_last(columns: Sequence[tuple[str, TrinoType]], partitioned: Sequence[str]) -> None:
    """Check that the partition columns are the last ones, in their order.

    Raises
    ------
    QueryError
        INVALID_TABLE_PROPERTY or HIVE_COLUMN_ORDER_MISMATCH.
    """
    names = [name for name, _ in columns]
    missing = [name for name in partitioned if name not in names]
    if missing:
        raise QueryError(
            f"INVALID_TABLE_PROPERTY: Partition columns [{', '.join(missing)}] not present in "
            "schema"
        )
    if partitioned and len(partitioned) == len(names):
        raise QueryError("INVALID_TABLE_PROPERTY: Table contains only partition columns")
    if names[len(names) - len(partitioned) :] != list(partitioned):
        raise QueryError(
            "HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns in the table and "
            f"in the same order as the table properties: [{', '.join(partitioned)}]"
        )


def check_empty(location: str, name: str) -> str:
    """Return a location with a slash at its end, under which there must be nothing.

    Raises
    ------
    QueryError
        HIVE_PATH_ALREADY_EXISTS, or the bucket is missing.
    """
    bucket, prefix = folder_of(location)
    try:
        taken = objects.list_objects(bucket, prefix)
    except objects.NoSuchBucketError as error:
        raise QueryError(f"HIVE_FILESYSTEM_ERROR: The bucket {bucket} does not exist") from error
    if taken:
        raise QueryError(
            f"HIVE_PATH_ALREADY_EXISTS: Target directory for table '{name}' already exists: "
            f"{location}. You may need to manually clean the data at this location before retrying."
        )
    return f"s3://{bucket}/{prefix}"
