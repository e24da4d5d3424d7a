"""Pages of a list: a NextToken says how much of it a client has."""

from binascii import Error, a2b_base64, b2a_base64
from typing import Any, TypeVar

from local_aws.cloudwatch.errors import invalid_token

Item = TypeVar("Item")


def page(items: list[Item], token: str | None, size: int) -> tuple[list[Item], dict[str, Any]]:
    """Cut one page out of a list.

    Parameters
    ----------
    items : list
        All of them.
    token : str or None
        The NextToken of the page before, None for the first page.
    size : int
        How many items a page has.

    Returns
    -------
    tuple
        The items, and the NextToken for the answer, if there is more.

    Raises
    ------
    CloudWatchError
        InvalidNextToken for a token that was not given here.
    """
    first = 0 if token is None else _first(token)
    last = first + size
    more = {"NextToken": b2a_base64(str(last).encode(), newline=False).decode()}
    return items[first:last], more if last < len(items) else {}


def _first(token: str) -> int:
    try:
        return int(a2b_base64(token, strict_mode=True))
    except (Error, ValueError):
        raise invalid_token(token) from None
