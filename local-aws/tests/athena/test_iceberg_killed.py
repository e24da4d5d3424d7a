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


def merge_of(number: int) -> str:
    return (
        f"MERGE INTO t USING (VALUES 0, {number}) AS s(id) ON t.id = s.id "
        "WHEN MATCHED THEN UPDATE SET n = t.n + 1 WHEN NOT MATCHED THEN INSERT VALUES (s.id, 0)"
    )


def make(athena: Athena, name: str, columns: str, properties: str = "") -> None:
    athena.succeed(
        f"CREATE TABLE {name} ({columns}) LOCATION 's3://{BUCKET}/{name}/' "
        f"TBLPROPERTIES ('table_type'='ICEBERG'{properties})",
        **WHERE,
    )


def state(athena: Athena) -> tuple[int, int]:
    rows, total = athena.rows("SELECT count(*), sum(n) FROM t", **WHERE)[1]
    return int(str(rows)), int(str(total))


def test_a_kill_leaves_the_former_state_or_the_new_one_and_whatever_was_said_to_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    with server(folder, monkeypatch) as process:
        athena = connect(BUCKET)
        make(athena, "t", "id int, n int")
        athena.succeed("INSERT INTO t VALUES (0, 0)", **WHERE)
        before = state(athena)
        kill_when_there_is_more(process, athena, merge_of(1), folder / "s3", "*.parquet")
    for number, suffix in ((1, "*.avro"), (2, "*.metadata.json")):
        with server(folder, monkeypatch) as process:
            athena = connect(BUCKET)
            assert state(athena) in (before, (before[0] + 1, before[1] + 1))
            athena.succeed(merge_of(number), **WHERE)
            before = state(athena)
            assert before[0] == number + 1
            kill_when_there_is_more(process, athena, merge_of(number + 1), folder / "s3", suffix)
    often = ", 'vacuum_max_snapshot_age_seconds'='0', 'optimize_rewrite_data_file_threshold'='2'"
    with server(folder, monkeypatch) as process:
        athena = connect(BUCKET)
        assert state(athena) in (before, (before[0] + 1, before[1] + 1))
        make(athena, "kept", "id int", often)
        make(athena, "gone", "id int")
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
        assert athena.rows("SHOW TABLES", **WHERE) == [["kept"], ["t"]]
