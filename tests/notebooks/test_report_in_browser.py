"""The report opens in a real browser, whole and without fetching anything."""

import shutil
import subprocess
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from helpers import report, report_page

BROWSER = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    figure, axes = plt.subplots(figsize=(8, 3), dpi=50)
    axes.plot([1, 2, 3], [3, 1, 2])
    figure.savefig(tmp_path / "chart.png")
    plt.close(figure)
    report.record(
        str(tmp_path),
        "20_unique_visitors",
        question="How many visitors come each day?",
        definition="A visitor is one user_id of that UTC day.",
        findings=["Most came on Friday & Saturday."],
        answers={"visitors in all": "1,234", "best day": "2019-10-04"},
        charts={"Visitors a day": "chart.png"},
        tables={"The first days": pd.DataFrame({"day": ["2019-10-01"], "visitors": [1234]})},
    )
    return report_page.write(tmp_path, report.read(tmp_path))


@pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome is installed")
def test_report_renders_with_its_chart_and_answers(page: Path, tmp_path: Path) -> None:
    script = (
        "<script>const i = document.images[0]; i.decode().then(() => document.body.dataset.shown ="
        "i.naturalWidth + 'x' + i.naturalHeight + ' ' + performance.getEntriesByType('resource')"
        ".filter(e => !e.name.startsWith('data:')).length + ' fetched')</script></body>"
    )
    probe = tmp_path / "probe.html"
    probe.write_text(page.read_text().replace("</body>", script))
    command = [str(BROWSER), *QUIET, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
    dom = subprocess.run(
        [*command, "--virtual-time-budget=5000", probe.as_uri()],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    assert 'data-shown="400x150 0 fetched"' in dom
    assert "Most came on Friday &amp; Saturday." in dom
    assert "1,234" in dom
