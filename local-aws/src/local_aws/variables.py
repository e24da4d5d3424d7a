"""Environment variables of the local AWS; the README's table has all of them."""

from typing import NamedTuple


class Variable(NamedTuple):
    """An environment variable: its name, its default, and what it does."""

    name: str
    default: float
    what: str
