"""What every folder of tests shares: how tests are dealt out to processes, and Flink's fixtures."""

import signal
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

pytest_plugins = ("support.flink",)

settings.register_profile("unhurried", deadline=None)  # a busy machine says nothing of the code
settings.load_profile("unhurried")

ON_FLINK = ("tests/connector/", "tests/flink_notebooks/", "tests/flink_notes/on_flink/")


class OneJvm(LoadFileScheduling):
    """A file's tests stay in one process; so do all that need Flink, whose JVM is slow to start."""

    def _split_scope(self, nodeid: str) -> str:
        return "flink" if nodeid.startswith(ON_FLINK) else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneJvm:
    return OneJvm(config, log)


@pytest.fixture(autouse=True)
def interrupts_are_raised() -> None:
    """Let SIGINT raise, also where a script runs the tests in its background.

    A shell without job control lets such a process ignore it from the start.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
