"""The bytes inside a text file, whatever it is packed with: its name's end tells, as in Hadoop."""

import bz2
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final

import pyarrow as pa

from local_aws.engine.context import QueryError
from local_aws.objects import StoredObject

BLOCK_BYTES: Final = 1024 * 1024
# an LZ4 frame of one block of at most 4 MiB, whose length and bytes follow; four zeros end it
_LZ4_FRAME: Final = b"\x04\x22\x4d\x18\x60\x70\x73"
_DAMAGED: Final = (OSError, EOFError, zlib.error, pa.ArrowException)


def is_packed(file: StoredObject) -> bool:
    """Return whether a file's name says that it is compressed."""
    return _suffix(file) in _OPENERS or _suffix(file) in _REFUSED


def check_compression(file: StoredObject) -> None:
    """Refuse an object whose compression nothing here reads.

    Raises
    ------
    QueryError
        NOT_SUPPORTED with the compression's name.
    """
    name = _REFUSED.get(_suffix(file))
    if name is not None:
        raise QueryError(f"NOT_SUPPORTED: {name}-compressed text {file.uri} is not supported")


def blocks(file: StoredObject) -> Iterator[bytes]:
    """Yield what is inside a file, block by block.

    Raises
    ------
    QueryError
        HIVE_CURSOR_ERROR with the object's address, where it is damaged or cut off.
    """
    try:
        with file.path.open("rb") as raw:
            yield from _OPENERS.get(_suffix(file), _stream)(raw)
    except _DAMAGED as error:
        why = str(error)
        if isinstance(error, EOFError):
            why = "Unexpected end of input stream"
        elif isinstance(error, OSError) and error.strerror:
            why = error.strerror  # the whole text names a file of this machine
        raise QueryError(f"HIVE_CURSOR_ERROR: Failed to read file: {file.uri}: {why}") from error


def _suffix(file: StoredObject) -> str:
    return Path(file.key).suffix.lower()


def _stream(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(BLOCK_BYTES):
        yield block


def _gzip(raw: IO[bytes]) -> Iterator[bytes]:
    return _stream(gzip.GzipFile(fileobj=raw))  # type: ignore[arg-type]


def _bzip2(raw: IO[bytes]) -> Iterator[bytes]:
    return _stream(bz2.BZ2File(raw))


def _zstd(raw: IO[bytes]) -> Iterator[bytes]:
    return _stream(pa.CompressedInputStream(pa.PythonFile(raw, "r"), "zstd"))


def _deflate(raw: IO[bytes]) -> Iterator[bytes]:
    unpacking = zlib.decompressobj()
    for block in _stream(raw):
        yield unpacking.decompress(block)
    if not unpacking.eof:
        raise EOFError
    yield unpacking.flush()


def _hadoop(decompress: Callable[[bytes], bytes]) -> Callable[[IO[bytes]], Iterator[bytes]]:
    """Read Hadoop's block streams: lengths are four bytes, the highest first.

    A block tells how long it is unpacked, then come pieces that together have this length, each
    behind its own length as packed.
    """

    def read(raw: IO[bytes]) -> Iterator[bytes]:
        while raw.read(1):
            raw.seek(-1, io.SEEK_CUR)
            wanted = int.from_bytes(_exactly(raw, 4), "big")
            while wanted > 0:
                size = int.from_bytes(_exactly(raw, 4), "big")
                piece = decompress(_exactly(raw, size))
                wanted -= len(piece)
                yield piece
            if wanted < 0:
                raise OSError("Corrupt input: a block is longer than it says")

    return read


def _exactly(raw: IO[bytes], size: int) -> bytes:
    data = raw.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _lz4_block(data: bytes) -> bytes:
    frame = _LZ4_FRAME + len(data).to_bytes(4, "little") + data + bytes(4)
    return pa.CompressedInputStream(pa.BufferReader(frame), "lz4").read()  # type: ignore[no-any-return]


def _snappy_block(data: bytes) -> bytes:
    # a snappy text begins with its length unpacked, seven bits a byte, the lowest first
    size = shift = at = 0
    while at < len(data):
        size |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            break
    return pa.decompress(data, size, "snappy", asbytes=True)  # type: ignore[no-any-return]


_OPENERS: Final[dict[str, Callable[[IO[bytes]], Iterator[bytes]]]] = {
    ".gz": _gzip,
    ".bz2": _bzip2,
    ".zst": _zstd,
    ".deflate": _deflate,
    ".lz4": _hadoop(_lz4_block),
    ".snappy": _hadoop(_snappy_block),
}
_REFUSED: Final = {".lzo": "LZO"}
