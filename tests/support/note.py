"""The note's application, run as a test wants it: the cells of the notebook are the only copy."""

from typing import Any

from flink_notes.note import run
from helpers.bursts import NOTE


def submit(environment: Any, **values: object) -> Any:
    """Run the note's application; the result is its job's."""
    return run(environment, NOTE, values)
