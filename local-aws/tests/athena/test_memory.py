"""What queries may hold in memory is bounded, by a setting where there is one."""

import os
from pathlib import Path

import pytest

from local_aws.engine.database import MEMORY, Database, shared
from local_aws.folder import DataFolder


def _limit(root: Path) -> str:
    connection = Database(DataFolder(root)).connect()
    found = connection.execute("SELECT current_setting('memory_limit')").fetchone()
    assert found
    return str(found[0])


def test_the_bound_is_what_the_variable_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(MEMORY.name, raising=False)
    by_the_machine = _limit(tmp_path)
    monkeypatch.setenv(MEMORY.name, str(300 << 20))
    assert _limit(tmp_path) == "300.0 MiB" != by_the_machine


def test_a_bound_that_is_no_number_is_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MEMORY.name, "1 GB")
    with pytest.raises(SystemExit, match=MEMORY.name):
        Database(DataFolder(tmp_path))


def test_what_nobody_set_is_bounded_on_any_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(MEMORY.name, raising=False)
    size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    value, unit = _limit(tmp_path).split()
    assert float(value) * {"MiB": 1 << 20, "GiB": 1 << 30}[unit] <= min(size / 2, 1 << 30)


def test_queries_and_jobs_share_one_bound(tmp_path: Path) -> None:
    assert shared(DataFolder(tmp_path)) is shared(DataFolder(tmp_path))
