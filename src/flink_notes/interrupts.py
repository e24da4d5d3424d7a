"""The interrupt button as a flag."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held() -> Iterator[threading.Event]:
    """Turn interrupts into a flag while the block runs.

    A `KeyboardInterrupt` in the middle of a call would tear py4j's connection and
    lose the answer, such as the job that was just submitted.

    Yields
    ------
    threading.Event
        Set once an interrupt came. Never, outside the main thread.
    """
    pressed = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return
    before = signal.signal(signal.SIGINT, lambda *_: pressed.set())
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)
