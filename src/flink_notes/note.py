"""A note as the application that it is: its paragraphs, without what only an analyst needs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from flink_notes.paragraph import SSQL, Paragraph, read
from flink_notes.statements import statements
from flink_notes.substitution import substitute


def paragraphs(path: Path) -> list[Paragraph]:
    """List the paragraphs of a note.

    Parameters
    ----------
    path : pathlib.Path
        An ``.ipynb`` file.

    Returns
    -------
    list of Paragraph
        In their order; words, plain Python and line magics are left out.

    Raises
    ------
    InputError
        Where a cell's first line names an unknown interpreter or property.
    """
    cells = nbformat.read(path, as_version=4).cells
    found = (read(cell.source) for cell in cells if cell.cell_type == "code")
    return [paragraph for paragraph in found if paragraph is not None]


def application_sql(path: Path, values: Mapping[str, Any]) -> list[str]:
    """List the SQL statements that make a note's application.

    Parameters
    ----------
    path : pathlib.Path
        An ``.ipynb`` file.
    values : mapping of str to object
        What stands for each ``${name}``.

    Returns
    -------
    list of str
        In their order, without the paragraphs that only show something (those with
        properties, such as ``type=update``); the last one starts the job.

    Raises
    ------
    InputError
        Where a value is missing or may not stand in its place.
    """
    return [
        statement.text
        for paragraph in paragraphs(path)
        if paragraph.interpreter == SSQL and not paragraph.properties
        for statement in statements(substitute(paragraph.text, values))
    ]
