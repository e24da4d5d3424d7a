"""ORC files: the columns that a query uses, copied into a Parquet file that DuckDB reads."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import orc

from local_aws.engine.context import Context, QueryError
from local_aws.engine.scan.serde import Format
from local_aws.objects import StoredObject

NO_COLUMN: Final = "__nothing"
_ROWS: Final = 100_000


class Counted(io.RawIOBase):
    """A file that counts what is read of it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.bytes_read = 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return that it has places."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, and return it."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the place."""
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        """Return the bytes from here on, counted."""
        data = self._file.read(size)
        self.bytes_read += len(data)
        return data

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


def as_parquet(
    context: Context, file: StoredObject, places: Mapping[str, int], file_format: Format
) -> Path:
    """Copy columns of an ORC file and return the copy; what is read of the file is counted.

    Parameters
    ----------
    places
        The columns by the table's names, and their places in the table. Columns are found by
        place unless ``orc.column.index.access`` is false; the copy has the table's names.

    Raises
    ------
    QueryError
        HIVE_BAD_DATA for an object that is no ORC file.
    """
    target = context.scratch / f"orc_{uuid4().hex}.parquet"
    with Counted(file.path) as raw:
        try:
            source = orc.ORCFile(pa.PythonFile(raw, "r"))
            found = _found(source.schema.names, places, file_format)
            _copy(context, source, found, target)
        except (pa.ArrowException, OSError) as error:
            raise QueryError(
                f"HIVE_BAD_DATA: Error opening Hive split {file.uri}: {error}"
            ) from error
        context.add_scanned(raw.bytes_read)
    return target


def _found(own: list[str], places: Mapping[str, int], file_format: Format) -> dict[str, str]:
    """Return the file's names of the columns by the table's."""
    by_name = file_format.properties.get("orc.column.index.access", "true").lower() == "false"
    if by_name:
        lower = {name.lower(): name for name in own}
        return {name: lower[name] for name in places if name in lower}
    return {name: own[place] for name, place in places.items() if place < len(own)}


def _copy(context: Context, source: orc.ORCFile, found: Mapping[str, str], target: Path) -> None:
    names = list(found)
    if not names:
        # nothing of a row is used but that it is there
        schema = pa.schema([(NO_COLUMN, pa.null())])
        with pq.ParquetWriter(target, schema) as writer:
            for begin in range(0, source.nrows, _ROWS):
                rows = min(_ROWS, source.nrows - begin)
                writer.write_table(pa.table([pa.nulls(rows)], schema=schema))
        return
    schema = pa.schema([source.schema.field(found[name]).with_name(name) for name in names])
    with pq.ParquetWriter(target, schema, compression="lz4") as writer:
        for stripe in range(source.nstripes):
            context.check_cancelled()
            batch = source.read_stripe(stripe, columns=list(found.values()))
            columns = [batch.column(found[name]) for name in names]
            writer.write_table(pa.table(columns, schema=schema))
