"""Structures of which exactly one member is to be given: the model does not mark them."""

from typing import Any

from local_aws.documents import Document
from local_aws.quicksight.errors import invalid


def the_one(union: Document, path: str) -> tuple[str, Any]:
    """Return the name and the value of the member that is given.

    Raises
    ------
    QuickSightError
        InvalidParameterValueException where it is none, or more than one.
    """
    given = [(name, value) for name, value in union.items() if value is not None]
    if len(given) != 1:
        told = ", ".join(name for name, _ in given) or "none"
        raise invalid(f"Exactly one member must be given at {path}, found: {told}")
    return given[0]
