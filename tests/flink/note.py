"""The note's SQL, run as a test wants it: the cells of the notebook are the only copy."""

from typing import Any

import nbformat

from helpers.flink.paragraph import SSQL, read
from helpers.flink.sql import statements, substitute
from helpers.paths import PROJECT

NOTE = PROJECT / "flink_notebooks" / "01_bot_detection.ipynb"


def submit(environment: Any, **values: object) -> Any:
    """Run every SQL statement of the note with these values; the result of the last, its job."""
    result = None
    for cell in nbformat.read(NOTE, as_version=4).cells:
        paragraph = read(cell.source) if cell.cell_type == "code" else None
        if paragraph and paragraph.interpreter == SSQL and not paragraph.properties:
            for statement in statements(substitute(paragraph.text, values)):
                result = environment.execute_sql(statement.text)
    return result
