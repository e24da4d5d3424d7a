"""What a note watched, kept in its run's folder for whoever looks at the alerts afterwards."""

import dataclasses
import json
from dataclasses import dataclass
from datetime import datetime

from helpers.bursts import Rule
from helpers.errors import InputError
from helpers.files import written_whole
from helpers.paths import local

_FILE = "stream/watched.json"  # beside a run's sections, not among them


@dataclass(frozen=True)
class Watched:
    """One run of the note.

    Attributes
    ----------
    start, end : datetime
        What arrived between them is of this run.
    max_actions, window_seconds, duplicates_once, purchase_lines_once
        The note's parameters.
    truth : str
        The file of the bots that were mixed in; empty where none were.
    """

    start: datetime
    end: datetime
    max_actions: int
    window_seconds: int
    duplicates_once: bool
    purchase_lines_once: bool
    truth: str = ""

    @property
    def rule(self) -> Rule:
        """What a burst was."""
        return Rule(self.max_actions, self.window_seconds)


def record(run_dir: str, watched: Watched) -> None:
    """Keep what was watched; that of an earlier run of the note in the same folder goes.

    Raises
    ------
    InputError
        Where the folder cannot be written.
    """
    values = dataclasses.asdict(watched)
    values |= {name: values[name].isoformat() for name in ("start", "end")}
    with written_whole(local(run_dir) / _FILE) as out:
        out.write(json.dumps(values, indent=1).encode())


def latest(run_dir: str) -> Watched:
    """Read what the last run of the note in a folder watched.

    Raises
    ------
    InputError
        Where none ran there.
    """
    path = local(run_dir) / _FILE
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(
            f"No stream was watched in {run_dir}: run flink_notebooks/01_bot_detection.ipynb to "
            "its end, or name its run_dir."
        ) from error
    times = {name: datetime.fromisoformat(values[name]) for name in ("start", "end")}
    return Watched(**(values | times))
