"""Text files as lines: each of CR, LF and CRLF ends one, at every line, as in Hadoop's reader.

DuckDB settles for one line end in a file and fails at bytes that are not UTF-8. So it reads a file
as it is only where it has neither a CR nor such bytes; of any other, and of compressed ones, it
reads a copy in the query's scratch folder, with LF at every line and U+FFFD for every bad byte.
"""

import codecs
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from uuid import uuid4

from local_aws.engine.context import Context, QueryError
from local_aws.engine.scan import unpack
from local_aws.engine.scan.sql import literal
from local_aws.objects import StoredObject

# DuckDB's reader splits a line at this text, which no data holds: so a line stays whole.
_NO_DELIMITER: Final = "\x1d\x1e\x1f\x1c"
_LONGEST_LINE: Final = 31 * 1024 * 1024
_DUCKDB_LINE: Final = 32 * 1024 * 1024  # longer by a block, which may hold the end of one
# longer than a line; left to itself, DuckDB takes sixteen of them for each thread
_BUFFER: Final = 40 * 1024 * 1024
_KEPT: Final = 4096
_PLAIN: dict[tuple[str, str], bool] = {}


def readable(context: Context, file: StoredObject) -> Path:
    """Return a file with an object's lines that DuckDB can read.

    Raises
    ------
    QueryError
        HIVE_CURSOR_ERROR where the object is damaged, NOT_SUPPORTED for its compression.
    """
    unpack.check_compression(file)
    if not unpack.is_packed(file) and _is_plain(file):
        return file.path
    copy = context.scratch / f"lines_{uuid4().hex}"
    with copy.open("wb") as target:
        for block in _normalized(_bounded(file)):
            context.check_cancelled()
            target.write(block)
    return copy


def lines_sql(paths: Sequence[str], header_lines: int, extra: str = "") -> str:
    """Return a reader of whole lines, one column ``line``; an empty line is NULL."""
    # told to expect CRLF, DuckDB takes a lone LF as well, but loses its place in large files
    return (
        f"read_csv([{', '.join(literal(path) for path in paths)}], "
        f"columns={{'line': 'VARCHAR'}}, delim='{_NO_DELIMITER}', quote='', escape='', "
        f"header=false, auto_detect=false, strict_mode=false, skip={header_lines}, "
        f"new_line='\\n', max_line_size={_DUCKDB_LINE}, buffer_size={_BUFFER}{extra})"
    )


def _is_plain(file: StoredObject) -> bool:
    """Whether a file is UTF-8 without a CR; looked at once."""
    key = (file.uri, file.etag)
    found = _PLAIN.get(key)
    if found is None:
        found = _PLAIN[key] = _check(_bounded(file))
        if len(_PLAIN) > _KEPT:
            _PLAIN.pop(next(iter(_PLAIN)), None)
    return found


def _bounded(file: StoredObject) -> Iterator[bytes]:
    """Yield what is inside a file, whose lines must not be too long for DuckDB."""
    size = 0
    for block in unpack.blocks(file):
        end = max(block.rfind(b"\n"), block.rfind(b"\r"))
        size = size + len(block) if end < 0 else len(block) - end - 1
        if size > _LONGEST_LINE:
            raise QueryError(
                f"HIVE_CURSOR_ERROR: Failed to read file: {file.uri}: a line is longer than "
                f"{_LONGEST_LINE} bytes"
            )
        yield block


def _check(blocks: Iterator[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in blocks:
            if b"\r" in block:
                return False
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _normalized(blocks: Iterator[bytes]) -> Iterator[bytes]:
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder("utf-8")("replace"), translate=True
    )
    for block in blocks:
        yield decoder.decode(block).encode()
    yield decoder.decode(b"", final=True).encode()
