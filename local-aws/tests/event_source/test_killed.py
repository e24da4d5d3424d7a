"""A server that is killed goes on where it was: nothing is lost, and what is done is done."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest

from event_source.test_mappings import a_mapping, a_stream, put
from lambda_functions import deploy, wait_for
from local_aws.testing import environment

KEEPING = """
import base64, os, pathlib

def handle(event, context):
    with pathlib.Path(os.environ["KEPT"]).open("a") as file:
        for record in event["Records"]:
            file.write(base64.b64decode(record["kinesis"]["data"]).decode() + "\\n")
"""


@contextmanager
def server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "local_aws", "--port", "0", "--data", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()  # type: ignore[union-attr]
            for name, value in environment(line.split()[1]).items():
                monkeypatch.setenv(name, value)
            yield process
        finally:
            process.kill()


def test_a_killed_server_goes_on_behind_what_was_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    kept.touch()
    with server(tmp_path / "data", monkeypatch) as process:
        own = deploy(KEEPING, Environment={"Variables": {"KEPT": str(kept)}})
        source = a_stream(shards=2)
        identifier = a_mapping(own, source, ParallelizationFactor=2)["UUID"]
        for n in range(8):
            put(source, f"first {n}", key=str(n))
        wait_for(lambda: len(kept.read_text().splitlines()) == 8)
        result = "LastProcessingResult"
        client = boto3.client("lambda")
        wait_for(lambda: client.get_event_source_mapping(UUID=identifier)[result] == "OK")
        client.update_event_source_mapping(UUID=identifier, Enabled=False)
        wait_for(lambda: client.get_event_source_mapping(UUID=identifier)["State"] == "Disabled")
        for n in range(8):
            put(source, f"second {n}", key=str(n))
        client.update_event_source_mapping(UUID=identifier, Enabled=True)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    with server(tmp_path / "data", monkeypatch):
        wait_for(lambda: len(set(kept.read_text().splitlines())) == 16)
        lines = kept.read_text().splitlines()
        assert sorted(line for line in lines if line.startswith("first")) == sorted(
            f"first {n}" for n in range(8)
        )
