"""The pytest plug-in: a local AWS for a session of tests, and the environment that points at it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import urllib3

from local_aws import clock_control

STOP_S = 5


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


@pytest.fixture(scope="session")
def local_aws_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the data folder of the session's local AWS; mail that was sent is in its ``outbox``."""
    return tmp_path_factory.mktemp("local_aws")


@pytest.fixture(scope="session")
def local_aws(local_aws_folder: Path) -> Iterator[str]:
    """Give the endpoint of a local AWS that runs for the whole session and stops at its end."""
    data = str(local_aws_folder)
    command = [sys.executable, "-m", "local_aws", "--port", "0", "--data", data]
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
