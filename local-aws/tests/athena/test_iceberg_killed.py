"""A server that is killed in the middle of a commit: the former state or the new one."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest

from athena_client import Athena, connect
from local_aws.testing import environment

pytestmark = pytest.mark.server  # it starts servers of its own
WHERE = {"QueryExecutionContext": {"Database": "default"}}
BUCKET = "killed"


@contextmanager
def server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "local_aws", "--port", "0", "--data", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()  # type: ignore[union-attr]
            for name, value in environment(line.split()[1]).items():
                monkeypatch.setenv(name, value)
            monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
            yield process
        finally:
            process.kill()


def kill_when_there_is_more(
    process: subprocess.Popen[str], athena: Athena, sql: str, files: Path, suffix: str
) -> None:
    """Start a statement, and kill the server as soon as it has left one more file of a kind."""
    before = set(files.rglob(suffix))
    athena.start(sql, **WHERE)
    deadline = time.monotonic() + 60
    while not set(files.rglob(suffix)) - before:
        assert time.monotonic() < deadline, f"no file of {sql}"
    process.kill()
    process.wait()


def test_a_commit_that_a_kill_ends_is_there_or_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    files = folder / "s3"
    rows = 1
    for suffix in ("*.parquet", "*.avro", "*.metadata.json"):
        with server(folder, monkeypatch) as process:
            athena = connect(BUCKET)
            if rows == 1:
                athena.succeed(
                    f"CREATE TABLE t (id int, n int) LOCATION 's3://{BUCKET}/t/' "
                    "TBLPROPERTIES ('table_type'='ICEBERG')",
                    **WHERE,
                )
                athena.succeed("INSERT INTO t VALUES (0, 0)", **WHERE)
            asked = athena.rows("SELECT count(*), sum(n) FROM t", **WHERE)[1]
            merge = (
                f"MERGE INTO t USING (VALUES (0, 1), ({rows}, 1)) AS s(id, n) ON t.id = s.id "
                "WHEN MATCHED THEN UPDATE SET n = t.n + 1 "
                "WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.n)"
            )
            kill_when_there_is_more(process, athena, merge, files, suffix)
        with server(folder, monkeypatch):
            athena = connect(BUCKET)
            found = athena.rows("SELECT count(*), sum(n) FROM t", **WHERE)[1]
            after = [str(int(str(asked[0])) + 1), str(int(str(asked[1])) + 2)]
            assert found in (asked, after)
            athena.succeed(merge, **WHERE)
            rows += 1
            expected = [[str(rows)]]
            assert athena.rows("SELECT count(*) FROM t", **WHERE)[1:] == expected


def test_what_was_said_to_be_done_is_there_after_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    with server(folder, monkeypatch) as process:
        athena = connect(BUCKET)
        for name in ("kept", "gone"):
            athena.succeed(
                f"CREATE TABLE {name} (id int) LOCATION 's3://{BUCKET}/{name}/' TBLPROPERTIES "
                "('table_type'='ICEBERG', 'vacuum_max_snapshot_age_seconds'='0', "
                "'optimize_rewrite_data_file_threshold'='2')",
                **WHERE,
            )
        for number in range(3):
            athena.succeed(f"INSERT INTO kept VALUES {number}", **WHERE)
        athena.succeed("OPTIMIZE kept REWRITE DATA USING BIN_PACK", **WHERE)
        athena.succeed("VACUUM kept", **WHERE)
        athena.succeed("DROP TABLE gone", **WHERE)
        process.kill()
        process.wait()
    with server(folder, monkeypatch):
        athena = connect(BUCKET)
        assert athena.rows("SELECT count(*), max(id) FROM kept", **WHERE)[1] == ["3", "2"]
        assert athena.rows("SHOW TABLES", **WHERE) == [["kept"]]
