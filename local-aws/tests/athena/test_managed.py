"""Athena's own storage of results."""

import os
import time
from pathlib import Path

import pytest

from local_aws.athena import managed


def test_a_result_is_kept_for_a_day(tmp_path: Path) -> None:
    where = f"{managed.prefix(tmp_path / 'own place')}id.csv"
    assert managed.is_managed(where)
    assert not managed.is_managed("s3://bucket/id.csv")
    source = tmp_path / "source"
    source.write_text("x")
    managed.put(where, source)
    managed.purge(tmp_path)
    file = managed.existing(where)
    assert file.read_text() == "x"
    old = time.time() - managed.KEPT_S - 60
    os.utime(file, (old, old))
    with pytest.raises(FileNotFoundError):
        managed.existing(where)
    managed.purge(tmp_path)
    assert not file.exists()
