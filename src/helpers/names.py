"""Which known name a wrong one is nearest to."""

import difflib
from collections.abc import Iterable


def closest(name: str, known: Iterable[str], *, likeness: float = 0.0) -> str | None:
    """Find the known name that is most like what was written.

    Parameters
    ----------
    name : str
        What was written.
    known : iterable of str
        The names that there are.
    likeness : float
        How like it has to be, from 0 (anything) to 1 (the same), as `difflib` measures it.

    Returns
    -------
    str or None
        The nearest; None where nothing is like it.

    Examples
    --------
    >>> closest("Europe/Berln", ["Europe/Berlin", "UTC"], likeness=0.6)
    'Europe/Berlin'
    """
    found = difflib.get_close_matches(name, list(known), 1, likeness)
    return found[0] if found else None


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name is meant.

    Parameters
    ----------
    name, known
        As in `closest`; at least one name is known.

    Returns
    -------
    str
        Words for the end of a message.

    Examples
    --------
    >>> nearest("row", ["rows", "seconds"])
    'the nearest known is `rows`'
    """
    return f"the nearest known is `{closest(name, known)}`"
