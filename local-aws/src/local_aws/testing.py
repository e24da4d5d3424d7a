"""The pytest plug-in: a local AWS for a session of tests, and the environment that points at it."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import urllib3

from local_aws import clock_control

STOP_S = 5
FAULTS = "/_local_aws/faults"


def environment(endpoint: str) -> dict[str, str]:
    """Say which variables point boto3, awswrangler and all SDKs at a local AWS.

    Parameters
    ----------
    endpoint : str
        The server's address, ``http://127.0.0.1:PORT``.

    Returns
    -------
    dict
        Endpoint, region, and credentials that are none.
    """
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker that says what a test costs."""
    config.addinivalue_line("markers", "server: needs a running local AWS")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that ask for the local AWS, so that `-m "not server"` runs the fast ones."""
    for item in items:
        if "local_aws" in getattr(item, "fixturenames", ()):
            item.add_marker("server")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the setting that has policies enforced in the fixture `local_aws`."""
    parser.addini("local_aws_iam", "whether the local AWS enforces policies", "bool", default=False)


@contextmanager
def running(folder: Path, *options: str) -> Iterator[str]:
    """Run a local AWS in a process of its own, and stop it.

    Parameters
    ----------
    folder : Path
        Its data folder.
    options : str
        More of its command line, such as ``--iam``.

    Yields
    ------
    str
        Its endpoint.
    """
    command = [sys.executable, "-m", "local_aws", "--port", "0", "--data", str(folder), *options]
    env = os.environ | {clock_control.MOVABLE.name: "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as server:
        try:
            line = server.stdout.readline()  # type: ignore[union-attr]
            if not line.startswith("ready http://127.0.0.1:"):
                pytest.fail(f"the local AWS did not start, it said {line!r}")
            yield line.split()[1]
        finally:
            server.terminate()
            try:
                server.wait(STOP_S)
            except subprocess.TimeoutExpired:
                server.kill()
                raise


@pytest.fixture(scope="session")
def local_aws_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the data folder of the session's local AWS; mail that was sent is in its ``outbox``."""
    return tmp_path_factory.mktemp("local_aws")


@pytest.fixture(scope="session")
def local_aws(local_aws_folder: Path, pytestconfig: pytest.Config) -> Iterator[str]:
    """Give the endpoint of a local AWS that runs for the whole session and stops at its end."""
    options = ["--iam"] if pytestconfig.getini("local_aws_iam") else []
    with running(local_aws_folder, "--faults", *options) as endpoint:
        yield endpoint


@pytest.fixture
def aws_env(local_aws: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Point the test's process at the local AWS and at nothing else; gives the endpoint."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name, value in environment(local_aws).items():
        monkeypatch.setenv(name, value)
    return local_aws


@pytest.fixture
def move_clock(local_aws: str) -> Iterator[Callable[[float], float]]:
    """Give a function that moves the local AWS's clock ahead by some seconds and tells the time.

    Metrics are kept and alarms looked at by that clock, as if so much time had gone by: when the
    function returns, every alarm that became due on the way has been looked at. What clients give a
    time of their own (PutMetricData's Timestamp, events of logs) keeps it. At the test's end the
    clock is right again.
    """

    def asked(method: str, query: str = "") -> float:
        answer = urllib3.request(method, f"{local_aws}{clock_control.PATH}{query}", timeout=60)
        return float(answer.data)

    yield lambda seconds: asked("PUT", f"?seconds={seconds}")
    asked("DELETE")


class Faults:
    """Faults of a local AWS that was started with ``--faults``.

    An action is named as a policy does, ``dynamodb:UpdateItem`` or ``s3:PutObject``; ``sns:*`` is
    every one of a service. Without `times` all calls meet the fault until `clear`.

    Parameters
    ----------
    endpoint : str
        The server's address.
    """

    def __init__(self, endpoint: str) -> None:
        self._url = endpoint + FAULTS

    def throttle(self, action: str, times: int | None = None) -> None:
        """Let calls be refused as too many, in the words of the service."""
        self._ask("POST", {"action": action, "kind": "throttle", "times": times})

    def fail(self, action: str, times: int | None = None) -> None:
        """Let calls be answered by HTTP 500."""
        self._ask("POST", {"action": action, "kind": "error", "times": times})

    def delay(self, action: str, seconds: float, times: int | None = None) -> None:
        """Let calls be carried out so many seconds later."""
        fault = {"action": action, "kind": "delay", "times": times, "seconds": seconds}
        self._ask("POST", fault)

    def met(self, action: str) -> int:
        """Count the calls that met a fault of an action since `clear`."""
        return sum(fault["met"] for fault in self._ask("GET") if fault["action"] == action)

    def clear(self) -> None:
        """Let every call through again."""
        self._ask("DELETE")

    def _ask(self, method: str, fault: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        body = json.dumps(fault).encode() if fault else None
        request = urllib.request.Request(self._url, body, method=method)  # noqa: S310 - ours
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - the loopback
            found: list[dict[str, Any]] = json.load(answer)
        return found


@pytest.fixture
def faults(local_aws: str) -> Iterator[Faults]:
    """Ask the session's local AWS for faults, until the test ends."""
    asked = Faults(local_aws)
    yield asked
    asked.clear()
