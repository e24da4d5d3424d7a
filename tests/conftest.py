"""Fixtures that every folder of tests shares."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

settings.register_profile("unhurried", deadline=None)  # a busy machine says nothing of the code
settings.load_profile("unhurried")

STOP_S = 5
ONE_JVM = "tests/flink"


class OneJvm(LoadFileScheduling):
    """A file's tests stay in one process; so do all that need Flink, whose JVM is slow to start."""

    def _split_scope(self, nodeid: str) -> str:
        return ONE_JVM if nodeid.startswith(ONE_JVM) else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneJvm:
    return OneJvm(config, log)


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of a local AWS that runs for the whole session; stopped at its end."""
    folder = tmp_path_factory.mktemp("local_aws")
    command = [sys.executable, "-m", "local_aws", "--port", "0", "--data", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = server.stdout.readline()  # type: ignore[union-attr]
        assert line.startswith("ready http://127.0.0.1:"), f"the local AWS said {line!r}"
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
    """The environment that points boto3, awswrangler and the notebooks at the local AWS."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", local_aws)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(Path(os.devnull)))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(Path(os.devnull)))
    return local_aws
