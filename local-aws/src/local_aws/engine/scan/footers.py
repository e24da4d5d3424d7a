"""Footers of Parquet files: their types, rows, and what reading a column of them costs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from local_aws.engine.context import QueryError
from local_aws.objects import StoredObject

_KEPT = 4096
FIELD_ID = b"PARQUET:field_id"
SPELLED = b"spelled"  # how the file calls a field inside a column that goes by another name here
_FOOTERS: "dict[tuple[str, str], Footer]" = {}


@dataclass(frozen=True)
class ColumnChunk:
    """One column of one row group: bytes as stored, and its bounds where they are known."""

    size: int
    low: Any = None
    high: Any = None
    nulls: int | None = None


@dataclass
class Footer:
    """What one file says about itself.

    Attributes
    ----------
    columns : dict of str to pyarrow.DataType
        Top-level columns by lower-case name.
    spelled : dict of str to str
        The same names as the file spells them.
    rows : list of int
        Rows of each row group.
    named : tuple or None
        A schema, and this footer as it calls the columns; who reads by field ids keeps it here.
    """

    metadata: pq.FileMetaData
    columns: dict[str, pa.DataType]
    spelled: dict[str, str]
    rows: list[int]
    _leaves: dict[str, list[int]]
    _chunks: dict[str, list[ColumnChunk]] = field(default_factory=dict)
    _called: "dict[Any, Footer]" = field(default_factory=dict)
    _stored: dict[str, pa.DataType] = field(default_factory=dict)
    named: "tuple[object, Footer] | None" = None

    @cached_property
    def signature(self) -> tuple[tuple[str, str], ...]:
        """Names and types: files of one signature are read by one statement."""
        return tuple(
            (name, f"{self.spelled[name]} {kind} {self._stored.get(name, '')}")
            for name, kind in self.columns.items()
        )

    def by_place(self, names: Sequence[str]) -> "Footer":
        """Return the same file with its columns called, in their order, by a table's names."""
        return self.called(dict(zip(names, list(self.columns), strict=False)))

    def called(
        self, names: Mapping[str, str], kinds: Mapping[str, pa.DataType] | None = None
    ) -> "Footer":
        """Return the same file with some of its columns, called by new names of the old ones.

        Parameters
        ----------
        names
            The old name of each new one.
        kinds
            By new names, types whose inner fields have new names too, each with `SPELLED`.
        """
        other = kinds or {}
        key = (tuple(names.items()), tuple((name, str(kind)) for name, kind in other.items()))
        if key not in self._called:
            self._called[key] = Footer(
                self.metadata,
                {name: other.get(name, self.columns[old]) for name, old in names.items()},
                {name: self.spelled[old] for name, old in names.items()},
                self.rows,
                {name: self._leaves.get(old, []) for name, old in names.items()},
                _stored={name: self.columns[names[name]] for name in other},
            )
        return self._called[key]

    @cached_property
    def field_ids(self) -> dict[str, int]:
        """The columns' field ids, by lower-case name, as far as the file has them."""
        schema = self.metadata.schema.to_arrow_schema()
        found = {each.name.lower(): (each.metadata or {}).get(FIELD_ID) for each in schema}
        return {name: int(number) for name, number in found.items() if number is not None}

    def spelled_as(self, other: "Footer") -> "Footer":
        """Return the footer of a copy that lacks columns, by the names that this file goes by."""
        lower = {name: old.lower() for name, old in self.spelled.items()}
        kept = {name: old for name, old in lower.items() if old in other.columns}
        return Footer(
            other.metadata,
            {name: other.columns[old] for name, old in kept.items()},
            {name: other.spelled[old] for name, old in kept.items()},
            other.rows,
            {},
        )

    def chunks(self, name: str) -> list[ColumnChunk]:
        """Return a column's chunks, one a row group; none where the file lacks the column."""
        if name not in self._chunks:
            leaves = self._leaves.get(name, [])
            groups = range(self.metadata.num_row_groups)
            self._chunks[name] = [self._chunk(group, leaves) for group in groups] if leaves else []
        return self._chunks[name]

    def _chunk(self, group: int, leaves: list[int]) -> ColumnChunk:
        columns = [self.metadata.row_group(group).column(leaf) for leaf in leaves]
        size = sum(column.total_compressed_size for column in columns)
        found = columns[0].statistics if len(columns) == 1 else None
        if found is None:
            return ColumnChunk(size)
        nulls = found.null_count if found.has_null_count else None
        if not found.has_min_max:
            return ColumnChunk(size, nulls=nulls)
        try:
            return ColumnChunk(size, *_bounds(found), nulls)
        except UnicodeDecodeError:  # a bound that is not UTF-8 bounds nothing
            return ColumnChunk(size, nulls=nulls)


def _bounds(found: pq.Statistics) -> tuple[Any, Any]:
    kind = json.loads(found.logical_type.to_json())
    if kind.get("Type") != "Decimal":
        return found.min, found.max
    if found.physical_type == "FIXED_LEN_BYTE_ARRAY":
        return _big_endian(found.min_raw, kind), _big_endian(found.max_raw, kind)
    return _scaled(found.min_raw, kind), _scaled(found.max_raw, kind)


def _big_endian(raw: bytes, kind: dict[str, Any]) -> Decimal:
    return _scaled(int.from_bytes(raw, "big", signed=True), kind)


def _scaled(number: int, kind: dict[str, Any]) -> Decimal:
    # arithmetic on decimals would round to 28 digits, and a bound that is rounded bounds nothing
    return Decimal(f"{number}E-{kind['scale']}")


def read_footer(file: StoredObject) -> Footer:
    """Return a file's footer, from memory where the same object was read before.

    Raises
    ------
    QueryError
        HIVE_BAD_DATA for an object that is no Parquet file.
    """
    key = (file.uri, file.etag)  # not the path, which takes longer to find than all the rest
    footer = _FOOTERS.get(key)
    if footer is None:
        footer = _FOOTERS[key] = _read(file.path, file.uri)
        if len(_FOOTERS) > _KEPT:
            _FOOTERS.pop(next(iter(_FOOTERS)), None)
    return footer


def read_copy(path: Path) -> Footer:
    """Return the footer of a query's own copy of a file."""
    return _read(path, path.name)


def _read(path: Path, uri: str) -> Footer:
    try:
        metadata = pq.read_metadata(path)
    except pa.ArrowInvalid as error:
        raise QueryError(
            f"HIVE_BAD_DATA: Not valid Parquet file: {uri} expected magic number: PAR1"
        ) from error
    except OSError as error:  # its columns, or all of it, are encrypted
        raise QueryError(f"HIVE_BAD_DATA: Cannot read Parquet file: {uri}: {error}") from error
    schema = metadata.schema.to_arrow_schema()
    leaves: dict[str, list[int]] = {}
    for index in range(metadata.num_columns):
        top = metadata.schema.column(index).path.split(".")[0].lower()
        leaves.setdefault(top, []).append(index)
    return Footer(
        metadata,
        {name.lower(): kind for name, kind in zip(schema.names, schema.types, strict=True)},
        {name.lower(): name for name in schema.names},
        [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)],
        leaves,
    )
