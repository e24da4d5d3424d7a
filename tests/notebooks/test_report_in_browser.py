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
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome is installed")

# as wide as the table of brands
WIDE = ["brand", *(f"{word} purchases" for word in "abcdefgh"), "shortfall_revenue", "x", "y_below"]


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
        tables={"The first days": pd.DataFrame([["brandname", *["1,234.5"] * 11]], columns=WIDE)},
    )
    return report_page.write(tmp_path, report.read(tmp_path))


def _dom(command: list[str], page: Path) -> str:
    done = subprocess.run(
        [*command, page.as_uri()], capture_output=True, text=True, timeout=300, check=True
    )
    return done.stdout


@needs_browser
def test_report_renders_with_its_chart_and_answers(page: Path, tmp_path: Path) -> None:
    # at the load of the page: what a promise says later may miss the end of the virtual time
    script = (
        "<script>addEventListener('load', () => { const i = document.images[0];"
        "document.body.dataset.shown = i.naturalWidth + 'x' + i.naturalHeight + ' ' +"
        "performance.getEntriesByType('resource').filter(e => !e.name.startsWith('data:')).length"
        " + ' fetched' })</script></body>"
    )
    probe = tmp_path / "probe.html"
    probe.write_text(page.read_text().replace("</body>", script))
    command = [str(BROWSER), *QUIET, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
    dom = _dom([*command, "--virtual-time-budget=5000"], probe)
    assert 'data-shown="400x150 0 fetched"' in dom
    assert "Most came on Friday &amp; Saturday." in dom
    assert "1,234" in dom


@needs_browser
@pytest.mark.parametrize(("width", "print_rules"), [(718, True), (1000, False), (400, False)])
def test_nothing_is_cut_off(page: Path, tmp_path: Path, width: int, print_rules: bool) -> None:
    text = page.read_text()
    if print_rules:  # what lies between the margins of A4, as CSS counts
        text = text.replace("@media print", "@media all")
    shown = "document.body.dataset.over = document.documentElement.scrollWidth - innerWidth"
    probe = tmp_path / "probe.html"
    probe.write_text(text.replace("</body>", f"<script>{shown}</script></body>"))
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    size = f"--window-size={width},900"
    dom = _dom([str(BROWSER), *QUIET, profile, size, "--dump-dom"], probe)
    over = int(dom.split('data-over="')[1].split('"')[0])
    assert over <= 0


@needs_browser
def test_the_page_is_dark_where_the_reader_likes_it_dark(page: Path, tmp_path: Path) -> None:
    shown = "document.body.dataset.page = getComputedStyle(document.body).backgroundColor"
    probe = tmp_path / "probe.html"
    probe.write_text(page.read_text().replace("</body>", f"<script>{shown}</script></body>"))
    command = [str(BROWSER), *QUIET, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
    dark = _dom([*command, "--blink-settings=preferredColorScheme=0"], probe)
    assert 'data-page="rgb(13, 17, 23)"' in dark
    light = _dom([*command, "--blink-settings=preferredColorScheme=1"], probe)
    assert 'data-page="rgb(255, 255, 255)"' in light
