"""The page of a run, written beside its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from dashboards import definition
from dashboards.page import asking, document, origin, planning
from helpers import athena, report, report_page
from helpers.errors import InputError
from helpers.files import written_whole
from helpers.report import Section

NAME: Final = "dashboard.html"
TITLE: Final = "The store at a glance"
FIRST: Final[Mapping[str, Any]] = {
    "id": "answers",
    "title": "Answers",
    "text": "What needs attention first, then each question's answer; the sheets have the rest.",
    "visuals": [],
}
"""The sheet before those of the definition."""
_SHEETS: Final = {
    "20_unique_visitors": "visitors",
    "21_carted_not_bought": "carts",
    "22_top_categories": "hours",
    "23_brands_to_market": "brands",
    "24_session_funnel": "funnel",
    "31_alerts": "alerts",
}
"""Where the charts of a notebook's question are."""


def write(run_dir: Path, values: Mapping[str, Any]) -> tuple[Path, list[str]]:
    """Ask the views and write the page into a run's folder, and the way to it into its report.

    Parameters
    ----------
    run_dir : pathlib.Path
        The run's folder; what its notebooks recorded stands on the page.
    values : mapping
        The run's parameters.

    Returns
    -------
    tuple of pathlib.Path and list of str
        The page, and what of it cannot be shown, a sentence each.

    Raises
    ------
    InputError
        Where the definition has what the page cannot draw, or the page grows too large.
    ServiceError
        Where Athena is out of reach.
    """
    if "bucket" not in values:
        raise InputError("The parameters name no `bucket`, where Athena keeps its results.")
    bucket = str(values["bucket"])
    workgroup = str(values.get("workgroup", "primary"))
    athena.use(str(values.get("database", "db_commerce")), bucket, workgroup)
    answers = asking.ask()
    plan, data = planning.plan(definition.build(), answers, definition.matrix())
    plan["sheets"].insert(0, FIRST)
    sections = report.read(run_dir)
    shown = [_shown(section, run_dir) for section in sections]
    words = document.Words(
        title=TITLE,
        lead="All times are UTC unless said otherwise; money is in the currency of the data.",
        about=origin.about(values, run_dir.name, answers["days"]),
        statements=asking.statements(),
        attention=[one for one in shown if not one["notebook"].startswith("2")],
        questions=[one for one in shown if one["notebook"].startswith("2")],
        report="report.html" if (run_dir / "report.html").exists() else "",
    )
    page = run_dir / NAME
    text = document.render(plan, data, words)
    with written_whole(page) as stream:
        stream.write(text.encode())
    if words.report:
        sheets = {one["notebook"]: f"{NAME}#sheet={one['sheet']}" for one in shown if one["sheet"]}
        report_page.write(run_dir, sections, report_page.about(values), {"": NAME, **sheets})
    errors = [v["error"] for sheet in plan["sheets"] for v in sheet["visuals"] if v["error"]]
    return page, list(dict.fromkeys(errors))


def _shown(section: Section, run_dir: Path) -> dict[str, Any]:
    executed = f"{section.notebook}.ipynb"
    return {
        "notebook": section.notebook,
        "question": section.question,
        "findings": section.findings,
        "answers": section.answers,
        "failed": section.failed,
        "link": executed if (run_dir / executed).exists() else "",
        "sheet": _SHEETS.get(section.notebook, ""),
    }
