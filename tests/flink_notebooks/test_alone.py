"""The archive without a service: unpacked and run, as AWS's own examples are on a laptop."""

import os
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from flink_notes.application import archive
from helpers.bursts import NOTE
from local_aws.testing import environment
from support import confined
from support.note_in_service import START, VALUES, act
from support.streams import Stream


def test_the_archive_runs_where_only_tmp_can_be_written_and_only_the_streams_are_reached(
    local_aws: str, tmp_path: Path
) -> None:
    if why := confined.impossible():
        pytest.skip(f"nothing can be confined on this machine: {why}")
    made = {
        name: Stream.create(local_aws, f"alone-{name}", 1) for name in ("actions", "alerts", "dead")
    }
    values = {
        **VALUES,
        "stream_1_arn": made["actions"].arn,
        "stream_2_arn": made["alerts"].arn,
        "dead_letter_arn": made["dead"].arn,
        "region": "us-east-1",
        "start_s": "1546300800.0",
    }
    with zipfile.ZipFile(archive.write(archive.build(NOTE, values), tmp_path)) as packed:
        packed.extractall(tmp_path / "unpacked")
    made["actions"].put_events(
        act(7, START + timedelta(seconds=number // 3), number) for number in range(12)
    )
    port = urlsplit(local_aws).port
    assert port
    with (tmp_path / "said").open("wb") as said, confined.gate(tmp_path / "gate", port):
        program = subprocess.Popen(
            confined.command(port, tmp_path / "gate", [sys.executable, "main.py"]),
            cwd=tmp_path / "unpacked",
            env={**os.environ, **environment(local_aws), "IS_LOCAL": "true"},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            rows = made["alerts"].read_rows(lambda rows: bool(rows) or program.poll() is not None)
            assert program.poll() is None, (tmp_path / "said").read_text()
        finally:
            program.kill()  # and with it all that it runs
            program.wait()
    assert [(row["user_id"], row["rule"]) for row in rows] == [(7, "early")]
    # Flink's log, too, has found a place
    assert "Read-only file system" not in (tmp_path / "said").read_text()
