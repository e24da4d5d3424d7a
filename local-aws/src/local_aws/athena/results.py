"""Result files as Athena writes them to S3, and pages read from them."""

import re
import shutil
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from local_aws import objects
from local_aws.athena import managed, pages
from local_aws.athena.errors import InvalidRequestError
from local_aws.engine import values
from local_aws.engine.context import Context, Outcome
from local_aws.trino.types import TrinoType

MAX_ROWS = 1000
READ_BYTES = 256 * 1024
_CSV = "text/csv"
_TEXT = "text/plain"
_BINARY = "application/octet-stream"
# one value and what ends it: quoted with doubled quotes, or nothing at all, which is NULL
_FIELD = re.compile(rb'(?:"((?:[^"]|"")*)"|)(,|\n)')


def write(context: Context, outcome: Outcome, location: str) -> str | None:
    """Write a statement's result, metadata and manifest to S3.

    Parameters
    ----------
    context : Context
        The query.
    outcome : Outcome
        What it came to; its SQL, when it has one, is run here.
    location : str
        URI of the result, in S3 or in Athena's own storage.

    Returns
    -------
    str or None
        ``DataManifestLocation``, for a statement that wrote data.
    """
    if outcome.sql is not None:
        _put(context, location, _write_csv(context, outcome), _CSV)
    elif outcome.lines is not None:
        file = context.scratch / "result.txt"
        file.write_text("".join(f"{line}\n" for line in outcome.lines), encoding="utf-8")
        _put(context, location, file, _TEXT)
    if (outcome.sql, outcome.lines, outcome.manifest) != (None, None, None):
        file = context.scratch / "metadata"
        file.write_bytes(metadata(context.query_id, outcome.columns))
        _put(context, f"{location}.metadata", file, _BINARY)
    if outcome.manifest is None or managed.is_managed(location):
        return None
    file = context.scratch / "manifest.csv"
    file.write_text("\n".join(outcome.manifest), encoding="utf-8")
    manifest = f"{location.removesuffix('.csv')}-manifest.csv"
    _put(context, manifest, file, _CSV)
    return manifest


def _put(context: Context, location: str, file: Path, kind: str) -> None:
    context.check_cancelled()
    if managed.is_managed(location):
        managed.put(location, file)
    else:
        objects.put_file(*objects.split_uri(location), file, kind)


def _write_csv(context: Context, outcome: Outcome) -> Path:
    """Run the outcome's SQL straight into a file: nothing of it passes through Python."""
    body, result = context.scratch / "body.csv", context.scratch / "result.csv"
    names = [f"c{number}" for number in range(len(outcome.columns))]
    texts = [
        f"{values.text(name, kind)} AS {name}"
        for name, (_, kind) in zip(names, outcome.columns, strict=True)
    ]
    context.check_cancelled()
    # the text comes from the compiler, never from a client; COPY takes no parameters
    context.connection.execute(
        f"COPY (SELECT {', '.join(texts)} FROM ({outcome.sql}) AS result({', '.join(names)})) "
        f"TO '{_quoted(body)}' (FORMAT csv, HEADER false, FORCE_QUOTE *, NULLSTR '')"
    )
    header = ",".join('"' + name.replace('"', '""') + '"' for name, _ in outcome.columns)
    with result.open("wb") as target, body.open("rb") as source:
        target.write(f"{header}\n".encode())
        shutil.copyfileobj(source, target, READ_BYTES)
    body.unlink()
    return result


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def column_infos(columns: Sequence[tuple[str, TrinoType]]) -> list[dict[str, Any]]:
    """Return ``ResultSetMetadata.ColumnInfo`` for columns."""
    return [values.column_info(name, kind) for name, kind in columns]


def metadata(query_id: str, columns: Sequence[tuple[str, TrinoType]]) -> bytes:
    """Return the content of a ``.metadata`` file: Athena's protocol buffer of the columns.

    The fields are those seen in files of the service: the engine's query id in 1, each column in
    4 with catalog, schema, table, name, label, type, precision, scale, nullable, case-sensitive.
    """
    message = _field(1, query_id)
    for info in column_infos(columns):
        column = _field(1, info["CatalogName"]) + _field(4, info["Name"])
        column += _field(5, info["Label"]) + _field(6, info["Type"])
        column += _field(7, info["Precision"]) + _field(8, info["Scale"])
        column += _field(9, 3) + _field(10, int(info["CaseSensitive"]))
        message += _field(4, column)
    return message


def _field(number: int, value: str | bytes | int) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value) if value else b""
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += struct.pack("B", value & 0x7F | 0x80)
        value >>= 7
    return out + struct.pack("B", value)


def read_page(
    location: str, columns: int, payload: dict[str, Any]
) -> tuple[list[list[str | None]], dict[str, str]]:
    """Return one page of a result file and the member ``NextToken`` when more follows.

    Parameters
    ----------
    location : str
        URI of the ``.csv`` or ``.txt`` file.
    columns : int
        How many columns a row has.
    payload : dict
        The call, with ``MaxResults`` and ``NextToken``: the token is a position in the file.

    Raises
    ------
    InvalidRequestError
        When the file is gone.
    """
    own = managed.is_managed(location)
    try:
        path = managed.existing(location) if own else objects.path(*objects.split_uri(location))
        file = path.open("rb")
    except (objects.NoSuchObjectError, objects.NoSuchBucketError, FileNotFoundError):
        where = "in Athena's storage: they are kept for 24 hours" if own else f"at {location}"
        raise InvalidRequestError(f"Query results are not found {where}") from None
    limit, position = payload.get("MaxResults", MAX_ROWS), pages.decode(payload.get("NextToken"))
    rows: list[list[str | None]] = []
    with file:
        size = path.stat().st_size
        file.seek(position)
        read = _csv_rows if location.endswith(".csv") else _text_rows
        for row, end in read(file.read, columns):
            rows.append(row)
            position += end
            if len(rows) == limit:
                break
    return rows, ({"NextToken": pages.encode(position)} if position < size else {})


def _csv_rows(read: Any, _: int) -> Iterator[tuple[list[str | None], int]]:
    """Yield each row with the bytes that it took."""
    buffer, at, start = b"", 0, 0
    row: list[str | None] = []
    while True:
        match = _FIELD.match(buffer, at)
        if match is None:
            more = read(READ_BYTES)
            if not more:
                return
            buffer, at, start = buffer[start:] + more, 0, 0
            row = []
            continue
        value = match[1]
        row.append(None if value is None else value.replace(b'""', b'"').decode())
        at = match.end()
        if match[2] == b"\n":
            yield row, at - start
            start, row = at, []


def _text_rows(read: Any, columns: int) -> Iterator[tuple[list[str | None], int]]:
    buffer = b""
    while more := read(READ_BYTES):
        lines = (buffer + more).split(b"\n")
        buffer = lines.pop()
        for line in lines:
            cells: list[str | None] = list(line.decode().split("\t", max(columns - 1, 0)))
            yield cells, len(line) + 1
