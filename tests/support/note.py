"""The note's SQL, run as a test wants it: the cells of the notebook are the only copy."""

from typing import Any

from flink_notes.note import application_sql
from helpers.bursts import NOTE


def submit(environment: Any, **values: object) -> Any:
    """Run every statement of the note's application; the result of the last is its job."""
    return [environment.execute_sql(statement) for statement in application_sql(NOTE, values)][-1]
