"""What is below an application: Flink and Java that may be missing, processes, the job's Python."""

import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flink_applications import MAIN
from local_aws.kinesisanalyticsv2.flink import cluster, distribution, packages, processes, setup
from local_aws.kinesisanalyticsv2.flink.processes import Known
from local_aws.kinesisanalyticsv2.flink.settings import SETTINGS
from local_aws.kinesisanalyticsv2.flink.setup import Folders, Ports, Setup

LONGEST_S = 60


@pytest.fixture(autouse=True)
def anew() -> None:
    distribution.find.cache_clear()


def test_without_pyflink_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(distribution.FlinkMissingError, match="apache-flink"):
        distribution.find()


def test_without_java_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("pyflink")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(distribution.FlinkMissingError, match="Java 17"):
        distribution.find()


def test_a_process_is_ended_with_what_it_started(tmp_path: Path) -> None:
    program = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"
    known = processes.start([sys.executable, "-c", program], os.environ, tmp_path, tmp_path / "out")
    assert processes.alive(known)
    processes.end(known)
    assert not processes.alive(known)


def test_another_process_of_the_same_id_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        stranger = Known(other.pid, time.time() - 3600)
        assert not processes.alive(stranger)
        processes.end(stranger)
        assert other.poll() is None
        other.communicate(b"\n", timeout=LONGEST_S)
        assert other.returncode == 0


def test_durations_are_written_as_flink_prints_them(tmp_path: Path) -> None:
    for milliseconds, text in ((500, "500 ms"), (60_000, "1 min"), (10_000, "10 s")):
        wanted = Setup(2, milliseconds, 0, "INFO", {"applicationARN": "a"})
        conf = setup.write(wanted, Folders(tmp_path, tmp_path), Ports(1, 2, 3), "python")
        said = (conf / "config.yaml").read_text()
        assert f'execution.checkpointing.interval: "{text}"' in said
        assert "taskmanager.numberOfTaskSlots: 2" in said
    assert json.loads((conf / "template.json").read_text())["applicationARN"] == "a"


def run(program: str, tmp_path: Path) -> str:
    """Run Python as an application's is run."""
    properties = tmp_path / "properties.json"
    properties.write_text("[]")
    env = {
        **os.environ,
        "PYTHONPATH": str(Path(cluster.__file__).with_name("python")),
        "APPLICATION_PROPERTIES": str(properties),
        "APPLICATION_PACKAGES": packages.names(),
    }
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_properties_are_where_the_service_puts_them(tmp_path: Path) -> None:
    name = "/etc/flink/application_properties.json"
    program = f"""
import os, pathlib
print(open({name!r}).read(), pathlib.Path({name!r}).read_text(), os.path.isfile({name!r}))
print(os.path.exists("/etc/flink/other"))
"""
    assert run(program, tmp_path).split() == ["[]", "[]", "True", "False"]


def test_a_group_that_is_missing_at_run_time_ends_the_program(tmp_path: Path) -> None:
    assert run(MAIN, tmp_path).strip().endswith("KeyError: 'test'")


def test_what_the_runtime_lacks_cannot_be_imported(tmp_path: Path) -> None:
    pytest.importorskip("pyflink")
    said = run("import json, pandas, pyflink.table, requests; print('there')", tmp_path)
    assert said.strip() == "there"
    for name in ("duckdb", "local_aws"):
        assert f"No module named '{name}'" in run(f"import {name}", tmp_path)


def test_the_gate_has_what_is_always_needed() -> None:
    assert {"table.exec.uid.generation", "pipeline.max-parallelism"} <= SETTINGS
    assert not {"parallelism.default", "execution.checkpointing.interval"} & SETTINGS
