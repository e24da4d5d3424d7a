"""Actions on partitions."""

import copy
from collections.abc import Callable

from local_aws.glue.access import for_callers, need
from local_aws.glue.errors import GlueError, already_exists, invalid, not_found
from local_aws.glue.expression import compile_expression
from local_aws.glue.store import LOCK, PARTITIONS, Record, account, answer, now, page, table

_FIELDS = ("StorageDescriptor", "Parameters", "LastAccessTime", "LastAnalyzedTime")


def create_partition(data: Record) -> Record:
    """Create one partition of a table."""
    failed = _create(data, [data.get("PartitionInput") or {}])
    if failed:
        raise already_exists("Partition already exists.")
    return {}


@for_callers("BatchCreatePartition")
def batch_create_partition(data: Record) -> Record:
    """Create at most 100 partitions, naming those that were already there."""
    inputs = _at_most(data, "PartitionInputList", 100)
    failed = _create(data, inputs)
    taken = {"ErrorCode": "AlreadyExistsException", "ErrorMessage": "Partition already exists."}
    return {"Errors": [{"PartitionValues": values, "ErrorDetail": taken} for values in failed]}


def get_partition(data: Record) -> Record:
    """Return one partition."""
    return {"Partition": copy.deepcopy(_one(data, data.get("PartitionValues") or []))}


@for_callers("GetPartitions")
def get_partitions(data: Record) -> Record:
    """Return a table's partitions, those that ``Expression`` keeps, a page at a time."""
    record = table(data)
    keeps = compile_expression(str(data.get("Expression") or ""), record.get("PartitionKeys") or [])
    found = [each for each in _all(record) if keeps(each["Values"])]
    segment = data.get("Segment")
    if segment:
        total, number = int(segment["TotalSegments"]), int(segment["SegmentNumber"])
        if number >= total:
            raise invalid(f"SegmentNumber {number} is not below TotalSegments {total}")
        found = found[number::total]
    some, token = page(found, data, 1000)
    some = copy.deepcopy(some)
    if data.get("ExcludeColumnSchema"):
        for each in some:
            (each.get("StorageDescriptor") or {}).pop("Columns", None)
    return answer("Partitions", some, token)


def batch_get_partition(data: Record) -> Record:
    """Return the named partitions that are there."""
    by_values = {tuple(each["Values"]): each for each in _all(table(data))}
    found = []
    for entry in _at_most(data, "PartitionsToGet", 1000):
        each = by_values.get(tuple(entry.get("Values") or []))
        if each is not None:
            found.append(copy.deepcopy(each))
    return {"Partitions": found, "UnprocessedKeys": []}


@for_callers("UpdatePartition")
def update_partition(data: Record) -> Record:
    """Replace one partition's description, or also its values."""
    given = data.get("PartitionInput") or {}
    with LOCK:
        record = table(data)
        old = _one(data, data.get("PartitionValueList") or [])
        values = [str(value) for value in given.get("Values") or old["Values"]]
        _checked(record, values)
        others = [each for each in _all(record) if each is not old]
        if any(each["Values"] == values for each in others):
            raise already_exists("Partition already exists.")
        new = {**_described(record, given, values), "CreationTime": old.get("CreationTime", now())}
        changed = [new if each is old else each for each in _all(record)]
        PARTITIONS[_key(record)] = changed
    return {}


def batch_update_partition(data: Record) -> Record:
    """Replace at most 100 partitions, naming those that were not there."""
    return _each(
        _at_most(data, "Entries", 100),
        "PartitionValueList",
        lambda entry: update_partition({**data, **entry}),
    )


@for_callers("DeletePartition")
def delete_partition(data: Record) -> Record:
    """Delete one partition."""
    with LOCK:
        record = table(data)
        gone = _one(data, data.get("PartitionValues") or [])
        PARTITIONS[_key(record)] = [each for each in _all(record) if each is not gone]
    return {}


def batch_delete_partition(data: Record) -> Record:
    """Delete at most 25 partitions, naming those that were not there."""
    return _each(
        _at_most(data, "PartitionsToDelete", 25),
        "PartitionValues",
        lambda entry: delete_partition({**data, "PartitionValues": entry.get("Values") or []}),
    )


def of_table(database: str, name: str) -> list[Record]:
    """Return the live records of a table's partitions, which callers must not change."""
    need("GetPartitions", {"DatabaseName": database, "TableName": name})
    return list(PARTITIONS.get(f"{database}/{name}") or [])


def _key(record: Record) -> str:
    return f"{record['DatabaseName']}/{record['Name']}"


def _all(record: Record) -> list[Record]:
    return PARTITIONS.get(_key(record)) or []


def _one(data: Record, values: list[str]) -> Record:
    for each in _all(table(data)):
        if each["Values"] == values:
            return each
    raise not_found("Cannot find partition.")


def _create(data: Record, inputs: list[Record]) -> list[list[str]]:
    with LOCK:
        record = table(data)
        taken = {tuple(each["Values"]) for each in _all(record)}
        new: list[Record] = []
        failed = []
        for given in inputs:
            values = [str(value) for value in given.get("Values") or []]
            _checked(record, values)
            if tuple(values) in taken:
                failed.append(values)
                continue
            taken.add(tuple(values))
            new.append({**_described(record, given, values), "CreationTime": now()})
        PARTITIONS[_key(record)] = [*_all(record), *new]
    return failed


def _described(record: Record, given: Record, values: list[str]) -> Record:
    return {
        "Values": values,
        "DatabaseName": record["DatabaseName"],
        "TableName": record["Name"],
        **{field: copy.deepcopy(given[field]) for field in _FIELDS if field in given},
        "CatalogId": account(),
    }


def _checked(record: Record, values: list[str]) -> None:
    if len(values) != len(record.get("PartitionKeys") or []):
        raise invalid("The number of partition keys do not match the number of partition values")


def _at_most(data: Record, field: str, largest: int) -> list[Record]:
    entries = data.get(field) or []
    if len(entries) > largest:
        raise invalid(f"Member {field} must have length less than or equal to {largest}")
    return list(entries)


def _each(entries: list[Record], values_field: str, act: Callable[[Record], Record]) -> Record:
    errors = []
    for entry in entries:
        try:
            act(entry)
        except GlueError as error:
            values = entry.get("Values") or entry.get("PartitionValueList")
            detail = {"ErrorCode": error.code, "ErrorMessage": error.message}
            errors.append({values_field: values, "ErrorDetail": detail})
    return {"Errors": errors}
