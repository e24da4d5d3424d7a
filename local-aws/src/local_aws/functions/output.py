"""What a function's process prints, as it comes: lines of its output and frames of its logger.

AWS's client writes to its logger's pipe in frames, so that a traceback is one event: type (4
bytes), length (4), microseconds since 1970 (8), text; big-endian.
"""

import os
import selectors
import struct
import threading
import time
from collections.abc import Callable

_FRAME = struct.Struct(">IIQ")
_CHUNK = 1 << 16

LogLine = tuple[int, str]
"""Milliseconds since 1970, and the text."""


class Output:
    """Reads the two pipes of a process until both are closed.

    Parameters
    ----------
    printed, logged : int
        File descriptors: of its output, and of its logger.
    take : callable
        Is given lines in order, from one thread at a time.
    """

    def __init__(self, printed: int, logged: int, take: Callable[[list[LogLine]], None]) -> None:
        self._take = take
        self._lock = threading.Lock()
        self._rest = {printed: b"", logged: b""}
        self._readers = {printed: self._lines, logged: self._frames}
        for pipe in self._rest:
            os.set_blocking(pipe, False)
        threading.Thread(target=self._watch, daemon=True).start()

    def drain(self) -> None:
        """Hand on what was written until now, an unfinished line too."""
        with self._lock:
            for pipe in list(self._readers):
                self._read(pipe)
            for pipe, read in self._readers.items():
                if read == self._lines and self._rest[pipe]:
                    self._take([(_now(), self._rest[pipe].decode(errors="replace"))])
                    self._rest[pipe] = b""

    def _watch(self) -> None:
        with selectors.DefaultSelector() as selector:
            for pipe in list(self._readers):
                selector.register(pipe, selectors.EVENT_READ)
            while self._readers:
                for key, _ in selector.select():
                    with self._lock:
                        if key.fd in self._readers and self._read(key.fd):
                            selector.unregister(key.fd)
                            del self._readers[key.fd]
                            os.close(key.fd)

    def _read(self, pipe: int) -> bool:
        """Read what is there, and say whether the pipe has ended."""
        ended = False
        parts = [self._rest[pipe]]
        while True:
            try:
                part = os.read(pipe, _CHUNK)
            except BlockingIOError:
                break
            if not part:
                ended = True
                break
            parts.append(part)
        lines, self._rest[pipe] = self._readers[pipe](b"".join(parts))
        if lines:
            self._take(lines)
        return ended

    @staticmethod
    def _lines(data: bytes) -> tuple[list[LogLine], bytes]:
        *whole, rest = data.split(b"\n")
        now = _now()
        return [(now, line.decode(errors="replace")) for line in whole], rest

    @staticmethod
    def _frames(data: bytes) -> tuple[list[LogLine], bytes]:
        lines, at = [], 0
        while len(data) >= at + _FRAME.size:
            _, length, microseconds = _FRAME.unpack_from(data, at)
            stop = at + _FRAME.size + length
            if stop > len(data):
                break
            text = data[at + _FRAME.size : stop].decode(errors="replace")
            lines.append((microseconds // 1000, text.rstrip("\n")))
            at = stop
        return lines, data[at:]


def _now() -> int:
    return int(time.time() * 1000)
