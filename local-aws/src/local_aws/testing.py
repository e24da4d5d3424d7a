"""The pytest plug-in: a local AWS for a session of tests, and the environment that points at it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

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
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
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
def local_aws(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[str]:
    """Give the endpoint of a local AWS that runs for the whole session and stops at its end."""
    options = ["--iam"] if pytestconfig.getini("local_aws_iam") else []
    with running(tmp_path_factory.mktemp("local_aws"), *options) as endpoint:
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
