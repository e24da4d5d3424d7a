"""What a replay is told, and what it tells afterwards."""

from dataclasses import dataclass, field
from datetime import datetime

from helpers import checks
from helpers.bursts import Rule, of_note
from helpers.errors import InputError
from helpers.events import NOW, UNMOVED
from helpers.kinesis import streams
from store_simulator.simulate.pace import Pace
from store_simulator.simulate.records import check_key


@dataclass(frozen=True)
class Replay:
    """What to send, where and how.

    Attributes
    ----------
    source : str
        A CSV or Parquet file, or a folder of them: a path or ``s3://…``.
    stream : str
        The stream; the platform's two streams are made where missing.
    pace : Pace
        By event time, at a rate, or as fast as it goes.
    replay_at : str
        When the source's first event happens: ``now``, ``unmoved``, or a time
        in UTC such as ``2026-11-22T10:00:00``. All events move by the same
        offset, cut to whole windows of the rule, so that it changes no verdict.
    partition_key : str
        The field that decides the shard.
    bots : int
        Users to mix in whose actions are a burst.
    rule : Rule
        What a burst is; the note's own unless said otherwise.
    truth : str
        CSV that gets the bots' bursts.
    dead_letters : str
        JSON lines of what cannot be sent.
    start_at : int
        Rows of the source to pass over.
    close_after_s : int
        So many seconds of event time after the last event an action of nobody follows in each
        shard, so that event time passes all that was sent; 0 sends none.
    in_flight : int
        Requests under way at once.
    strict_order : bool
        Put no key into a request twice, so that its order holds whatever is refused; more
        requests where the same few users act.
    verbose : bool
        Print HTTP status and category_id of each record.
    progress : bool
        Show a progress bar.
    """

    source: str
    stream: str = streams.RAW
    pace: Pace = field(default_factory=lambda: Pace(speed=1.0))
    replay_at: str = NOW
    partition_key: str = "user_id"
    bots: int = 0
    rule: Rule = field(default_factory=of_note)
    truth: str = "runs/simulate/bots.csv"
    dead_letters: str = "runs/simulate/dead_letters.jsonl"
    start_at: int = 0
    close_after_s: int = 0
    in_flight: int = 4
    strict_order: bool = False
    verbose: bool = False
    progress: bool = True

    def __post_init__(self) -> None:
        check_key(self.partition_key)
        for name, least in (
            ("bots", 0),
            ("start_at", 0),
            ("close_after_s", 0),
            ("in_flight", 1),
        ):
            if getattr(self, name) < least:
                raise InputError(f"{name} is {getattr(self, name)}: it must be {least} or more.")
        if self.replay_at not in {NOW, UNMOVED}:
            parsed(self.replay_at)


@dataclass(frozen=True)
class Report:
    """What became of the events.

    Attributes
    ----------
    read : int
        Events from the source and of the bots, and the actions that close.
    sent : int
        Records in the stream.
    dead_lettered : int
        Records in the dead-letter file.
    retried : int
        Records that had to be sent again, each time counted.
    overtaken : int
        Records that a stream refused while it took a later one of their key.
    seconds : float
        How long it took.
    offset_s : int
        Seconds from an event's own time to its ``txn_timestamp``.
    stopped_at : int or None
        Where to go on (`Replay.start_at`) after a Ctrl-C; None at the end.
    first_at : str
        The time of the source's first event as it was sent (`Replay.replay_at`).
    closed_at : datetime or None
        The time of the actions that close, as they were sent.
    """

    read: int
    sent: int
    dead_lettered: int
    retried: int
    overtaken: int
    seconds: float
    offset_s: int
    stopped_at: int | None
    first_at: str
    closed_at: datetime | None = None


def parsed(time: str) -> datetime:
    """Read a time such as ``2026-11-22T10:00:00`` as UTC.

    Raises
    ------
    InputError
        Where it is none.
    """
    return checks.moment("replay_at", time)
