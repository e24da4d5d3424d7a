"""The metadata table ``"t$partitions"``: each partition's files, rows and bounds.

Source: Trino's Iceberg connector, "Metadata tables".
"""

from collections.abc import Iterator, Sequence
from typing import Any

from pyiceberg.conversions import from_bytes
from pyiceberg.manifest import DataFile, DataFileContent
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import NestedField, PrimitiveType

from local_aws.engine.iceberg.constants import shown
from local_aws.engine.iceberg.plan import entries
from local_aws.engine.iceberg.schema import IcebergSchema
from local_aws.engine.iceberg.types import to_trino
from local_aws.trino import types as trino
from local_aws.trino.types import BIGINT, TrinoType

_COUNTS = (("record_count", BIGINT), ("file_count", BIGINT), ("total_size", BIGINT))


def partitions(
    table: IcebergSchema,
) -> tuple[tuple[tuple[str, TrinoType], ...], Iterator[tuple[Any, ...]]]:
    """Return the table's columns and rows: one for each partition, with the fields of all specs.

    A field that the spec of a partition has not is NULL.
    """
    spec = table.loaded.spec()
    specs = [table.loaded.specs()[number] for number in sorted(table.loaded.specs())]
    schema = table.loaded.schema()
    live = {
        each.field_id: each
        for spec in specs
        for each in spec.fields
        if schema.find_column_name(each.source_id) is not None
    }
    fields = [
        (each.name, each.transform.result_type(schema.find_type(each.source_id)))
        for each in live.values()
    ]
    keys = {each.source_id for each in spec.fields if isinstance(each.transform, IdentityTransform)}
    told = [
        each
        for each in table.schema.fields
        if each.field_type.is_primitive and each.field_id not in keys
    ]
    places = {
        spec.spec_id: {each.field_id: at for at, each in enumerate(spec.fields)} for spec in specs
    }
    by_partition: dict[Any, list[DataFile]] = {}
    for entry in entries(table.loaded, table.snapshot):
        file = entry.data_file
        if file.content == DataFileContent.DATA:
            own = places[file.spec_id]
            values = tuple(
                file.partition[own[number]] if number in own else None for number in live
            )
            by_partition.setdefault((frozenset(own), values), []).append(file)
    kind = trino.row(*((name, to_trino(kind)) for name, kind in fields))
    columns: list[tuple[str, TrinoType]] = [*((("partition", kind),) if fields else ()), *_COUNTS]
    if told:
        columns.append(("data", trino.row(*((each.name.lower(), _kind(each)) for each in told))))

    def rows() -> Iterator[tuple[Any, ...]]:
        for (_, values), files in by_partition.items():
            place = [shown(value, kind) for value, (_, kind) in zip(values, fields, strict=True)]
            yield (
                *((place,) if fields else ()),
                sum(file.record_count for file in files),
                len(files),
                sum(file.file_size_in_bytes for file in files),
                *(([_data(files, each) for each in told],) if told else ()),
            )

    return tuple(columns), rows()


def _kind(field: NestedField) -> TrinoType:
    kind = to_trino(field.field_type)
    return trino.row(("min", kind), ("max", kind), ("null_count", BIGINT), ("nan_count", BIGINT))


def _data(files: Sequence[DataFile], field: NestedField) -> tuple[Any, ...]:
    """Return a column's bounds and counts over files; None for what one of them does not tell."""
    number = field.field_id
    lows = [(file.lower_bounds or {}).get(number) for file in files]
    highs = [(file.upper_bounds or {}).get(number) for file in files]
    return (
        _bound(min, lows, field),
        _bound(max, highs, field),
        _sum([(file.null_value_counts or {}).get(number) for file in files]),
        _sum([(file.nan_value_counts or {}).get(number) for file in files]),
    )


def _bound(choose: Any, bounds: Sequence[bytes | None], field: NestedField) -> Any:
    kind = field.field_type
    assert isinstance(kind, PrimitiveType)  # noqa: S101 - only such columns are told of
    known = [from_bytes(kind, bound) for bound in bounds if bound is not None]
    return shown(choose(known), field.field_type) if len(known) == len(bounds) else None


def _sum(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None
