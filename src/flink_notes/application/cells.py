"""A note's cells, with their numbers."""

from dataclasses import dataclass
from pathlib import Path

from flink_notes import notebook
from helpers.errors import InputError


class PromotionError(InputError):
    """What of a note cannot be part of an application.

    Parameters
    ----------
    cell : Cell
        Where it stands.
    said : str
        Why not, and what to do.
    """

    def __init__(self, cell: "Cell", said: str) -> None:
        super().__init__(f"Cell {cell.number} ({cell.title}): {said}")


@dataclass(frozen=True)
class Cell:
    """One code cell of a note.

    Attributes
    ----------
    number : int
        Counted from 1 over all cells, the words included.
    source : str
    words : str
        The Markdown between the code cell before it and this one.
    parameters : bool
        Whether it is the parameters cell.
    """

    number: int
    source: str
    words: str = ""
    parameters: bool = False

    @property
    def title(self) -> str:
        """Its first line, cut to 50 characters."""
        first = self.source.strip().partition("\n")[0]
        return first if len(first) <= 50 else f"{first[:49]}…"


def read(path: Path) -> list[Cell]:
    """List the code cells of a note.

    Parameters
    ----------
    path : pathlib.Path
        An ``.ipynb`` file; its outputs are not looked at.

    Returns
    -------
    list of Cell
        In their order, without empty ones.

    Raises
    ------
    InputError
        Where the file is missing or no notebook.
    """
    found: list[Cell] = []
    words: list[str] = []
    for number, cell in enumerate(notebook.cells(path), start=1):
        if cell.cell_type == "markdown":
            words.append(cell.source.strip())
        elif cell.cell_type == "code" and cell.source.strip():
            tags = cell.metadata.get("tags", ())
            found.append(Cell(number, cell.source, "\n\n".join(words), "parameters" in tags))
            words = []
    return found
