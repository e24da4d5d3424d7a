"""What all of QuickSight's answers share: times, pages, and the members that are shown."""

import base64
import binascii
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar
from uuid import uuid4

from local_aws.documents import Document
from local_aws.protocol import codec
from local_aws.quicksight.errors import invalid_token

T = TypeVar("T")

MOST = 100


def shown(document: Document, members: Iterable[str]) -> Document:
    """Return members of a document as an answer has them; those that it lacks are left out."""
    return {name: _value(name, document[name]) for name in members if name in document}


def _value(name: str, value: Any) -> Any:
    if name.endswith(("Time", "DateTime")) and isinstance(value, int | float):
        return codec.time_of(value)
    return value


def chosen(given: Document, members: Iterable[str]) -> Document:
    """Return some of a call's arguments, those that were given."""
    return {name: given[name] for name in members if name in given}


def page(items: Sequence[T], given: Document, usual: int = MOST) -> tuple[list[T], Document]:
    """Return the page that a call asks for, and ``NextToken`` where more follows.

    Raises
    ------
    QuickSightError
        For a token that this service did not give.
    """
    start = _position(given.get("NextToken"))
    end = start + min(given.get("MaxResults", usual), usual)
    more = {"NextToken": base64.urlsafe_b64encode(f"at:{end}".encode()).decode()}
    return list(items[start:end]), more if end < len(items) else {}


def _position(token: str | None) -> int:
    if token is None:
        return 0
    try:
        kind, _, position = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
        if kind == "at" and position.isdecimal():
            return int(position)
    except (ValueError, binascii.Error):
        pass
    raise invalid_token()


def answered(status: int = 200, **members: Any) -> Document:
    """Make an answer: each has its HTTP status and an id."""
    return {**members, "RequestId": str(uuid4()), "Status": status}
