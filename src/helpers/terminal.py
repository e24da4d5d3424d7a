"""What a notebook shows while it runs, as one line of the terminal.

JupyterLab shows bytes, rows and the state of a query in a line that changes; papermill counts
cells, of which one may take minutes. Here that line is taken from the kernel's messages.
"""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

ENGINE: Final = "with-the-kernels-line"
_CLEAR: Final = "\r\x1b[K"
_name = ""


@contextmanager
def shown(name: str) -> Iterator[None]:
    """Show a notebook's line while the block runs, and its seconds at the end.

    Parameters
    ----------
    name : str
        What stands before the line.
    """
    global _name  # noqa: PLW0603 - papermill gives an engine no way to hand a value on
    _name = name
    began = time.monotonic()
    line("")
    ended = "failed after"
    try:
        yield
        ended = "done in"
    finally:
        sys.stderr.write(f"{_clear()}{name}: {ended} {time.monotonic() - began:.0f} s\n")
        sys.stderr.flush()


def line(text: str) -> None:
    """Put a text in place of the last one; without a terminal, nothing is shown.

    Parameters
    ----------
    text : str
        As the notebook shows it.
    """
    if not sys.stderr.isatty():
        return
    width = shutil.get_terminal_size().columns - 1
    sys.stderr.write(f"{_clear()}{f'{_name}  {text}'[:width]}")
    sys.stderr.flush()


def _clear() -> str:
    return _CLEAR if sys.stderr.isatty() else ""


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """Show the text of a line that changes, then do as papermill."""
        if msg["msg_type"] == "update_display_data":
            line(str(msg["content"].get("data", {}).get("text/plain", "")))
        return super().process_message(msg, cell, cell_index)


class _Engine(NBClientEngine):  # type: ignore[misc]
    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, start_timeout: int = 60, **options: Any
    ) -> Any:
        """Do as papermill's own engine, with a client that shows the line."""
        known = {name: value for name, value in options.items() if name in _Client.class_traits()}
        return _Client(
            nb_man, kernel_name=kernel_name, startup_timeout=start_timeout, **known
        ).execute()


papermill_engines.register(ENGINE, _Engine)
