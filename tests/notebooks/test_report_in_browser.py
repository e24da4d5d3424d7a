"""The report opens in a real browser, whole and without fetching anything."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from playwright.sync_api import Browser

from helpers import report, report_page
from support.browser import started

# as wide as the table of brands
WIDE = ["brand", *(f"{word} purchases" for word in "abcdefgh"), "shortfall_revenue", "x", "y_below"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as chromium:
        yield chromium


@pytest.fixture
def page(tmp_path: Path) -> Path:
    with plt.style.context("default", after_reset=True):  # whatever a test before this one set
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


def test_report_renders_with_its_chart_and_answers(page: Path, browser: Browser) -> None:
    shown = browser.new_page()
    asked: list[str] = []
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto(page.as_uri())
    image = shown.locator("img").first
    assert image.evaluate("i => [i.naturalWidth, i.naturalHeight]") == [400, 150]
    assert [url for url in asked if not url.startswith("data:")] == [page.as_uri()]
    text = shown.locator("body").inner_text()
    assert "Most came on Friday & Saturday." in text
    assert "1,234" in text
    shown.close()


@pytest.mark.parametrize(("width", "printed"), [(718, True), (1000, False), (400, False)])
def test_nothing_is_cut_off(page: Path, browser: Browser, width: int, printed: bool) -> None:
    """718 pixels of CSS lie between the margins of A4."""
    shown = browser.new_page(viewport={"width": width, "height": 900})
    if printed:
        shown.emulate_media(media="print")
    shown.goto(page.as_uri())
    assert shown.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    shown.close()


@pytest.mark.parametrize(
    ("scheme", "colour"), [("dark", "rgb(13, 17, 23)"), ("light", "rgb(255, 255, 255)")]
)
def test_the_page_is_dark_where_the_reader_likes_it_dark(
    page: Path, browser: Browser, scheme: Literal["dark", "light"], colour: str
) -> None:
    shown = browser.new_page(color_scheme=scheme)
    shown.goto(page.as_uri())
    assert shown.evaluate("getComputedStyle(document.body).backgroundColor") == colour
    shown.close()
