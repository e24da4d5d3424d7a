"""Progress bars: on standard error, or in a notebook a line that leaves nothing behind."""

import sys
from typing import Any

from tqdm import tqdm


def in_notebook() -> bool:
    """Say whether a notebook's kernel runs this."""
    return "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None


class Line:
    """A line in a cell's output that changes, and leaves nothing behind in stored outputs.

    Outside a notebook it shows nothing. It takes what a file takes, for bars.
    """

    def __init__(self) -> None:
        self._place = None
        if in_notebook():
            from IPython.display import display  # noqa: PLC0415 - half a second outside a notebook

            self._place = display({"text/plain": ""}, raw=True, display_id=True)

    def write(self, text: str) -> None:
        """Show a text in place of the one before; an empty one is the end."""
        if self._place is not None:
            self._place.update({"text/plain": text.strip("\r\n").rstrip()}, raw=True)

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
    line = Line() if in_notebook() else None
    file: Any = line or sys.stderr
    return tqdm(
        total=total,
        desc=description,
        unit="B",
        unit_scale=True,
        mininterval=0.5,
        file=file,
        leave=line is None,
        ncols=100 if line else None,
    )
