"""The README word by word: what it tells to run runs, and its paths are there."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import awswrangler as wr
import boto3
import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers import params
from helpers.command_line import NOTES
from helpers.paths import PROJECT
from helpers.run import BATCH, LIVE
from support import lake, odd_months

README = (PROJECT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
PYTHON = [text for kind, text in BLOCKS if kind == "python"]
SHELL = [
    line.partition("#")[0].strip()
    for kind, text in BLOCKS
    if kind == ""
    for line in text.splitlines()
]
INLINE = re.findall(r"`(make [^`]+)`", README)
ON_AWS = ("unset AWS_ENDPOINT_URL", "export AWS_PROFILE=", "cp params/aws.yaml ")
"""What needs an account; the cp is run, its file checked."""


def _made(*arguments: str, **environment: str) -> str:
    """What make would run, the connector taken for not built."""
    command = ["make", "--dry-run", "CONNECTOR=nowhere/connector.jar", *arguments]
    env = {**os.environ, **environment}
    done = subprocess.run(
        command, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    return done.stdout + (done.stderr if done.returncode else "")


@pytest.mark.parametrize("command", sorted({c for c in (*SHELL, *INLINE) if c[:5] == "make "}))
def test_every_target_is_there(command: str) -> None:
    # demo, test and lab take minutes: here only that make knows how; CI runs the first two whole.
    target, *settings = command.split()[1:]
    if any("path/to/" in setting or "mine.yaml" in setting for setting in settings):
        settings = []
    made = _made(target, *settings, CONNECTOR="connector/target/flink-sql-connector-kinesis.jar")
    assert "No rule" not in made
    assert made.strip()


@pytest.mark.parametrize("target", ["lab", "run", "aws"])
def test_the_batch_part_needs_no_java(target: str) -> None:
    made = _made(target)
    assert "No rule" not in made
    assert "mvn" not in made
    assert "java" not in made


def test_jupyterlab_starts_as_root_in_a_container_and_leaves_tracked_files_alone() -> None:
    made = _made("lab")
    assert ("--allow-root" in made) == (os.getuid() == 0)
    assert "runs/lab/notebooks/10_ingest.ipynb" in made
    ignored = subprocess.run(
        ["git", "check-ignore", "runs/lab/notebooks/10_ingest.ipynb", "runs/20.ipynb"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert len(ignored.split()) == 2


def test_the_line_that_is_exported_is_the_one_that_make_aws_prints() -> None:
    (line,) = [line for line in SHELL if line.startswith("export AWS_ENDPOINT_URL")]
    assert f'echo "{line}"' in _made("aws")


def test_without_an_environment_the_first_hint_is_the_local_aws(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    env["AWS_EC2_METADATA_DISABLED"] = "true"
    env["AWS_CONFIG_FILE"] = env["AWS_SHARED_CREDENTIALS_FILE"] = str(tmp_path / "none")
    (tmp_path / "p.yaml").write_text("raw: README.md\nbucket: shop\n")
    done = subprocess.run(
        [sys.executable, "-m", "helpers.run", str(tmp_path / "p.yaml")],
        cwd=PROJECT,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 1
    assert "`make aws` prints the line" in done.stderr


def test_a_params_file_made_from_that_of_aws_fits() -> None:
    (line,) = [line for line in SHELL if line.startswith("cp ")]
    values = params.load(PROJECT / line.split()[1])
    params.check(values, [*BATCH, *LIVE, *NOTES.glob("*.ipynb")])


def test_no_command_is_left_untried() -> None:
    tried = ("make ", "export AWS_ENDPOINT_URL", ".venv/bin/papermill ", *ON_AWS)
    assert [line for line in SHELL if line and not line.startswith(tried)] == []
    assert {kind for kind, _ in BLOCKS} <= {"", "python", "text"}


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_every_link_leads_somewhere(path: str) -> None:
    assert (PROJECT / path).exists()


def test_every_folder_of_the_layout_is_there() -> None:
    (layout,) = [text for kind, text in BLOCKS if kind == "text"]
    for line in layout.splitlines():
        assert (PROJECT / line.split()[0]).is_dir(), line


@pytest.fixture(scope="module")
def small_lake(local_aws: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The lake that the README's questions are asked of."""
    with lake.at(local_aws):
        bucket = params.load(PROJECT / "params/demo.yaml")["bucket"]
        boto3.client("s3").create_bucket(Bucket=bucket)
        path = tmp_path_factory.mktemp("readme") / "events.csv"
        odd_months.write("158 sparse days", path)
        wr.catalog.delete_table_if_exists("db_commerce", "user_activity")  # of other tests
        lake.write(bucket, "db_commerce", lake.from_csv(path))
        workgroup = params.load(PROJECT / "params/demo.yaml")["workgroup"]
        boto3.client("athena").create_work_group(Name=workgroup)
        yield
        boto3.client("athena").delete_work_group(WorkGroup=workgroup, RecursiveDeleteOption=True)


def test_the_readmes_own_question_is_answered_for_one_day(small_lake: None) -> None:
    shell = InteractiveShell.instance()
    try:
        for block in PYTHON:
            shell.run_cell(block).raise_error()
        rows = shell.user_ns["top_brands"]
    finally:
        InteractiveShell.clear_instance()
    assert list(rows.columns) == ["brand", "views"]
    events = odd_months.CASES["158 sparse days"]()
    day = events.filter(events["event_time"].str.starts_with("2019-10-01"))
    assert rows["views"].sum() == (day["event_type"] == "view").sum()  # of October alone


def test_a_notebook_runs_alone(small_lake: None, tmp_path: Path) -> None:
    (line,) = [line for line in SHELL if ".venv/bin/papermill" in line]
    _, *arguments = line.split()
    out = tmp_path / "out.ipynb"
    command = [str(out) if part == "runs/20.ipynb" else part for part in arguments]
    done = subprocess.run(
        [sys.executable, "-m", "papermill", *command, "-p", "run_dir", str(tmp_path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert out.exists()
