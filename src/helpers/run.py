"""Run the notebooks in order: `python -m helpers.run params/demo.yaml`."""

import itertools
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent import futures
from pathlib import Path
from typing import Any, Final

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from helpers import aws, command_line, engine, insights, params, report, report_page, terminal
from helpers.errors import InputError, PlatformError

NOTEBOOKS: Final = insights.FOLDER
DEPLOY: Final = NOTEBOOKS / "00_deploy.ipynb"
INGEST: Final = NOTEBOOKS / "10_ingest.ipynb"
PROFILE: Final = NOTEBOOKS / "11_profile.ipynb"
CORRECTIONS: Final = NOTEBOOKS / "12_corrections.ipynb"
"""Follows the ingest where the parameters name `corrections`: a day that comes in is as it was."""
DASHBOARD_VIEWS: Final = NOTEBOOKS / "29_dashboard_views.ipynb"
ALONE: Final = (PROFILE, DASHBOARD_VIEWS)
"""Needed by no other: what comes after them is asked whether they fail or not."""
BATCH: Final = (INGEST, *insights.notebooks(), *ALONE)
"""The answers before the profile, which reads the raw files once more for each column."""
LIVE: Final = (NOTEBOOKS / "32_deploy_stream.ipynb", NOTEBOOKS / "31_alerts.ipynb")
"""What follows where the stream is watched too, by the deployed application: Java and connector."""
DASHBOARDS: Final = NOTEBOOKS / "40_dashboards.ipynb"
"""What follows where asked for: on AWS it needs a QuickSight subscription."""
AT_ONCE: Final = 2
"""Notebooks under way: a kernel works with one core, and mostly while its query does not."""
_NOT_RUN: Final = "not run"
_INTERRUPT_AGAIN_S: Final = 5.0
"""A kernel does not hear of an interrupt between two cells."""


def execute(
    values: dict[str, Any], run_dir: Path, notebooks: Sequence[Path] = BATCH
) -> tuple[Path, list[str]]:
    """Run notebooks in order, some `AT_ONCE` side by side, and write the report.

    The questions need nothing of each other, and so do the profile and the dashboards' views.

    A question that fails keeps no other from being asked, nor do the dashboards' views; a part that
    the others need (the deployment, ingest, the note before the alerts) does.

    Parameters
    ----------
    values : dict
        The parameters, checked.
    run_dir : pathlib.Path
        A new folder for executed notebooks, charts and report.
    notebooks : sequence of pathlib.Path
        In their order; the batch notebooks unless said otherwise.

    Returns
    -------
    tuple of pathlib.Path and list of str
        The report's page, and what failed, a message each.

    Raises
    ------
    InputError
        If the folder is there.
    """
    try:
        run_dir.mkdir(parents=True)
    except FileExistsError as error:
        raise InputError(
            f"{run_dir} is there: another run began in the same second, run again"
        ) from error
    values = {**values, "run_dir": str(run_dir)}
    questions = insights.notebooks()
    failures: list[str] = []
    needed: str | None = None  # the part that failed and that the rest needs
    names = {
        source: f"{place} of {len(notebooks)}: {source.stem}"
        for place, source in enumerate(notebooks, start=1)
    }
    # those that need nothing of each other are one group, each other notebook is its own
    free = {**dict.fromkeys(questions, "questions"), **dict.fromkeys(ALONE, "alone")}
    left = list(names)
    try:
        for _, group in itertools.groupby(names, lambda source: free.get(source, source)):
            asked = list(group)
            if needed:
                said = {each: f"{each.name}: {_NOT_RUN}, because {needed} failed" for each in asked}
            else:
                said = _side_by_side({source: names[source] for source in asked}, values, run_dir)
                needed = next((source.name for source in said if source not in free), None)
            left = left[len(asked) :]
            failures += said.values()
            _record(said, run_dir)
    finally:  # stopped or broken off, a run says how far it came
        unsaid = (each for each in left if not (run_dir / f"{each.stem}.json").exists())
        _record({each: f"{each.name}: stopped before it ended" for each in unsaid}, run_dir)
        page = report_page.write(run_dir, report.read(run_dir), report_page.about(values))
    return page, failures


def _record(said: Mapping[Path, str], run_dir: Path) -> None:
    for source, failed in said.items():
        report.record_failure(str(run_dir), source.stem, question=_title(source), failed=failed)


def _side_by_side(
    names: Mapping[Path, str], values: dict[str, Any], run_dir: Path
) -> dict[Path, str]:
    """Run notebooks that need nothing of each other; say of those that failed why."""
    with futures.ThreadPoolExecutor(AT_ONCE) as pool:
        asked = {
            source: pool.submit(_run, source, values, run_dir, names[source]) for source in names
        }
        try:
            said = {source: future.result() for source, future in asked.items()}
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            left = set(asked.values())
            while left:
                engine.interrupt()
                left = futures.wait(left, _INTERRUPT_AGAIN_S).not_done
            raise
    return {source: failed for source, failed in said.items() if failed}


def _run(source: Path, values: dict[str, Any], run_dir: Path, name: str) -> str | None:
    """Run one notebook; say why it failed, or nothing."""
    target = run_dir / source.name
    try:
        with terminal.shown(name):
            papermill.execute_notebook(
                source,
                target,
                parameters=params.of(values, source),
                resources={"metadata": {"path": str(source.parent)}},  # where the kernel works
                engine_name=engine.NAME,
                progress_bar=False,
                extra_arguments=["--log-level=ERROR"],  # its warning on TCP is about networks
            )
    except PapermillExecutionError as error:
        said = f"{source.name}, cell [{error.exec_count}]: {error.ename}: {error.evalue}"
    except DeadKernelError as error:
        said = f"{source.name}: its kernel ended ({error}): is there memory enough?"
    else:
        return None
    return f"{said}\nThe notebook as far as it came: {target}"


def _title(notebook: Path) -> str:
    """Give the question that a notebook asks: its first heading."""
    first = nbformat.read(notebook, as_version=4).cells[0].source
    return str(first).partition("\n")[0].lstrip("# ")


def dashboard(params_file: Path, settings: Sequence[str], run_dir: Path) -> str | None:
    """Write the dashboard's page beside a run's report, from the views that the run has made.

    Parameters
    ----------
    params_file : pathlib.Path
        The run's parameters.
    settings : sequence of str
        ``NAME=VALUE`` each, in place of the file's.
    run_dir : pathlib.Path
        The run's folder.

    Returns
    -------
    str or None
        What could not be shown.
    """
    command = [sys.executable, "-m", "dashboards.page", str(params_file), str(run_dir)]
    command += [part for setting in settings for part in ("--set", setting)]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    return f"The dashboard: {done.stderr.strip()}" if done.returncode else None


def print_answers(run_dir: Path) -> None:
    """Print the answers of a run as a table.

    Parameters
    ----------
    run_dir : pathlib.Path
        The run's folder.
    """
    for section in report.read(run_dir):
        sys.stdout.write(f"\n{section.question}\n")
        width = max(map(len, section.answers), default=0)
        if section.failed:
            sys.stdout.write("  no answer: the notebook did not end\n")
        for label, value in section.answers.items():
            sys.stdout.write(f"  {label:<{width}}  {value}\n")


def corrections(values: Mapping[str, Any]) -> list[Path]:
    """Give the notebook of the corrections where the parameters name a file of them.

    Raises
    ------
    InputError
        Where the lake's format takes none.
    """
    if "corrections" not in values:
        return []
    if values.get("table_format") != "iceberg":
        raise InputError("`corrections` need `table_format: iceberg`: a Hive table takes none")
    return [CORRECTIONS]


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a params file, run the notebooks, print answers and the report's path.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; that of the process by default.

    Returns
    -------
    int
        0; 2 where the parameters do not fit; 1 where AWS or a notebook fails (the report then
        holds what the others answered).
    """
    parser = command_line.of_params("python -m helpers.run", __doc__)
    parser.add_argument("--deploy", action="store_true", help="bring the platform up first")
    parser.add_argument(
        "--live", action="store_true", help="then watch the stream: the application of the bots"
    )
    parser.add_argument(
        "--dashboards", action="store_true", help="then publish the dashboard in QuickSight"
    )
    parsed = parser.parse_args(arguments)
    try:
        values = command_line.checked(parsed.params, parsed.set)
        batch = (INGEST, *corrections(values), *BATCH[1:])
    except InputError as error:
        sys.stderr.write(f"{parsed.params}: {error}\n")
        return 2
    run_dir = command_line.new_folder(parsed.params.stem)
    try:
        sys.stderr.write(f"Running on {aws.check()}.\n")
        before, after = (DEPLOY,) if parsed.deploy else (), LIVE if parsed.live else ()
        last = (DASHBOARDS,) if parsed.dashboards else ()
        page, failures = execute(values, run_dir, (*before, *batch, *after, *last))
    except PlatformError as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write(f"\nStopped. What was done is in {run_dir}; run it again at any time.\n")
        return 130
    print_answers(run_dir)
    sys.stdout.write(f"\nReport: {page}\n")
    sys.stdout.flush()
    not_run = f"{DASHBOARD_VIEWS.name}: {_NOT_RUN}"
    try:
        if any(failure.startswith(not_run) for failure in failures):
            failures.append(
                f"The dashboard: not written, because {DASHBOARD_VIEWS.name} was not run"
            )
        elif missing := dashboard(parsed.params, parsed.set, run_dir):
            failures.append(missing)
    except KeyboardInterrupt:
        sys.stderr.write(
            "\nStopped before the dashboard was written: `make dashboard` writes it.\n"
        )
        return 130
    for failure in failures:
        sys.stderr.write(f"\n{failure}\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
