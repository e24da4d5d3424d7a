"""The replay itself: reads, mixes bots in, waits for what is due, sends, and adds up."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
from tqdm import tqdm

from helpers.errors import InputError, PlatformError, ServiceError
from helpers.events import NOW, STAMP_FORMAT, UNMOVED
from helpers.interrupts import Pressed
from helpers.kinesis import streams
from helpers.paths import local
from helpers.raw.files import RawFile
from store_simulator.bots import write_truth
from store_simulator.send.client import Client
from store_simulator.send.sender import Sender
from store_simulator.simulate import closing, mixing
from store_simulator.simulate.dead_letters import DeadLetters
from store_simulator.simulate.estimate import estimate
from store_simulator.simulate.records import Lane, lanes
from store_simulator.simulate.replay import Replay, Report, parsed
from store_simulator.simulate.source import Source, find

_TICK_S: Final = 0.025
"""Records that are due within a tick share a request."""
_LONGEST_WAIT_S: Final = 0.5

Say = Callable[[str], None]


@dataclass(frozen=True)
class _Target:
    """Where records go, and how they are stamped."""

    replay: Replay
    client: Client
    dead: DeadLetters
    max_record_bytes: int
    offset_s: int
    first_at: str
    starts: list[int]
    stop: Pressed


def simulate(replay: Replay, say: Say = tqdm.write, stop: Pressed | None = None) -> Report:
    """Replay recorded events into a stream.

    Parameters
    ----------
    replay : Replay
        What, where and how.
    say : callable
        Gets the lines of the estimate, and those of ``verbose``.
    stop : helpers.interrupts.Pressed, optional
        Ends the replay as a Ctrl-C does, when another thread sets it.

    Returns
    -------
    Report
        Sent and dead-lettered records add up to those read. After a Ctrl-C
        it says where to go on.

    Raises
    ------
    InputError
        Where the source or a parameter is not what it must be.
    ServiceError
        Where AWS does not answer or refuses; says where to go on.
    """
    files = find(replay.source)
    client = Client()
    if replay.stream in {streams.RAW, streams.ALERTS}:
        streams.check()
    starts = streams.shard_starts(replay.stream)
    dead = DeadLetters(local(replay.dead_letters))
    source = Source(files, dead, replay.start_at)
    events = source.frames()
    first = next(events, None)
    if first is None:
        raise InputError(f"{replay.source} holds no event from row {replay.start_at} on.")
    begin = first["event_time"][0] if not replay.start_at else _begin(files)
    said = estimate(
        files,
        first,
        pace=replay.pace,
        key=replay.partition_key,
        starts=starts,
        skipped=replay.start_at,
    )
    for line in said.lines(replay.partition_key):
        say(line)
    planned = mixing.plan(replay.bots, begin, replay.rule)
    offset_s = _offset(replay, begin)
    if replay.bots:
        write_truth(local(replay.truth), planned, offset_s)
    target = _Target(
        replay,
        client,
        dead,
        streams.max_record_bytes(replay.stream),
        offset_s,
        f"{begin + timedelta(seconds=offset_s):{STAMP_FORMAT}}",
        starts,
        stop or Pressed(),
    )
    # bots act between two rows: those after the last row that was sent come again
    since = _begin(files, replay.start_at - 1) if replay.start_at and replay.bots else None
    acted = mixing.actions(planned)
    mixed = mixing.mix(chain([first], events), acted, since)
    with tqdm(total=said.records + len(acted), unit=" rec", disable=not replay.progress) as bar:
        return _send(target, source, mixed, bar, say)


def _send(
    target: _Target, source: Source, frames: Iterator[pl.DataFrame], bar: "tqdm[Any]", say: Say
) -> Report:
    replay, dead, stop = target.replay, target.dead, target.stop
    started = time.monotonic()
    sender = Sender(
        target.client,
        replay.stream,
        replay.in_flight,
        stop,
        _printer(say, replay.verbose),
        strict=replay.strict_order,
    )

    def show(lag: float) -> None:
        behind = f"lag {lag:.1f} s, " if replay.pace.scheduled else ""
        bar.set_postfix_str(f"{behind}{sender.retried} retried", refresh=False)
        bar.update(sender.sent - bar.n)

    handed: list[Lane] = []
    of_bots = before = 0
    first_s = None
    latest = float("-inf")
    try:
        with _interruptible(stop):
            for frame in frames:
                times = frame["event_time"].dt.epoch("us").to_numpy() / 1e6
                first_s = times[0] if first_s is None else first_s
                of_bots += int((frame["row"] < 0).sum())
                handed = lanes(
                    frame,
                    replay.pace.due(times, first_s, before),
                    key=replay.partition_key,
                    offset_s=target.offset_s,
                    count=replay.in_flight,
                    starts=target.starts,
                    max_record_bytes=target.max_record_bytes,
                    dead=dead,
                    label="category_id" if replay.verbose else None,
                )
                before += len(frame)
                _send_when_due(handed, sender, stop, started, show)
                latest = max([latest, *(lane.latest for lane in handed)])
                if stop.is_set():
                    break
            sender.close()
    except PlatformError as error:
        with suppress(ServiceError):
            sender.close()
        at = _next_row(source, sender, handed)
        resume = (
            f"go on with --start-at {at} --replay-at {target.first_at} "
            "(at least once: later rows that are sent already are sent again)"
        )
        raise type(error)(f"{error} {sender.sent:,} records are sent: {resume}.") from error
    show(0.0)
    left = len(sender.unsent()) + sum(len(lane.left) for lane in handed)
    read = source.read + of_bots
    if sender.sent + dead.count + left != read:
        raise ServiceError(
            f"{read} events were read, but {sender.sent} are sent, {dead.count} are dead letters "
            f"and {left} are left: records are lost or were sent twice."
        )
    closers, closed_at = _close(target, latest)
    return Report(
        read=read - left + closers,
        sent=sender.sent + closers,
        dead_lettered=dead.count,
        retried=sender.retried,
        overtaken=sender.overtaken,
        seconds=time.monotonic() - started,
        offset_s=target.offset_s,
        stopped_at=_next_row(source, sender, handed) if stop.is_set() else None,
        first_at=target.first_at,
        closed_at=closed_at,
    )


def _close(target: _Target, latest: float) -> tuple[int, datetime | None]:
    """Let event time pass what was sent, if anything was."""
    replay = target.replay
    if not replay.close_after_s or latest == float("-inf"):
        return 0, None
    last = datetime.fromtimestamp(latest, UTC).replace(tzinfo=None)
    count = closing.close(replay.stream, target.starts, last, replay.close_after_s, target.offset_s)
    return count, last + timedelta(seconds=replay.close_after_s + target.offset_s)


def _send_when_due(
    made: list[Lane],
    sender: Sender,
    stop: Pressed,
    started: float,
    show: Callable[[float], None],
) -> None:
    """Hand a frame's records over, each when it is due, until the frame or the replay ends."""
    while not stop.is_set():
        now = time.monotonic() - started
        for number, lane in enumerate(made):
            batch = lane.take(now)
            if batch is not None:
                sender.put(number, batch)
        sender.fail()
        due = min(lane.next_due for lane in made)
        show(max(0.0, now - due))
        if due == float("inf"):
            return
        if due > now:
            stop.wait(min(max(due - now, _TICK_S), _LONGEST_WAIT_S))


def _next_row(source: Source, sender: Sender, made: list[Lane]) -> int:
    """Find the first row of the source that has not been sent."""
    rows: npt.NDArray[np.int64] = np.concatenate(
        [sender.unsent(), *(lane.left for lane in made), [source.next_row]]
    )
    return int(mixing.follows(rows).min())


def _begin(files: list[RawFile], row: int = 0) -> datetime:
    """Find the time of the source's first event, or of that of a row."""
    first = next(Source(files, DeadLetters(Path(os.devnull)), row).frames(), None)
    if first is None:
        raise InputError(f"{files[0].name} holds no event.")
    begin: datetime = first["event_time"][0]
    return begin


def _offset(replay: Replay, begin: datetime) -> int:
    """Compute the one offset of all events, in seconds: whole windows, so that edges stay edges."""
    if replay.replay_at == UNMOVED:
        return 0
    now = replay.replay_at == NOW
    at = datetime.now(UTC).replace(tzinfo=None) if now else parsed(replay.replay_at)
    window = replay.rule.window_s
    return int((at - begin).total_seconds() // window) * window


def _printer(say: Say, verbose: bool) -> Callable[[int, list[str]], None] | None:
    def listener(status: int, labels: list[str]) -> None:
        say("\n".join(f"{status} {label}" for label in labels))

    return listener if verbose else None


@contextmanager
def _interruptible(stop: Pressed) -> Iterator[None]:
    """Let the first Ctrl-C end the replay in order, and the second one at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    usual = signal.getsignal(signal.SIGINT)

    def interrupted(_signal: int, _frame: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, usual)

    signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
