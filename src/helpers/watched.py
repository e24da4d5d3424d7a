"""What a note watched, kept in its run's folder for whoever looks at the alerts afterwards."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from helpers.bursts import Rule
from helpers.errors import InputError
from helpers.files import written_whole
from helpers.paths import local
from helpers.words import count

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


def others(counts: Mapping[str, int], alerts: int, sent: int | None = None) -> list[str]:
    """Say what in the two streams is not of a note's own run: notes that watch at once share them.

    Parameters
    ----------
    counts : mapping of str to int
        What the note's job counted, from `flink_notes.counters`, once nothing is under way.
    alerts : int
        As many are in stream 2 since the note's start.
    sent : int, optional
        As many records the note's own replay sent; without it, the stream is somebody else's.

    Returns
    -------
    list of str
        A sentence a stream; none where the note is alone.

    Examples
    --------
    >>> others({"read": 9, "not decoded": 1, "written": 3}, alerts=3, sent=10)
    []
    """
    said = []
    taken = counts["read"] + counts["not decoded"]
    if sent is not None and taken > sent:
        said.append(
            f"Stream 1 holds {count(taken - sent, 'record')} more than this replay sent: somebody "
            "else sends at the same time, and a user's actions are counted together."
        )
    if alerts > counts["written"]:
        said.append(
            f"Stream 2 holds {count(alerts - counts['written'], 'alert')} more than this note's "
            "job wrote: another note watches at the same time, by its own rule, or the job was "
            "begun anew and wrote some twice."
        )
    return said
