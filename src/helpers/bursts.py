"""What a burst is: the note's parameters say it, and all that makes or counts bursts follows."""

import ast
import json
from dataclasses import dataclass
from functools import cache

from helpers.errors import InputError
from helpers.paths import PROJECT

NOTE = PROJECT / "flink_notebooks" / "01_bot_detection.ipynb"
LONGEST_WINDOW_S = 999  # Flink has no INTERVAL SECOND of more than three digits


@dataclass(frozen=True)
class Rule:
    """More than ``max_actions`` of a user, the last less than ``window_s`` after the first.

    Attributes
    ----------
    max_actions : int
        As many as a person may make.
    window_s : int
        Seconds; windows that do not slide begin at multiples of it since 1970.

    Raises
    ------
    InputError
        Where one is out of its range.
    """

    max_actions: int
    window_s: int

    def __post_init__(self) -> None:
        for name, value, most in (
            ("max_actions", self.max_actions, 10_000),
            ("window_seconds", self.window_s, LONGEST_WINDOW_S),
        ):
            if not 1 <= value <= most:
                raise InputError(f"{name} is {value}: give a whole number from 1 to {most:,}.")


@cache
def of_note() -> Rule:
    """Read the rule that stands in the note's parameters cell.

    Examples
    --------
    >>> of_note().max_actions > 0
    True
    """
    cells = json.loads(NOTE.read_text(encoding="utf-8"))["cells"]
    source = next(
        "".join(cell["source"])
        for cell in cells
        if "parameters" in cell["metadata"].get("tags", [])
    )
    defaults = {
        node.target.id: ast.literal_eval(node.value)
        for node in ast.parse(source).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value
    }
    return Rule(defaults["max_actions"], defaults["window_seconds"])
