"""A run: a further question is a notebook and a line; what fails stops nothing else."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import pytest

from helpers import insights, report, run, terminal
from helpers.errors import InputError
from helpers.paths import PROJECT
from local_aws.testing import environment
from support import lake, odd_months

PARAMETERS = """\
database: str = "db_commerce"  # Glue database that holds the lake
bucket: str = "ecommerce-analytics-lake"  # required; S3 bucket where Athena keeps its results
run_dir: str = "runs/interactive"  # folder for the charts and the report's figures"""
FIFTH = """\
from helpers import athena, report

athena.use(database, bucket)
athena.create_view("CREATE OR REPLACE VIEW v_fifth AS SELECT COUNT(*) AS n FROM user_activity")
rows = athena.query("SELECT n FROM v_fifth")
report.record(
    run_dir,
    "24_fifth",
    question="How many are there?",
    definition="",
    findings=[f"There are {rows['n'][0]} events."],
    answers={"events in all": str(rows["n"][0])},
)"""
FAILING = (
    "from helpers import athena\n\nathena.use(database, bucket)\nathena.query('SELECT nothing')"
)


def _notebook(path: Path, title: str, code: str) -> None:
    parameters = nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    cells = [nbformat.v4.new_markdown_cell(title), parameters, nbformat.v4.new_code_cell(code)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": ""}
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with two more questions, of which the first fails."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("src", "notebooks", "flink_notebooks", "params", "tests"):
        shutil.copytree(PROJECT / name, folder / name)
    shutil.copy(PROJECT / "pyproject.toml", folder)
    _notebook(folder / "notebooks/19_failing.ipynb", "# What fails?", FAILING)
    _notebook(folder / "notebooks/24_fifth.ipynb", "# How many are there?", FIFTH)
    listed = folder / "src/helpers/insights.py"
    others = "".join(f'    "{name}",\n' for name in insights.INSIGHTS[1:])
    lines = listed.read_text().replace(others, '    "24_fifth",\n')  # one of them, for speed
    listed.write_text(
        lines.replace("INSIGHTS: Final = (", 'INSIGHTS: Final = (\n    "19_failing",')
    )
    parts = folder / "src/helpers/run.py"  # and without the profile
    parts.write_text(parts.read_text().replace("(PROFILE, DASHBOARD_VIEWS)", "(DASHBOARD_VIEWS,)"))
    odd_months.write("one day", folder / "events.csv")
    return folder


def _python(
    copy: Path, *command: str, aws: str | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    env |= {"PYTHONPATH": f"{copy / 'src'}{os.pathsep}{copy / 'tests'}", **more}
    if aws:
        env |= environment(aws)
    return subprocess.run(
        [sys.executable, *command],
        cwd=copy,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def ran(copy: Path, local_aws: str) -> subprocess.CompletedProcess[str]:
    params = copy / "params/odd.yaml"
    params.write_text("raw: events.csv\nbucket: run-test\ndatabase: run_test\n")
    with lake.at(local_aws):
        lake.prepare("run-test", "run_test")
    return _python(copy, "-m", "helpers.run", str(params), aws=local_aws)


def test_a_question_that_fails_is_named_and_the_others_are_answered(
    ran: subprocess.CompletedProcess[str], copy: Path
) -> None:
    assert ran.returncode == 1, ran.stderr
    assert "19_failing.ipynb, cell [" in ran.stderr
    assert "'nothing' cannot be resolved" in ran.stderr
    assert "400" in ran.stdout[ran.stdout.index("How many are there?") :]
    # the dashboards stand on the views of questions that were not asked here
    assert "29_dashboard_views.ipynb, cell [" in ran.stderr
    assert "v_cart_outcomes" in ran.stderr
    (page,) = (copy / "runs").glob("*-odd/report.html")
    said = page.read_text()
    for words in ("What fails?", "cannot be resolved", "There are 400 events", "Who comes to the"):
        assert words in said
    assert str(page) in ran.stdout


def test_a_rule_of_quality_that_stops_a_run_is_named_in_its_report(
    copy: Path, local_aws: str
) -> None:
    params = copy / "params/strict.yaml"
    params.write_text(
        "raw: events.csv\nbucket: strict-run\ndatabase: strict_run\nrules_file: strict_rules.yaml\n"
    )
    rules = (copy / "params/rules/events.yaml").read_text()
    (copy / "strict_rules.yaml").write_text(rules.replace('":least": "0"', '":least": "401"', 1))
    with lake.at(local_aws):
        lake.prepare("strict-run", "strict_run")
    done = _python(copy, "-m", "helpers.run", str(params), aws=local_aws)
    assert done.returncode == 1, done.stderr
    (page,) = (copy / "runs").glob("*-strict/report.html")
    for said in (done.stderr, page.read_text()):
        assert "1 rule of quality fails" in said
        assert "there are events" in said
        assert "rules_stop: false" in said
        assert "29_dashboard_views.ipynb: not run, because 10_ingest.ipynb failed" in said


def test_a_further_question_is_compared_too(copy: Path) -> None:
    tests = ("tests/notebooks/test_stored_outputs.py", "tests/notebooks/test_notebooks.py")
    listed = _python(copy, "-m", "pytest", "--collect-only", "-q", *tests).stdout
    for name in ("test_sanitizers_hide", "test_an_insight_is_one_view"):
        assert any(name in line and "24_fifth" in line for line in listed.splitlines()), listed
    assert "24_fifth" in _python(copy, "-m", "helpers.insights").stdout


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"raw": "no/such/file.csv"}, "no/such/file.csv"),
        ({"20_unique_visitors.bucket": "b", "24_fift.bucket": "c"}, "unknown parameter `24_fift"),
        ({"buckt": "b"}, "the nearest known is `bucket`"),
    ],
)
def test_wrong_values_end_the_run_before_it_begins(
    values: dict[str, str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"raw": "README.md", "bucket": "shop", **values}
    (tmp_path / "p.yaml").write_text("".join(f"{name}: {value}\n" for name, value in given.items()))
    assert run.main([str(tmp_path / "p.yaml")]) == 2
    assert said in capsys.readouterr().err


def test_the_terminals_line_is_the_notebooks_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    with terminal.shown("1 of 5: 10_ingest"):
        terminal.line("ingest: 35% 1.9G/5.7G [00:30<00:55, 60MB/s] and much more")
    said = capsys.readouterr().err.split("\r\x1b[K")
    assert said[2] == "1 of 5: 10_ingest  ingest: 35% 1.9G/5.7G [00:30<00:55, 60MB"[:59]
    assert said[3] == "1 of 5: 10_ingest: done in 0 s\n"


def test_lines_of_a_notebook_that_change_at_once_stand_beside_each_other(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "48")
    with terminal.shown("10_ingest"):
        terminal.line("raw to S3: 10% 1M/10M", "a")
        terminal.line("ingest: 20% 2M/10M", "b")
        terminal.line("raw to S3: 30% 3M/10M", "a")
        terminal.line("", "a")
    said = capsys.readouterr().err.split("\r\x1b[K")
    assert said[3] == "10_ingest  raw to S3: 10% 1M  ingest: 20% 2M/10M"[:47]
    assert said[4] == "10_ingest  raw to S3: 30% 3M  ingest: 20% 2M/10M"[:47]
    assert said[5] == "10_ingest  ingest: 20% 2M/10M"


def test_without_a_terminal_only_the_end_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), terminal.shown("10_ingest"):
        terminal.line("35%")
        raise ZeroDivisionError
    assert capsys.readouterr().err == "10_ingest: failed after 0 s\n"


def test_two_notebooks_side_by_side_share_the_terminals_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "42")
    begun, told = threading.Event(), threading.Event()

    def other() -> None:
        with terminal.shown("3 of 3"):
            terminal.line("of the other")
            begun.set()
            assert told.wait(60)

    thread = threading.Thread(target=other)
    with terminal.shown("2 of 3"):
        thread.start()
        assert begun.wait(60)
        terminal.line("a query that says much")
        told.set()
        thread.join()
    said = capsys.readouterr().err.split("\r\x1b[K")
    assert "2 of 3  a query tha | 3 of 3  of the othe" in said
    assert [text.partition(":")[0] for text in said[-3:]] == [
        "3 of 3",
        "2 of 3  a query that says much",
        "2 of 3",
    ]


def test_questions_run_side_by_side_and_an_interrupt_ends_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = [tmp_path / "1.ipynb", tmp_path / "2.ipynb"]
    for path in two:
        began = f"from pathlib import Path\nPath(run_dir, 'began {path.stem}').touch()"
        _notebook(path, "# For how long?", f"import time\n{began}\ntime.sleep(600)")
    monkeypatch.setattr(insights, "notebooks", lambda: two)
    folder = tmp_path / "run"

    def interrupt() -> None:
        until = time.monotonic() + 120
        while len(list(folder.glob("began *"))) < 2 and time.monotonic() < until:
            time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        run.execute({}, folder, two)
    thread.join()
    assert len(list(folder.glob("began *"))) == 2
    for path in two:
        assert "KeyboardInterrupt" in (folder / path.name).read_text()
    said = (folder / "report.html").read_text()
    assert "For how long?" in said
    assert "1.ipynb: stopped before it ended" in said
    assert "2.ipynb: stopped before it ended" in said


def test_a_run_that_breaks_off_keeps_what_was_answered_and_writes_its_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pretend(source: Path, _: object, run_dir: Path, *__: object) -> str | None:
        if source == run.INGEST:
            report.record(
                str(run_dir), source.stem, question="What came in?", definition="",
                findings=["All of it."], answers={},
            )  # fmt: skip
            return None
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(run, "_run", pretend)
    with pytest.raises(OSError, match="No space left"):
        run.execute({}, tmp_path / "run", run.BATCH)
    said = (tmp_path / "run/report.html").read_text()
    assert "All of it." in said
    for source in run.BATCH[1:]:
        assert f"{source.name}: stopped before it ended" in said


def test_two_runs_of_one_second_do_not_share_a_folder(tmp_path: Path) -> None:
    run.execute({}, tmp_path / "run", [])
    with pytest.raises(InputError, match="another run began in the same second"):
        run.execute({}, tmp_path / "run", [])


@pytest.mark.parametrize(
    ("failing", "goes_on"),
    [("10_ingest", False), ("22_top_categories", True), ("29_dashboard_views", True)],
)
def test_a_run_goes_on_without_what_the_others_do_not_need(
    failing: str, goes_on: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def pretend(source: Path, *_: object) -> str | None:
        ran.append(source.stem)
        return f"{source.name}: it failed" if source.stem == failing else None

    monkeypatch.setattr(run, "_run", pretend)
    _, failures = run.execute({}, tmp_path / "run", (*run.BATCH, *run.LIVE))
    assert (run.LIVE[-1].stem in ran) == goes_on
    assert failures[0] == f"{failing}.ipynb: it failed"
    assert all(f"because {failing}.ipynb failed" in failure for failure in failures[1:])


def test_corrections_follow_the_ingest_where_they_are_named_and_the_format_takes_them() -> None:
    assert run.corrections({"table_format": "iceberg"}) == []
    named = {"corrections": "notebooks/12_corrections.csv"}
    assert run.corrections({**named, "table_format": "iceberg"}) == [run.CORRECTIONS]
    for other in ({}, {"table_format": "hive"}):
        with pytest.raises(InputError, match="`corrections` need `table_format: iceberg`"):
            run.corrections({**named, **other})


def test_without_its_views_no_dashboard_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(run.aws, "check", lambda: "AWS")
    monkeypatch.setattr(run, "_run", lambda source, *_: f"{source.name}, cell [1]: no")
    monkeypatch.setattr(run.command_line, "PROJECT", tmp_path)
    monkeypatch.setattr(run, "dashboard", lambda *given: asked.append(given))
    (tmp_path / "p.yaml").write_text("raw: README.md\nbucket: shop\n")
    assert run.main([str(tmp_path / "p.yaml")]) == 1
    said = capsys.readouterr().err
    assert "10_ingest.ipynb, cell [1]: no" in said
    assert "The dashboard: not written, because 29_dashboard_views.ipynb was not run" in said
    assert asked == []
