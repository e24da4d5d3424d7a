"""The sentences above the charts: computed, honest about few, in words where nothing is there."""

from pathlib import Path

import pandas as pd
from playwright.sync_api import Browser

from support import pages


def test_every_chart_has_a_sentence_that_follows_the_filter(
    browser: Browser, page_file: Path
) -> None:
    with pages.opened(browser, page_file) as (page, _seen):
        for sheet in ("visitors", "carts", "hours", "funnel"):
            pages.go(page, f"#sheet={sheet}")
            charts = page.locator(f"#sheet-{sheet} .card:is(.line, .bar, .heat)")
            scope = page.locator(f"#sheet-{sheet} .scope").inner_text()
            before = charts.locator(".sentence").all_inner_texts()
            assert all(text.endswith(".") for text in before)
            pages.go(page, f"#sheet={sheet}&day=2019-10-04..2019-10-08")
            after = charts.locator(".sentence").all_inner_texts()
            days_hear = [old != new for old, new in zip(before, after, strict=True)]
            assert sum(days_hear) >= len(days_hear) - 1  # the drill is of all days
            assert page.locator(f"#sheet-{sheet} .scope").inner_text() != scope


def test_a_share_says_what_it_is_of_and_how_sure_it_is(browser: Browser, page_file: Path) -> None:
    with pages.opened(browser, page_file, "#sheet=carts") as (page, _seen):
        said = pages.card(page, "Rate left").locator(".sentence").inner_text()
        assert said.startswith(
            "Rate left 40.00% (840 of 2,100; 95% interval 37.92% to 42.11%) overall; "
        )
        # the interval is drawn too: a band behind the line
        assert pages.card(page, "Rate left").locator("svg .mark-area path").count() == 1


def test_shares_of_few_are_greyed_and_not_compared(browser: Browser, page_file: Path) -> None:
    # one brand and category: 10 pairs a day
    address = "#sheet=carts&brand=acme&category=electronics"
    with pages.opened(browser, page_file, address) as (page, _seen):
        card = pages.card(page, "Rate left")
        assert "each share is of fewer than 30" in card.locator(".sentence").inner_text()
        dots = card.locator("svg .mark-symbol path")
        assert {dots.nth(n).get_attribute("opacity") for n in range(dots.count())} == {"0.35"}
        card.locator("details.data > summary").click()
        assert card.locator("td.small").count() > 0


def test_nothing_left_by_the_filters_is_said_in_words(browser: Browser, tmp_path: Path) -> None:
    rows = pages.frames()
    carts = rows["carts"]
    assert isinstance(carts, pd.DataFrame)
    rows["carts"] = carts[~((carts["brand"] == "acme") & (carts["category"] == "apparel"))]
    path = pages.write(tmp_path, rows)
    with pages.opened(browser, path, "#sheet=carts&brand=acme&category=apparel") as (page, seen):
        card = pages.card(page, "Rate left")
        assert "Nothing is left by the filters" in card.locator(".sentence").inner_text()
        assert not card.locator(".chart").is_visible()
        assert seen.errors == []


def test_a_day_without_a_row_is_a_gap_in_the_line(browser: Browser, tmp_path: Path) -> None:
    rows = pages.frames()
    days = rows["days"]
    assert isinstance(days, pd.DataFrame)
    rows["days"] = days.drop(index=[5, 6])
    path = pages.write(tmp_path, rows)
    with pages.opened(browser, path, "#sheet=visitors") as (page, _seen):
        line = pages.card(page, "View conversion").locator("svg .mark-line path").first
        assert (line.get_attribute("d") or "").count("M") == 2


def test_of_several_measures_the_highest_says_whose_it_is(
    browser: Browser, page_file: Path
) -> None:
    with pages.opened(browser, page_file, "#sheet=visitors") as (page, _seen):
        said = pages.card(page, "New and returning").locator(".sentence").inner_text()
        assert "; returning visitors: highest Mon 2019-10-14 (53)" in said


def test_one_is_not_many_and_no_sentence_is_empty(browser: Browser, tmp_path: Path) -> None:
    rows = {
        name: found.head(1) for name, found in pages.frames().items() if not isinstance(found, str)
    }
    with pages.opened(browser, pages.write(tmp_path, rows), "#sheet=alerts") as (page, _seen):
        said = pages.card(page, "Detections by rule").locator(".sentence")
        assert said.inner_text() == "1 alert in all."
        pages.go(page, "#sheet=hours")
        assert pages.card(page, "Lift").locator(".sentence").inner_text() == "Lift 1.00."


def test_what_no_filter_took_away_is_not_put_on_the_filters(
    browser: Browser, tmp_path: Path
) -> None:
    rows = pages.frames()
    hours, days = rows["hours"], rows["days"]
    assert isinstance(hours, pd.DataFrame)
    assert isinstance(days, pd.DataFrame)
    rows["hours"] = hours[hours["category"] == "(no code)"]
    rows["days"] = days.assign(visitors=None, buyers=None)
    with pages.opened(browser, pages.write(tmp_path, rows), "#sheet=hours") as (page, _seen):
        said = pages.card(page, "Lift").locator(".sentence")
        assert said.inner_text() == "The view dashboard_hours holds no row of this."
        pages.go(page, "#sheet=hours&category=apparel")
        assert "Nothing is left by the filters" in said.inner_text()
        pages.go(page, "#sheet=visitors")
        said = pages.card(page, "Visitors and buyers").locator(".sentence")
        assert said.inner_text() == "No row here has a value of visitors and buyers."


def test_no_label_is_cut_when_numbers_grow(browser: Browser, page_file: Path) -> None:
    cut = """() => [...document.querySelectorAll(".sheet:not([hidden]) svg")].flatMap((svg) => {
        const box = svg.getBoundingClientRect();
        return [...svg.querySelectorAll("text")].filter((text) => {
            const { left, right, width } = text.getBoundingClientRect();
            return width && getComputedStyle(text).opacity !== "0"
                && (left < box.left - 1 || right > box.right + 1);
        }).map((text) => text.textContent);
    })"""
    for width in (320, 1280):
        window = {"width": width, "height": 900}
        with pages.opened(browser, page_file, viewport=window) as (page, _seen):
            for sheet in ("visitors", "carts", "hours", "brands", "funnel", "alerts"):
                pages.go(page, f"#sheet={sheet}&day=2019-10-01..2019-10-01&brand=acme")
                pages.go(page, f"#sheet={sheet}")
                assert page.evaluate(cut) == [], (width, sheet)
