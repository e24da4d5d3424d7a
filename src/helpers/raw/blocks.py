"""A CSV stream as blocks of whole lines."""

from typing import IO, Final

from helpers.errors import InputError
from helpers.events import FIELDS

_HEADER: Final = ",".join(FIELDS).encode()
_BOM: Final = b"\xef\xbb\xbf"
_LONGEST_LINE: Final = 64 << 20


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

    def __init__(self, stream: IO[bytes], name: str, size: int = 8 << 20) -> None:
        self._stream = stream
        self._name = name
        self._size = size
        self._ready = b""
        self._rest = b""
        self.at_end = False

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
            found = header[:200].decode(errors="backslashreplace")
            raise InputError(
                f"{self._name} begins with {found!r} and not with the header "
                f"{_HEADER.decode()!r}: is it the right file?"
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
        while not self.at_end:
            fresh = self._stream.read(self._size)
            self.at_end = not fresh
            cut = fresh.rfind(b"\n") + 1
            if cut:
                block = b"".join((self._rest, memoryview(fresh)[:cut]))
                self._rest = fresh[cut:]
                return block
            self._rest += fresh
            if len(self._rest) > _LONGEST_LINE:
                raise InputError(f"{self._name} has a line of more than 64 MiB: it is not a CSV")
        block, self._rest = self._rest, b""
        return block

    def hand_back(self, rest: bytes) -> None:
        """Take back the end of the last block, to be read again with what follows it."""
        self._rest = rest + self._rest
