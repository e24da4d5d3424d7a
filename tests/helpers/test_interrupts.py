"""Interrupts as a flag: none is lost, whatever runs when it comes."""

import gc
import os
import signal
import subprocess
import sys
import threading

import pytest

from helpers.interrupts import Pressed, held

# Presses from outside, at any instruction of the thread that waits.
PRESSING = """
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
while os.getppid() == int(sys.argv[1]):
    os.kill(os.getppid(), signal.SIGINT)
    time.sleep(0.00003)
"""


def _press() -> None:
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def test_a_press_ends_the_wait() -> None:
    with held() as pressed:
        assert not pressed.wait(0.01)
        timer = threading.Timer(0.2, _press)
        timer.start()
        assert pressed.wait(60)
        assert pressed.wait(60)
        timer.join()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_a_press_in_a_callback_of_the_garbage_collector_is_kept() -> None:
    def callback(phase: str, _: object) -> None:
        if phase == "stop":
            _press()

    gc.callbacks.append(callback)
    try:
        with held() as pressed:
            gc.collect()
            assert pressed.is_set()
    finally:
        gc.callbacks.remove(callback)


def test_a_second_press_is_raised_where_a_call_may_hang() -> None:
    with pytest.raises(KeyboardInterrupt), held(second_raises=True) as pressed:
        _press()
        assert pressed.wait(60)
        _press()
        threading.Event().wait(60)


def test_outside_the_main_thread_nothing_is_held() -> None:
    seen: list[Pressed] = []

    def run() -> None:
        with held() as pressed:
            seen.append(pressed)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert not seen[0].is_set()


def test_a_press_at_any_moment_of_the_wait_neither_hangs_nor_is_lost() -> None:
    with held():
        presser = subprocess.Popen([sys.executable, "-c", PRESSING, str(os.getpid())])
        try:
            for _ in range(2_000):
                with held() as pressed:
                    while not pressed.wait(0.001):
                        pass
        finally:
            presser.kill()
            presser.wait()
