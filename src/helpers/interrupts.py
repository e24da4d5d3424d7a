"""Ctrl-C, or a kernel's interrupt button, as a flag."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue


class Pressed:
    """Whether an interrupt came.

    A `threading.Event` would not do: its lock may be held by the thread in which the signal's
    handler runs, which then waits for itself for ever. `queue.SimpleQueue` may be put into by a
    handler (https://docs.python.org/3.11/library/queue.html#queue.SimpleQueue.put).
    """

    def __init__(self) -> None:
        self._presses: SimpleQueue[None] = SimpleQueue()

    def set(self) -> None:
        """Note that one came."""
        self._presses.put(None)

    def is_set(self) -> bool:
        """Say whether one came."""
        return not self._presses.empty()

    def wait(self, seconds: float) -> bool:
        """Wait until one comes, but not for longer than some seconds; say whether one came."""
        with suppress(Empty):
            self._presses.get(timeout=seconds)
            self._presses.put(None)
        return self.is_set()


@contextmanager
def held(*, second_raises: bool = False) -> Iterator[Pressed]:
    """Turn interrupts into a flag while the block runs.

    A `KeyboardInterrupt` is raised wherever Python happens to be. In the middle of a call it
    loses the answer, such as the job that was just submitted; in a callback of the garbage
    collector Python drops it, and nobody hears of the interrupt.

    Parameters
    ----------
    second_raises : bool
        Whether a second interrupt is raised: where a call in the block may hang.

    Yields
    ------
    Pressed
        Set once an interrupt came. Never, outside the main thread.
    """
    pressed = Pressed()
    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return

    def press(*_: object) -> None:
        if second_raises and pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()

    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)
