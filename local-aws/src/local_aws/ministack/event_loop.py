"""The server's event loop, on which alone ministack's queues may be changed.

It takes a queue's list of messages, keeps what is left and puts the list back: what another thread
appends meanwhile would be lost.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Result = TypeVar("Result")

PATIENCE_S = 30


class _Running:
    loop: asyncio.AbstractEventLoop | None = None


def start() -> None:
    """Take the running event loop for the server's."""
    _Running.loop = asyncio.get_running_loop()


def call(do: Callable[[], Result]) -> Result:
    """Call a function on the event loop, from any thread, for the present request's account.

    Parameters
    ----------
    do : callable
        Returns soon.

    Returns
    -------
    object
        What it returns.

    Raises
    ------
    TimeoutError
        When the loop has no time for it, as when the server stops.
    """
    loop = _Running.loop
    if loop is None or _is_here(loop):
        return do()
    done: Future[Result] = Future()

    def step() -> None:
        try:
            done.set_result(do())
        except BaseException as error:  # noqa: BLE001, it is raised where it was called
            done.set_exception(error)

    loop.call_soon_threadsafe(step, context=contextvars.copy_context())
    return done.result(PATIENCE_S)


def _is_here(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False
