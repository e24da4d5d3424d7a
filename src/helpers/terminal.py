"""What notebooks show while they run, as one line of the terminal.

JupyterLab shows bytes, rows and the state of a query in a line that changes; papermill counts
cells, of which one may take minutes. Here that line is taken from the kernel's messages; those
of notebooks that run side by side stand beside each other.
"""

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_CLEAR: Final = "\r\x1b[K"
_name: ContextVar[str] = ContextVar("_name")
_texts: dict[str, str] = {}
_lock = threading.Lock()


@contextmanager
def shown(name: str) -> Iterator[None]:
    """Show a notebook's line while the block runs, and its seconds at the end.

    Parameters
    ----------
    name : str
        What stands before the line.
    """
    token = _name.set(name)
    began = time.monotonic()
    line("")
    ended = "failed after"
    try:
        yield
        ended = "done in"
    finally:
        _name.reset(token)
        with _lock:
            del _texts[name]
            clear = _CLEAR if sys.stderr.isatty() else ""
            sys.stderr.write(f"{clear}{name}: {ended} {time.monotonic() - began:.0f} s\n")
            _draw()


def line(text: str) -> None:
    """Put a text in place of the last one; without a terminal, nothing is shown.

    Parameters
    ----------
    text : str
        As the notebook shows it; which one it is of, `shown` knows.
    """
    with _lock:
        _texts[_name.get()] = text
        _draw()


def _draw() -> None:
    if _texts and sys.stderr.isatty():
        room = (shutil.get_terminal_size().columns + 2) // len(_texts) - 3
        parts = (f"{name}  {text}"[:room] for name, text in _texts.items())
        sys.stderr.write(_CLEAR + " | ".join(parts))
    sys.stderr.flush()
