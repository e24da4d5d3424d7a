"""A CSV stream as blocks of whole lines."""

import io
from typing import IO, Final

from helpers.errors import InputError
from helpers.events import FIELDS

_HEADER: Final = ",".join(FIELDS).encode()
_BOM: Final = b"\xef\xbb\xbf"
_LONGEST_LINE: Final = 64 << 20
_KEPT: Final = 31 << 20
_OTHER_KINDS: Final = {
    b"PK\3\4": "a .zip",
    b"\x1f\x8b": "a .gz",
    b"7z\xbc\xaf": "a .7z",
    b"BZh": "a .bz2",
    b"\x28\xb5\x2f\xfd": "a .zst",
    b"\xfd7zXZ": "an .xz",
    b"PAR1": "a Parquet file",
}
"""How files of other kinds begin."""


class LineBlocks:
    """Reads blocks of whole lines; what a reader hands back comes again with the next block.

    Parameters
    ----------
    stream : binary stream
        The CSV, its header included.
    name : str
        The file, for messages.
    size : int
        Bytes a block, about.
    """

    def __init__(self, stream: IO[bytes], name: str, size: int = 4 << 20) -> None:
        self._stream = stream
        self._name = name
        self._size = size
        self._ready = b""
        self._rest = b""
        self.at_end = False
        # once it has let go of a piece as large (below 32 MiB, mallopt(3)), glibc keeps what is
        # freed of such sizes; else every block's pages come anew from the kernel, zeroed
        bytes(_KEPT)

    def skip_header(self) -> bytes:
        """Check the first line and leave it behind.

        Returns
        -------
        bytes
            The header, without its line end.

        Raises
        ------
        InputError
            If the file is empty or its first line is not the header.
        """
        block = self.next()
        header, _, self._ready = block.partition(b"\n")
        header = header.removeprefix(_BOM).removesuffix(b"\r")
        if not block:
            raise InputError(f"{self._name} is empty: fetch it again")
        if header.replace(b'"', b"") != _HEADER:
            found = header[:120].decode(errors="backslashreplace")
            raise InputError(
                f"{self._name} begins with {found!r} and not with the header "
                f"{_HEADER.decode()!r}: {_what_is_wrong(header)}"
            )
        return _HEADER

    def next(self) -> bytes:
        """Read the next block.

        Returns
        -------
        bytes
            Whole lines, each but the file's last one with its line feed; empty at the end.
        """
        if self._ready:
            block, self._ready = self._ready, b""
            return block
        whole = self._whole_lines()
        self.at_end = not whole
        if self._rest:
            whole, self._rest = self._rest + whole, b""
        return whole

    def _whole_lines(self) -> bytes:
        """Read a block and the end of its last line, which is put behind it without a copy."""
        lines = io.BytesIO(self._stream.read(self._size))
        if lines.seek(0, io.SEEK_END):
            end = self._stream.readline(_LONGEST_LINE)
            if len(end) == _LONGEST_LINE:
                raise InputError(f"{self._name} has a line of more than 64 MiB: it is not a CSV")
            lines.write(end)
        return lines.getvalue()

    def hand_back(self, rest: bytes) -> None:
        """Take back the end of the last block, to be read again with what follows it."""
        self._rest = rest + self._rest


def _what_is_wrong(header: bytes) -> str:
    plain = header.replace(b'"', b"")
    kind = next((kind for magic, kind in _OTHER_KINDS.items() if header.startswith(magic)), "")
    parted = next((by for by in (b";", b"\t", b"|") if plain.replace(by, b",") == _HEADER), b"")
    reasons = (
        (kind, f"it is {kind}, whatever its name says: name it so, or unpack it"),
        (
            b"\0" in header and _HEADER[:10] in header.replace(b"\0", b""),
            "it is UTF-16 or UTF-32, save it as UTF-8",
        ),
        (not header.strip(), "its first line is empty, take it out"),
        (
            b"\r" in header,
            "its lines end with carriage returns alone, save it with line feeds",
        ),
        (parted, f"its columns are parted by {parted.decode()!r}, part them by commas"),
        (plain.lower() == _HEADER, "write its names in small letters"),
    )
    return next((words for so, words in reasons if so), "") or _wrong_names(plain)


def _wrong_names(header: bytes) -> str:
    names = [name.strip() for name in header.decode(errors="replace").split(",")]
    missing = [name for name in FIELDS if name not in names]
    if len(missing) == len(FIELDS):
        return "is it the right file?"
    if missing:
        return f"it lacks {', '.join(missing)}"
    more = [name or "a column without a name" for name in names if name not in FIELDS]
    told = f"it has {', '.join(more)} too, leave that out" if more else ""
    return told or "its columns stand in another order, or with blanks"
