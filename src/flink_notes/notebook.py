"""A notebook's file, opened or refused in words."""

from pathlib import Path
from typing import Any

import nbformat

from helpers.errors import InputError


def cells(path: Path) -> list[Any]:
    """Give the cells of a notebook.

    Parameters
    ----------
    path : pathlib.Path
        An ``.ipynb`` file.

    Returns
    -------
    list of nbformat.NotebookNode

    Raises
    ------
    InputError
        Where the file is missing or no notebook.
    """
    if not path.is_file():
        raise InputError(f"There is no note {path}: give the path of an .ipynb file.")
    try:
        return list(nbformat.read(path, as_version=4).cells)
    except (ValueError, nbformat.ValidationError, AttributeError) as error:
        said = str(error).partition("\n")[0]
        raise InputError(f"{path} is no notebook ({said}): give an .ipynb file.") from error
