"""What a function in Python is to DuckDB."""

from collections.abc import Callable, Sequence
from typing import Any

# the function, its name behind ``py_``, DuckDB's types of its parameters and of its result
Registered = tuple[Callable[..., Any], str, Sequence[str], str]
