"""The report is one page that holds everything that the notebooks recorded."""

import re
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from helpers import charts, report, report_page


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


def test_a_part_that_failed_is_named_and_the_others_stand(tmp_path: Path) -> None:
    _recorded(tmp_path)
    report.record_failure(
        str(tmp_path), "21_carts", question="What is left in carts?", failed="no table <x>"
    )
    page = report_page.write(tmp_path, report.read(tmp_path)).read_text()
    assert "What is left in carts?" in page
    assert "no table &lt;x&gt;" in page
    assert "The 4th had" in page


def test_page_begins_with_what_it_is_about_and_a_summary(tmp_path: Path) -> None:
    _recorded(tmp_path)
    about = {"file": "data/2019-Oct.csv", "days": "31"}
    page = report_page.write(tmp_path, report.read(tmp_path), about).read_text()
    head = page[: page.index("<section")]
    for words in (*about, *about.values(), "How many visitors", "The 4th had", "currency"):
        assert words in head


def test_headings_of_tables_are_words(tmp_path: Path) -> None:
    report.record(
        str(tmp_path), "20_x", question="?", definition="", findings=[], answers={},
        tables={"t": pd.DataFrame({"left_in_cart": [1]})},
    )  # fmt: skip
    assert '<th scope="col">left in cart</th>' in report_page.render("r", report.read(tmp_path), {})


def test_alternative_text_says_what_a_chart_shows(tmp_path: Path) -> None:
    figure = Figure()
    figure.add_subplot().plot([1, 5], label="visitors")
    name = charts.save(figure, str(tmp_path), "lines")
    report.record(
        str(tmp_path), "20_x", question="?", definition="", findings=[], answers={},
        charts={"Visitors a day": name},
    )  # fmt: skip
    page = report_page.write(tmp_path, report.read(tmp_path)).read_text()
    assert 'alt="Chart; visitors: 2 from 1 to 5."' in page
