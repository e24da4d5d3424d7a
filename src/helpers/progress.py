"""Progress bars: on standard error, or in a notebook a line that leaves nothing behind."""

import sys
from typing import Any

from tqdm import tqdm


class _NotebookLine:
    """A file whose last written line a notebook shows, so that no bar stays in stored outputs."""

    def __init__(self) -> None:
        from IPython.display import display  # noqa: PLC0415 - half a second outside a notebook

        self._line = display({"text/plain": ""}, raw=True, display_id=True)

    def write(self, text: str) -> None:
        line = text.strip("\r\n")
        if self._line is not None:
            self._line.update({"text/plain": line.rstrip()}, raw=True)

    def flush(self) -> None:
        """Do nothing: each line is shown when it is written."""


def bar(total: int, description: str) -> "tqdm[Any]":
    """Make a bar that counts bytes.

    Parameters
    ----------
    total : int
        Bytes until the end.
    description : str
        What is under way.

    Returns
    -------
    tqdm.tqdm
        A context manager; ``update(n)`` counts.
    """
    in_notebook = "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None
    file: Any = _NotebookLine() if in_notebook else sys.stderr
    return tqdm(
        total=total,
        desc=description,
        unit="B",
        unit_scale=True,
        mininterval=0.5,
        file=file,
        leave=not in_notebook,
        ncols=100 if in_notebook else None,
    )
