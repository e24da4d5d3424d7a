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
_texts: dict[str, dict[str, str]] = {}  # of each notebook, by the line of its own
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
    with _lock:
        _texts[name] = {}
        _draw()
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


def line(text: str, place: str = "") -> None:
    """Put a text in place of the last one; without a terminal, nothing is shown.

    Parameters
    ----------
    text : str
        As the notebook shows it; which one it is of, `shown` knows.
    place : str
        Which line of the notebook it is: those that change at once stand beside each other.
    """
    with _lock:
        texts = _texts[_name.get()]
        texts[place] = text
        if not text:
            del texts[place]
        _draw()


def _draw() -> None:
    if _texts and sys.stderr.isatty():
        room = (shutil.get_terminal_size().columns + 2) // len(_texts) - 3
        parts = (_beside(name, list(texts.values()), room) for name, texts in _texts.items())
        sys.stderr.write(_CLEAR + " | ".join(parts))
    sys.stderr.flush()


def _beside(name: str, texts: list[str], room: int) -> str:
    """Write a notebook's lines behind its name, each with as much room as the others."""
    share = (room - len(name)) // max(len(texts), 1) - 2
    return "  ".join([name, *(text[: max(share, 0)] for text in texts)])[:room]
