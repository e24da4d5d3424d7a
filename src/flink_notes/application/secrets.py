"""What must not stand in an application's text: keys, passwords, endpoints."""

import re
from typing import Final

from flink_notes.options import options

_KEY_ID: Final = re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")
_ADDRESS: Final = re.compile(r"\bhttps?://[^\s'\"]+", re.IGNORECASE)
_SECRET: Final = re.compile(r"(secret|password|passwd|credential|access[._-]?key|token)", re.I)
_ENDPOINT: Final = re.compile(r"(^|[._-])endpoint($|[._-])", re.IGNORECASE)


def trouble(text: str) -> str | None:
    """Say which secret or address a text holds.

    Parameters
    ----------
    text : str
        SQL or Python.

    Returns
    -------
    str or None
        Why the text may not be promoted; a secret's value is not told.
    """
    if _KEY_ID.search(text):
        return "an access key stands in it: the application gets its rights from its role"
    if address := _ADDRESS.search(text):
        return f"the address {address[0]} stands in it: the service finds its own; leave it out"
    return None


def option_trouble(sql: str) -> str | None:
    """Say which option of a statement's WITH is a secret or an endpoint.

    Parameters
    ----------
    sql : str
        One statement; a pair of literals with ``=`` between is an option.

    Returns
    -------
    str or None
    """
    for name, *_ in options(sql):
        if _ENDPOINT.search(name):
            return f"the option '{name}' names an endpoint: the service finds its own; leave it out"
        if _SECRET.search(name):
            return f"the option '{name}' holds a secret: the application gets rights from its role"
    return None
