"""Environment variables that change how a service behaves."""

from typing import NamedTuple


class Variable(NamedTuple):
    """An environment variable: its name, its default, and what it does."""

    name: str
    default: float
    what: str
