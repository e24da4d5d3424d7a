"""For everybody: axe finds nothing, the keyboard reaches all, paper holds all."""

import io
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from dashboards import definition
from support import pages

SHEETS = ["answers", *(sheet["SheetId"] for sheet in definition.build()["Sheets"])]


@pytest.fixture(scope="module")
def whole_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with the sheet of answers too."""
    return pages.write(
        tmp_path_factory.mktemp("page"), pages.frames(), **pages.answered(), first=True
    )


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_axe_finds_nothing(browser: Browser, whole_page: Path, scheme: str, width: int) -> None:
    with pages.opened(
        browser, whole_page, color_scheme=scheme, viewport={"width": width, "height": 800}
    ) as (page, _seen):
        for sheet in SHEETS:
            pages.go(page, f"#sheet={sheet}&brand=acme")
            page.evaluate("document.querySelectorAll('details').forEach(o => { o.open = true; })")
            pages.settled(page)
            # head and foot are the same everywhere: once, with chips and greyed filters
            where = "" if sheet == "carts" else f"#sheet-{sheet}"
            found = Axe().run(page, where or None, {"resultTypes": ["violations"]})
            assert found.violations_count == 0, (sheet, found.generate_report())
            wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            assert not wide, f"{sheet} scrolls sideways"


def test_the_keyboard_reaches_controls_first_and_changes_are_said(
    browser: Browser, whole_page: Path
) -> None:
    with pages.opened(browser, whole_page, "#sheet=carts") as (page, _seen):
        order = []
        for _ in range(16):
            page.keyboard.press("Tab")
            order.append(page.evaluate("document.activeElement.id"))
        assert order[0] == "skip"
        links = [f"link-{sheet}" for sheet in SHEETS]
        assert [name for name in order if name in links] == links
        assert order.index("link-alerts") < order.index("filter-day")
        page.locator("#filter-category").focus()
        page.keyboard.press("e")  # as a select chooses by its first letter
        expect(page.locator("#said")).to_contain_text("Carts. Only category electronics.")
        assert page.evaluate("document.activeElement.id") == "filter-category"
        page.get_by_role("button", name="Take away the filter Category electronics").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".chips li").first).to_contain_text("No filter is set")
        assert page.evaluate("document.activeElement.className") == "chips"
        card = pages.card(page, "Where the value is left")
        card.locator("details.data > summary").click()
        card.get_by_role("button", name="apparel", exact=True).press("Enter")
        expect(card.locator(".trail strong")).to_have_text("apparel")
        assert page.evaluate("document.activeElement.className") == "trail"


def test_a_chart_s_text_alternative_says_what_it_shows_now(
    browser: Browser, whole_page: Path
) -> None:
    with pages.opened(browser, whole_page, "#sheet=carts&brand=acme") as (page, _seen):
        chart = pages.card(page, "Rate left").locator("[role=img]")
        said = pages.card(page, "Rate left").locator(".sentence").inner_text()
        assert chart.get_attribute("aria-label") == (
            f"A line over the days: the share of carted pairs that was left. {said}"
        )


def test_light_and_dark_are_chosen_by_the_reader_and_kept_in_the_address(
    browser: Browser, whole_page: Path
) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    with pages.opened(browser, whole_page, color_scheme="light") as (page, _seen):
        light = page.evaluate(background)
        page.get_by_role("button", name="Light or dark").click()
        pages.settled(page)
        assert page.evaluate(background) != light
        assert "theme=dark" in page.url


def test_on_paper_all_sheets_stand_open_with_tables_and_no_bar_is_cut(
    browser: Browser, whole_page: Path
) -> None:
    with pages.opened(browser, whole_page, color_scheme="dark") as (page, seen):
        page.emulate_media(media="print", color_scheme="dark")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        for sheet in SHEETS:
            assert page.locator(f"#sheet-{sheet}").is_visible(), sheet
        drawn = page.locator(".card:is(.line, .bar, .heat, .scatter)")
        expect(drawn.locator("svg")).to_have_count(drawn.count())
        assert page.locator(".card tbody").count() == page.locator(".card").count()
        breaks = drawn.locator(".chart").evaluate_all(
            "all => all.map(one => getComputedStyle(one).breakInside)"
        )
        assert set(breaks) == {"avoid"}
        assert (
            page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        )
        assert len(page.pdf()) > 50_000
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        page.emulate_media(media="screen")
        pages.settled(page)
        assert page.locator(".sheet:not([hidden])").count() == 1
        assert seen.errors == []


def test_a_long_table_is_printed_to_a_bound_that_it_names_below_a_repeated_head(
    browser: Browser, tmp_path: Path
) -> None:
    path = pages.write(tmp_path, pages.frames(120))
    with pages.opened(browser, path, "#sheet=visitors") as (page, _seen):
        page.emulate_media(media="print")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        card = pages.card(page, "Days")
        expect(card.locator(".rest")).to_have_text(
            "The first 100 of 120 rows: the page itself and its CSV have them all."
        )
        assert card.locator("tbody tr").count() == 100
        page.evaluate(
            "document.querySelectorAll('.sheet:not(#sheet-visitors), .card:not(.table)')"
            ".forEach(one => one.remove())"
        )
        printed = [one.extract_text() for one in PdfReader(io.BytesIO(page.pdf())).pages]
        with_rows = [text for text in printed if re.search(r"2019-1\d-\d\d\s+1\d\d", text)]
        assert len(with_rows) > 1
        assert all("new visitors sessions" in text for text in with_rows), printed
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        page.emulate_media(media="screen")
        pages.settled(page)
        expect(card.locator(".more")).to_have_text("Show all 120 rows")


def test_whoever_wants_no_motion_gets_none(browser: Browser, whole_page: Path) -> None:
    with pages.opened(browser, whole_page, reduced_motion="reduce") as (page, _seen):
        moving = page.evaluate(
            "[...document.querySelectorAll('*')].filter(one =>"
            " getComputedStyle(one).transitionDuration !== '0s'"
            " || getComputedStyle(one).animationName !== 'none').length"
        )
        assert moving == 0
