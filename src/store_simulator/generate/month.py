"""A whole made-up period: day by day, in order of time, in flat memory."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import IO, Final, cast

import numpy as np
import numpy.typing as npt
import polars as pl
from tqdm.auto import tqdm

from helpers.bursts import Rule, of_note
from helpers.errors import InputError
from helpers.files import written_whole
from store_simulator.bots import Burst, write_truth
from store_simulator.generate import calibration
from store_simulator.generate.basket import AbandonedCarts
from store_simulator.generate.bots import of_day, plan_bursts
from store_simulator.generate.catalogue import Catalogue, make_catalogue
from store_simulator.generate.journeys import Events, make_journeys
from store_simulator.generate.text import HEADER, session_ids, write_lines
from store_simulator.generate.visits import plan_visits

_PART_ROWS: Final = 250_000
_DAY: Final = 86_400


@dataclass(frozen=True)
class _Batch:
    """Events with the ids of their sessions."""

    events: Events
    ids: pl.Series


def generate(
    out: Path,
    *,
    first: date,
    last: date,
    rows: int | None = None,
    share: float | None = None,
    seed: int = 1,
    bots: int = 0,
    rule: Rule | None = None,
    truth: Path | None = None,
) -> int:
    """Write made-up events of the days ``first`` to ``last`` in the data set's CSV format.

    The same arguments give the same bytes.

    Parameters
    ----------
    out
        The file to write; a name ending in .gz is compressed. It appears when it is complete.
    first, last
        The days, both included, in UTC.
    rows
        About how many events; or else
    share
        the share of the real shop's visitors, 1 being its full volume.
    seed
        Seed of the visits. The catalogue of products is always the same.
    bots
        How many bots burst in.
    rule
        What their bursts are above; that of the note unless said otherwise.
    truth
        Where to write the bots' bursts (CSV: `store_simulator.bots.TRUTH`).

    Returns
    -------
    int
        The number of events written.

    Raises
    ------
    InputError
        If the days, the volume or the place to write to cannot be.

    Examples
    --------
    >>> generate(Path("day.csv"), first=date(2019, 10, 1), last=date(2019, 10, 1),
    ...          rows=10_000)  # doctest: +SKIP
    10032
    """
    days = calibration.days_between(first, last)
    share = _share(days, rows, share)
    if bots and truth is None:
        raise InputError("bots need a file for their ground truth: name one")
    bursts: list[Burst] = []
    if truth is not None:
        bursts = plan_bursts(days, bots, rule or of_note(), np.random.default_rng([seed, 2]))
        write_truth(truth, bursts)
    shop, carts = make_catalogue(), AbandonedCarts()
    written, late = 0, None
    with _opened(out) as stream, tqdm(days, desc=f"generate {out.name}", unit="day") as bar:
        stream.write(HEADER)
        for day in bar:
            count, late = _write_day(
                stream,
                day,
                share=share,
                seed=seed,
                shop=shop,
                carts=carts,
                bursts=bursts,
                late=late,
            )
            written += count
            bar.set_postfix(rows=f"{written:,}", refresh=False)
    return written


def _share(days: list[date], rows: int | None, share: float | None) -> float:
    if not days:
        raise InputError("the last day lies before the first one: swap them")
    if (rows is None) == (share is None):
        raise InputError("give either a number of rows or a share of the real volume")
    if rows is not None:
        share = rows / sum(calibration.totals_of(day).events for day in days)
    if share is None or not 0 < share <= 10:
        raise InputError(f"a share of the real volume lies in (0, 10], not at {share}")
    return share


def _write_day(
    stream: IO[bytes],
    day: date,
    *,
    share: float,
    seed: int,
    shop: Catalogue,
    carts: AbandonedCarts,
    bursts: list[Burst],
    late: _Batch | None,
) -> tuple[int, _Batch | None]:
    """Write one day; what its sessions do after midnight is given back for the next one."""
    visits = plan_visits(day, share, np.random.default_rng([seed, day.toordinal()]))
    parts = _parts(round(calibration.totals_of(day).events * share))
    written = 0
    for part in range(parts):
        begin, end = part * _DAY // parts, (part + 1) * _DAY // parts
        rng = np.random.default_rng([seed, day.toordinal(), part])
        sessions = slice(*np.searchsorted(visits.start, [begin, end]))
        events = make_journeys(
            visits, sessions, weekday=day.weekday(), shop=shop, carts=carts, rng=rng
        )
        ids = session_ids(sessions.stop - sessions.start, rng)
        batch = _join(_Batch(_duplicate(events, rng), ids), late)
        if part == 0 and any(burst.times[0].date() == day for burst in bursts):
            batch = _join(batch, _Batch(*of_day(bursts, day, rng)))
        now = batch.events.second < end
        ready = _pick(batch, np.flatnonzero(now))
        ready = _pick(ready, np.argsort(ready.events.second, kind="stable"))
        write_lines(stream, day, ready.events, ready.ids, shop)
        written += len(ready.events.second)
        late = _later(_pick(batch, np.flatnonzero(~now)), _DAY if part == parts - 1 else 0)
    carts.end_day()
    return written, late


def _parts(rows: int) -> int:
    """Into how many parts of equal hours a day falls so that each stays small."""
    return next((n for n in (1, 2, 3, 4, 6, 8, 12, 24, 48) if rows / n <= _PART_ROWS), 96)


def _duplicate(events: Events, rng: np.random.Generator) -> Events:
    """Write a few events twice, as the data set does."""
    count = len(events.second)
    twice = np.flatnonzero(rng.random(count) < calibration.DUPLICATE_SHARE)
    order = np.concatenate([np.arange(count), twice])
    return _events_at(events, order)


def _events_at(events: Events, index: npt.NDArray[np.int64]) -> Events:
    return Events(
        events.second[index],
        events.kind[index],
        events.product[index],
        events.user[index],
        events.session[index],
    )


def _pick(batch: _Batch, index: npt.NDArray[np.int64]) -> _Batch:
    return _Batch(_events_at(batch.events, index), batch.ids)


def _join(batch: _Batch, other: _Batch | None) -> _Batch:
    """Put the events of ``other`` before those of ``batch``."""
    if other is None:
        return batch
    a, b = other.events, batch.events
    return _Batch(
        Events(
            np.concatenate([a.second, b.second]),
            np.concatenate([a.kind, b.kind]),
            np.concatenate([a.product, b.product]),
            np.concatenate([a.user, b.user]),
            np.concatenate([a.session, b.session + len(other.ids)]),
        ),
        pl.concat([other.ids, batch.ids]),
    )


def _later(batch: _Batch, shift: int) -> _Batch:
    """Let go of the sessions that are over, and count seconds from ``shift`` on."""
    kept, session = np.unique(batch.events.session, return_inverse=True)
    events = replace(batch.events, session=session, second=batch.events.second - shift)
    return _Batch(events, batch.ids.gather(kept))


@contextmanager
def _opened(out: Path) -> Iterator[IO[bytes]]:
    """Open the file, packing where its name says so."""
    with written_whole(out) as plain:
        if out.suffix == ".gz":
            with gzip.GzipFile("", "wb", compresslevel=6, fileobj=plain, mtime=0) as packed:
                yield cast(IO[bytes], packed)
        else:
            yield plain
