"""Which known name a wrong one is nearest to."""

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name is meant.

    Parameters
    ----------
    name : str
        What was written.
    known : iterable of str
        At least one name.

    Returns
    -------
    str
        Words for the end of a message.

    Examples
    --------
    >>> nearest("row", ["rows", "seconds"])
    'the nearest known is `rows`'
    """
    return f"the nearest known is `{difflib.get_close_matches(name, list(known), 1, cutoff=0)[0]}`"
