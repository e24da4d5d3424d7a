"""A local AWS that enforces policies, for the tests of this folder."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from iam_roles import Server
from local_aws import testing


@pytest.fixture(scope="session")
def enforcing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a server with --iam for the session."""
    folder = tmp_path_factory.mktemp("iam")
    with testing.running(folder, "--iam") as endpoint:
        yield Server(endpoint, folder)


@pytest.fixture
def root(enforcing: Server) -> Callable[[str], Any]:
    """Make clients of the account's root."""
    return enforcing.root


@pytest.fixture
def decisions(enforcing: Server) -> Path:
    """Give the file of decisions."""
    return enforcing.folder / "iam.jsonl"
