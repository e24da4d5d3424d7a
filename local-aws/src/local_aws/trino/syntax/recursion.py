"""How deep a statement may nest."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from local_aws.trino.errors import TrinoError

_DEPTH = 10_000
_P = ParamSpec("_P")
_R = TypeVar("_R")


def deep(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let a function recurse over deep statements, and fail as Trino does on deeper ones."""

    @wraps(function)
    def run(*args: _P.args, **named: _P.kwargs) -> _R:
        if sys.getrecursionlimit() < _DEPTH:
            sys.setrecursionlimit(_DEPTH)  # Python calls take no C stack since 3.11
        try:
            return function(*args, **named)
        except RecursionError:
            message = "statement is too large (stack overflow)"
            raise TrinoError("STACK_OVERFLOW", message) from None

    return run
