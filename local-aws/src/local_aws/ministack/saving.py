"""Saving of ministack's stores while the server runs.

ministack saves its state when it stops. Here a service is also saved soon after a call has changed
it, so that a killed server still knows what was so half a second ago; buckets are saved before a
call on them is answered, and functions with their roles after one. Who has to be sure waits for
`settled`: an event source does before records count as done. Objects and the services of our own
are on disk as soon as a call returns.
"""

import asyncio
import logging
import time
from concurrent.futures import Future
from functools import partial

from local_aws.ministack.foreign import app, persistence

log = logging.getLogger("local_aws")

DELAY_S = 0.5
# of the time at most: what is held may be much, and while it is written nothing is answered
_SHARE, _SHARE_AWAITED = 0.1, 0.3


class _Saver:
    """What is to be saved, and who waits for it."""

    loop: asyncio.AbstractEventLoop | None = None
    pending: asyncio.TimerHandle | None = None
    changed: set[str] = set()  # noqa: RUF012 - of the process, as the loop is
    waiting: list[Future[None]] = []  # noqa: RUF012
    took_s = 0.0
    ended = 0.0


def start() -> None:
    """Let changes be saved by the running event loop."""
    _Saver.loop = asyncio.get_running_loop()


def soon(*services: str) -> None:
    """Say that services of ministack changed, by the names of their states; from any thread."""
    if _Saver.loop is not None and services:
        _Saver.loop.call_soon_threadsafe(_note, services)


def settled() -> Future[None]:
    """Return what is done when all that was said to have changed until now is on disk."""
    done: Future[None] = Future()
    if _Saver.loop is None:
        done.set_result(None)
    else:
        _Saver.loop.call_soon_threadsafe(_note, (), done)
    return done


def states_of(service: str) -> tuple[str, ...]:
    """Name the states of a service of ministack, none where it has no such service."""
    known = app.SERVICE_REGISTRY.get(service)
    if known is None:
        return ()
    return (known.get("state_key", known["module"]), *known.get("sub_modules", ()))


def _note(services: tuple[str, ...], done: Future[None] | None = None) -> None:
    _Saver.changed.update(services)
    if done is not None:
        if not _Saver.changed:
            done.set_result(None)
            return
        _Saver.waiting.append(done)
    if _Saver.loop is None or (_Saver.pending is not None and done is None):
        return
    if _Saver.pending is not None:
        _Saver.pending.cancel()
    now = time.monotonic()
    share = _SHARE_AWAITED if _Saver.waiting else _SHARE
    rested = _Saver.ended + _Saver.took_s * (1 / share - 1)
    wanted = now if _Saver.waiting else now + DELAY_S
    _Saver.pending = _Saver.loop.call_later(max(rested, wanted) - now, _save)


def _save() -> None:
    _Saver.pending = None
    services, _Saver.changed = _Saver.changed, set()
    waiting, _Saver.waiting = _Saver.waiting, []
    begun = time.monotonic()
    missed = save_now(*services)
    _Saver.ended = time.monotonic()
    _Saver.took_s = _Saver.ended - begun
    if missed:
        _Saver.changed |= missed
        _Saver.waiting = waiting
        _note(())
        return
    for done in waiting:
        done.set_result(None)


def save_now(*services: str) -> set[str]:
    """Save what some of ministack's services hold, if they hold anything.

    Returns
    -------
    set of str
        Those that another thread changed meanwhile, so that they are not saved.
    """
    held = app._build_persistence_save_dict()
    states, missed = {}, set()
    for name in services:
        if name in held:
            try:
                states[name] = held[name]()
            except RuntimeError:  # a dictionary changed its size while it was copied
                missed.add(name)
    persistence.save_all({name: partial(states.get, name) for name in states})
    return missed


def save_all() -> None:
    """Save every service of ministack now."""
    persistence.save_all(app._build_persistence_save_dict())
