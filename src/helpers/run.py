"""Run the notebooks in order: `python -m helpers.run params/demo.yaml`."""

import argparse
import datetime
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import papermill
import yaml
from papermill.exceptions import PapermillExecutionError
from tqdm import tqdm

from helpers import aws, insights, params, report, report_page
from helpers.errors import InputError, PlatformError
from helpers.paths import PROJECT

NOTEBOOKS: Final = insights.FOLDER
NOTES: Final = PROJECT / "flink_notebooks"
BATCH: Final = (NOTEBOOKS / "10_ingest.ipynb", *insights.notebooks())
LIVE: Final = (NOTES / "01_bot_detection.ipynb", NOTEBOOKS / "31_alerts.ipynb")
"""What follows where the stream is watched too: it needs Java and the connector."""


class NotebookError(PlatformError):
    """A notebook stopped; the message names it, its cell and the error."""


def execute(values: dict[str, Any], run_dir: Path, notebooks: Sequence[Path] = BATCH) -> Path:
    """Run notebooks one after the other and write the report.

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
    pathlib.Path
        The report's page.

    Raises
    ------
    NotebookError
        At the first notebook that fails.
    """
    run_dir.mkdir(parents=True)
    values = {**values, "run_dir": str(run_dir)}
    bar = tqdm(notebooks, desc="notebooks", unit="notebook", file=sys.stderr)
    for source in bar:
        bar.set_postfix_str(source.stem)
        try:
            papermill.execute_notebook(
                source,
                run_dir / source.name,
                parameters=params.of(values, source),
                cwd=source.parent,
                progress_bar={"desc": source.stem, "leave": False, "file": sys.stderr},
                extra_arguments=["--log-level=ERROR"],  # its warning on TCP is about networks
            )
        except PapermillExecutionError as error:
            raise NotebookError(
                f"{source.name}, cell [{error.exec_count}]: {error.ename}: {error.evalue}\n"
                f"The notebook as far as it came: {run_dir / source.name}"
            ) from error
    return report_page.write(run_dir, report.read(run_dir))


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
        for label, value in section.answers.items():
            sys.stdout.write(f"  {label:<{width}}  {value}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a params file, run the notebooks, print answers and the report's path.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; that of the process by default.

    Returns
    -------
    int
        0; 2 where the parameters do not fit; 1 where AWS or a notebook fails.
    """
    parser = argparse.ArgumentParser(prog="python -m helpers.run", description=__doc__)
    parser.add_argument("params", type=Path, help="a YAML file of params/")
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="a parameter in place of the file's",
    )
    parser.add_argument(
        "--live", action="store_true", help="then watch the stream: the note of the bots"
    )
    parsed = parser.parse_args(arguments)
    try:
        values = params.load(parsed.params)
        for setting in parsed.set:
            name, _, value = setting.partition("=")
            values[name] = yaml.safe_load(value)
        params.check(values, sorted([*NOTEBOOKS.glob("*.ipynb"), *NOTES.glob("*.ipynb")]))
    except InputError as error:
        sys.stderr.write(f"{parsed.params}: {error}\n")
        return 2
    started = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    run_dir = PROJECT / "runs" / f"{started}-{parsed.params.stem}"
    try:
        sys.stderr.write(f"Running on {aws.check()}.\n")
        page = execute(values, run_dir, BATCH + LIVE if parsed.live else BATCH)
    except PlatformError as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write(f"\nStopped. What was done is in {run_dir}; run it again at any time.\n")
        return 130
    print_answers(run_dir)
    sys.stdout.write(f"\nReport: {page}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
