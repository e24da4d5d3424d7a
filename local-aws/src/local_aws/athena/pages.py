"""Pages of a list, with a token that says where the next one starts."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar

from local_aws.athena.errors import InvalidRequestError

T = TypeVar("T")


def encode(position: int) -> str:
    """Return the token of a position."""
    return base64.urlsafe_b64encode(f"at:{position}".encode()).decode()


def decode(token: str | None) -> int:
    """Return the position that a token stands for, 0 without one.

    Raises
    ------
    InvalidRequestError
        When the token is none of ours.
    """
    if token is None:
        return 0
    try:
        kind, _, position = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
        if kind == "at":
            return int(position)
    except (ValueError, binascii.Error):
        pass
    raise InvalidRequestError("Invalid NextToken")


def page(items: Sequence[T], payload: dict[str, Any], size: int) -> tuple[list[T], dict[str, str]]:
    """Return the page that a call asks for, and the ``NextToken`` member when more follows.

    Parameters
    ----------
    items : sequence
        The whole list.
    payload : dict
        The call: ``MaxResults`` and ``NextToken`` are looked at.
    size : int
        Items of a page when the call does not say.
    """
    start = decode(payload.get("NextToken"))
    end = start + payload.get("MaxResults", size)
    return list(items[start:end]), ({"NextToken": encode(end)} if end < len(items) else {})
