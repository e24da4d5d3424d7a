"""Saving of ministack's small stores while the server runs.

ministack saves its state when it stops. Buckets are also saved before a call on them is answered,
and functions with their roles after one; they and the Glue catalog soon after a call or a stack may
have changed them, so that a killed server still knows them. Objects and the services of our own are
on disk as soon as a call returns; what other services hold (DynamoDB, SQS …) is lost by a kill.
"""

import asyncio
import logging

from local_aws.ministack.foreign import app, persistence

log = logging.getLogger("local_aws")

DELAY_S = 0.5


class _Saver:
    """The one pending save of this process."""

    loop: asyncio.AbstractEventLoop | None = None
    pending: asyncio.TimerHandle | None = None


def start() -> None:
    """Let changes be saved by the running event loop."""
    _Saver.loop = asyncio.get_running_loop()


def soon() -> None:
    """Say that buckets or the catalog changed; from any thread."""
    if _Saver.loop is not None:
        _Saver.loop.call_soon_threadsafe(_schedule, _Saver.loop)


def _schedule(loop: asyncio.AbstractEventLoop) -> None:
    if _Saver.pending is None:
        _Saver.pending = loop.call_later(DELAY_S, _save)


def _save() -> None:
    _Saver.pending = None
    save_now("s3", "glue", "lambda", "iam")


def save_now(*services: str) -> None:
    """Save what some of ministack's services hold, if they hold anything."""
    states = app._build_persistence_save_dict()
    persistence.save_all({name: states[name] for name in services if name in states})


def save_all() -> None:
    """Save every service of ministack now."""
    persistence.save_all(app._build_persistence_save_dict())
