"""The report is one page that holds everything that the notebooks recorded."""

import re
from pathlib import Path

import pandas as pd

from helpers import report, report_page


def _recorded(run_dir: Path) -> Path:
    (run_dir / "visitors.png").write_bytes(b"\x89PNG")
    report.record(
        str(run_dir),
        "20_unique_visitors",
        question="How many visitors come each day?",
        definition="A visitor is one user_id <of that UTC day>.",
        findings=["The 4th had the most visitors."],
        answers={"visitors a day": "1,234"},
        charts={"Visitors a day": "visitors.png"},
        tables={"The first days": pd.DataFrame({"day": ["2019-10-01"], "visitors": [1234]})},
    )
    return report_page.write(run_dir, report.read(run_dir))


def test_page_holds_question_findings_answers_chart_and_table(tmp_path: Path) -> None:
    page = _recorded(tmp_path).read_text()
    for words in ("How many visitors", "The 4th had", "1,234", "Visitors a day", "2019-10-01"):
        assert words in page
    assert 'src="data:image/png;base64,iVBORw=="' in page


def test_page_loads_nothing_from_elsewhere_and_escapes_text(tmp_path: Path) -> None:
    page = _recorded(tmp_path).read_text()
    assert not re.search(r'(src|href)="(?!data:|#)', page)
    assert "&lt;of that UTC day&gt;" in page


def test_recording_again_replaces(tmp_path: Path) -> None:
    _recorded(tmp_path)
    _recorded(tmp_path)
    assert [s.notebook for s in report.read(tmp_path)] == ["20_unique_visitors"]
