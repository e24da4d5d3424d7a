"""What a notebook hands on to the run's report."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.files import written_whole


@dataclass(frozen=True)
class Section:
    """One notebook's part of the report.

    Attributes
    ----------
    notebook : str
        The notebook's name without its ending, such as ``20_unique_visitors``.
    question : str
        The question as a reader would ask it.
    definition : str
        What is counted, in words.
    findings : list of str
        Whole sentences, computed from the data.
    answers : dict of str to str
        Label and value of the figures that stand in the table of answers.
    charts : dict of str to str
        Caption and file name of each chart in the run's folder.
    tables : dict of str to dict
        Caption and table, as ``{"columns": [...], "rows": [[...], ...]}``.
    failed : str
        Why the notebook did not end, where it did not; its other parts are empty then.
    """

    notebook: str
    question: str
    definition: str
    findings: list[str]
    answers: dict[str, str]
    charts: dict[str, str] = field(default_factory=dict)
    tables: dict[str, dict[str, list[object]]] = field(default_factory=dict)
    failed: str = ""


def record(
    run_dir: str,
    notebook: str,
    *,
    question: str,
    definition: str,
    findings: list[str],
    answers: dict[str, str],
    charts: dict[str, str] | None = None,
    tables: dict[str, pd.DataFrame] | None = None,
) -> None:
    """Write a notebook's answers where the report of its run finds them.

    Parameters
    ----------
    run_dir : str
        The run's folder, the notebook's parameter of that name.
    notebook : str
        The notebook's name without its ending; recording again replaces.
    question, definition, findings, answers, charts
        As in `Section`; values of `answers` are formatted for reading.
    tables : dict of str to pandas.DataFrame, optional
        Caption and a short table, formatted for reading.
    """
    section = Section(
        notebook,
        question,
        definition,
        findings,
        answers,
        charts or {},
        {
            caption: {
                "columns": [str(column).replace("_", " ") for column in table.columns],
                "rows": [[str(value) for value in row] for row in table.itertuples(index=False)],
            }
            for caption, table in (tables or {}).items()
        },
    )
    _write(run_dir, section)


def record_failure(run_dir: str, notebook: str, *, question: str, failed: str) -> None:
    """Write that a notebook did not end, so that the report names the part that is missing.

    Parameters
    ----------
    run_dir, notebook, question
        As in `record`.
    failed : str
        Why it did not.
    """
    _write(run_dir, Section(notebook, question, "", [], {}, failed=failed))


def _write(run_dir: str, section: Section) -> None:
    text = json.dumps(asdict(section), ensure_ascii=False, indent=1)
    with written_whole(paths.local(run_dir) / f"{section.notebook}.json") as stream:
        stream.write(text.encode())


def read(run_dir: Path) -> list[Section]:
    """Read what the notebooks of a run recorded.

    Parameters
    ----------
    run_dir : pathlib.Path
        The run's folder.

    Returns
    -------
    list of Section
        In the order of the notebooks' names.
    """
    return [Section(**json.loads(path.read_text())) for path in sorted(run_dir.glob("*.json"))]
