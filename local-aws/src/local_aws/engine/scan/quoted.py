"""CSV with quotes, as OpenCSVSerde reads it."""

import csv
import mmap
from collections.abc import Iterator, Sequence
from gzip import open as open_gzip
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from local_aws.engine.context import Context
from local_aws.engine.scan.serde import Format
from local_aws.engine.scan.sql import literal
from local_aws.objects import StoredObject

_BATCH_ROWS = 50_000


def rows_sql(
    context: Context, files: Sequence[StoredObject], file_format: Format, width: int
) -> list[tuple[StoredObject, str]]:
    """Return for each file a reader of its rows as texts ``f0``, ``f1``, ….

    DuckDB reads a file as it is where it holds no escape character; elsewhere a backslash and a
    doubled quote both escape, which only Python's reader knows, and its rows go through a Parquet
    file in the query's scratch folder.

    Parameters
    ----------
    context
        The query.
    files
        The objects.
    file_format
        With separatorChar, quoteChar and escapeChar.
    width
        How many columns the table has; longer rows are cut, shorter ones filled with NULL.
    """
    separator = file_format.properties.get("separatorChar", ",")[:1]
    quote = file_format.properties.get("quoteChar", '"')[:1]
    escape = file_format.properties.get("escapeChar", "\\")[:1]
    names = [f"f{i}" for i in range(width)]
    found = []
    for number, file in enumerate(files):
        if file.path.suffix not in (".gz", ".zst") and (
            escape == quote or not _holds(file.path, escape)
        ):
            columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
            reader = (
                f"read_csv([{literal(str(file.path))}], columns={{{columns}}}, "
                f"delim={literal(separator)}, quote={literal(quote)}, escape={literal(quote)}, "
                f"header=false, auto_detect=false, strict_mode=false, null_padding=true, "
                f"nullstr='\x1d\x1e\x1f', parallel=false, skip={file_format.header_lines})"
            )
        else:
            target = context.scratch / f"quoted_{id(file)}_{number}.parquet"
            rows = _parsed(file, separator, quote, escape, file_format.header_lines)
            _write(context, rows, names, target)
            reader = f"read_parquet([{literal(str(target))}])"
        found.append((file, reader))
    return found


def _holds(path: Path, char: str) -> bool:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(char.encode()) >= 0


def _parsed(
    file: StoredObject, separator: str, quote: str, escape: str, header_lines: int
) -> Iterator[list[str]]:
    with _open(file.path) as raw:
        lines = (line.decode("utf-8", "replace").rstrip("\r\n") for line in raw)
        for line in islice(lines, header_lines, None):
            reader = csv.reader(
                [line], delimiter=separator, quotechar=quote, escapechar=escape, doublequote=True
            )
            yield next(reader, [""])


def _open(path: Path) -> BinaryIO:
    if path.suffix == ".gz":
        return open_gzip(path, "rb")  # type: ignore[return-value]
    if path.suffix == ".zst":
        return pa.CompressedInputStream(pa.OSFile(str(path)), "zstd")  # type: ignore[no-any-return]
    return path.open("rb")


def _write(context: Context, rows: Iterator[list[str]], names: list[str], target: Path) -> None:
    schema = pa.schema([(name, pa.string()) for name in names])
    with pq.ParquetWriter(target, schema, compression="lz4") as writer:
        while batch := list(islice(rows, _BATCH_ROWS)):
            context.check_cancelled()
            columns = [
                pa.array([row[i] if i < len(row) else None for row in batch], pa.string())
                for i in range(len(names))
            ]
            writer.write_table(pa.table(columns, schema=schema))
