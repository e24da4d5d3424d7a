"""The page in a real browser: it stands alone, and every sheet lives."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dashboards import definition
from support import pages

SHEETS = [sheet["SheetId"] for sheet in definition.build()["Sheets"]]


def test_the_page_asks_for_nothing_and_says_no_error(browser: Browser, page_file: Path) -> None:
    with pages.opened(browser, page_file) as (page, seen):
        for sheet in SHEETS:
            page.click(f"#link-{sheet}")
            page.wait_for_selector(f"#sheet-{sheet}:not([hidden])")
            pages.settled(page)
        assert seen.errors == []
        assert seen.requests == [page_file.as_uri()]


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_visual_of_a_sheet_is_drawn(browser: Browser, page_file: Path, sheet: str) -> None:
    plan, _ = pages.plan_of(pages.frames())
    (visuals,) = [one["visuals"] for one in plan["sheets"] if one["id"] == sheet]
    with pages.opened(browser, page_file, f"#sheet={sheet}") as (page, _seen):
        cards = page.locator(f"#sheet-{sheet} .card")
        assert cards.count() == len(visuals)
        for place, visual in enumerate(visuals):
            card = cards.nth(place)
            assert "broken" not in (card.get_attribute("class") or ""), card.inner_text()
            assert card.locator("h3").inner_text() == visual["title"]
            if visual["kind"] in {"line", "bar", "heat", "scatter"}:
                assert card.locator("svg path[aria-roledescription]").count()
                assert (card.locator("svg").bounding_box() or {})["height"] > 60
            elif visual["kind"] == "table":
                assert card.locator("tbody tr").count()
            else:
                assert card.locator("strong").inner_text() not in {"", "–"}


def test_eval_is_blocked_and_so_is_a_script_that_is_not_the_page_s_own(
    browser: Browser, page_file: Path
) -> None:
    with pages.opened(browser, page_file) as (page, seen):
        page.evaluate(
            """() => {
                const script = document.createElement("script");
                script.textContent = "window.foreign = 1; window.made = new Function('return 1')()";
                document.body.append(script);
            }"""
        )
        assert page.evaluate("window.foreign") is None
        assert any("Content Security Policy" in error for error in seen.errors)
    policy = page_file.read_text().partition('Content-Security-Policy" content="')[2]
    assert "unsafe-eval" not in policy.partition('"')[0]
    assert policy.count("&#39;sha256-") or policy.count("'sha256-")
