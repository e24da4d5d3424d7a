"""Filters: over all sheets at once, as chips, in the address, greyed where a sheet cannot obey."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from dashboards import definition
from support import pages


def _chips(page: Page) -> list[str]:
    return [text.removesuffix(" ×") for text in page.locator(".chips li").all_inner_texts()]


def _strong(page: Page, title: str) -> str:
    return pages.card(page, title).locator("strong").inner_text()


def test_a_filter_is_a_chip_holds_on_every_sheet_and_back_takes_it_away(
    browser: Browser, page_file: Path
) -> None:
    with pages.opened(browser, page_file, "#sheet=carts") as (page, _seen):
        sentence = pages.card(page, "Value left").locator(".sentence")
        whole = sentence.inner_text()
        page.select_option("#filter-category", "electronics")
        expect(page.locator(".chips li").first).to_contain_text("Category: electronics")
        pages.settled(page)
        assert page.locator("#filter-category option:checked").inner_text() == "one more"
        assert "category=electronics" in page.url
        part = sentence.inner_text()
        assert part != whole
        page.click("#link-hours")
        pages.settled(page)
        rows = pages.card(page, "Categories").locator("tbody tr")
        assert rows.count() == 1
        assert "electronics" in rows.inner_text()
        page.go_back()
        pages.settled(page)
        assert sentence.inner_text() == part
        page.go_back()
        expect(page.locator(".chips li").first).to_contain_text("No filter is set")
        pages.settled(page)
        assert sentence.inner_text() == whole


def test_an_address_shows_the_same_again(browser: Browser, page_file: Path) -> None:
    with pages.opened(browser, page_file, "#sheet=carts") as (page, _seen):
        page.select_option("#filter-category", "electronics")
        page.select_option("#filter-category", "apparel")
        page.select_option("#filter-brand", "acme")
        page.fill("#filter-day", "2019-10-03")
        page.fill("#filter-day-to", "2019-10-05")
        pages.settled(page)
        chips, url = _chips(page), page.url
        sentences = page.locator("#sheet-carts .sentence").all_inner_texts()
    assert len(chips) == 5  # with the one that clears all
    with pages.opened(browser, page_file, f"#{url.partition('#')[2]}") as (page, _seen):
        assert _chips(page) == chips
        assert page.locator("#sheet-carts .sentence").all_inner_texts() == sentences
        # three days, two categories, one brand: 10 + 11 pairs a day, 4 + 5 left
        assert "(27 of 63" in pages.card(page, "Rate left").locator(".sentence").inner_text()


def test_a_chip_is_taken_away_alone_and_all_at_once(browser: Browser, page_file: Path) -> None:
    address = "#sheet=carts&category=electronics&category=apparel&brand=acme"
    with pages.opened(browser, page_file, address) as (page, _seen):
        page.get_by_role("button", name="Take away the filter Category electronics").click()
        expect(page.locator(".chips li")).to_have_count(3)
        assert "electronics" not in page.url
        page.get_by_role("button", name="Clear all").click()
        expect(page.locator(".chips li").first).to_contain_text("No filter is set")


def test_what_a_sheet_cannot_obey_is_greyed_with_the_reason(
    browser: Browser, page_file: Path
) -> None:
    with pages.opened(browser, page_file, "#sheet=month&brand=acme&day=2019-10-02..2019-10-03") as (
        page,
        _seen,
    ):
        for sheet, row in definition.matrix().items():
            pages.go(page, f"#sheet={sheet}&brand=acme&day=2019-10-02..2019-10-03")
            for column, obeys in row.items():
                control = page.locator(f".control:has(#filter-{column})")
                greyed = "without" in (control.get_attribute("class") or "")
                assert greyed == (obeys.how == "no"), (sheet, column)
                assert control.locator("small").inner_text() == obeys.why
            chip = page.locator(".chips li", has_text="Brand: acme")
            assert ("not on this sheet" in chip.inner_text()) == (row["brand"].how == "no")


def test_the_numbers_of_days_are_those_chosen(browser: Browser, page_file: Path) -> None:
    with pages.opened(browser, page_file, "#sheet=month&day=2019-10-02..2019-10-03") as (page, _):
        assert _strong(page, "Views") == "2,003"
        assert _strong(page, "Revenue") == "0.50"


def test_an_address_with_what_is_not_there_says_so(browser: Browser, page_file: Path) -> None:
    address = "#sheet=nowhere&brand=unknown&day=someday&category=electronics"
    with pages.opened(browser, page_file, address) as (page, seen):
        said = page.locator("#unknown").inner_text()
        for word in ("nowhere", "unknown", "someday"):
            assert word in said
        assert "Category: electronics" in " ".join(_chips(page))
        assert seen.errors == []


def test_a_drill_or_a_day_that_is_not_there_is_said_and_the_first_sheet_is_marked(
    browser: Browser, page_file: Path
) -> None:
    address = "#elsewhere&drill.carts-drill=nix&drill.nobody=1&day=2019-02-31..2019-03-01"
    with pages.opened(browser, page_file, address) as (page, seen):
        said = page.locator("#unknown").inner_text()
        for word in ("elsewhere", "opens as nix", "opens as 1", "2019-02-31"):
            assert word in said
        first = definition.build()["Sheets"][0]["Name"]
        assert said.endswith(f"Shown is the sheet {first} without it.")
        assert page.locator("[aria-current=page]").all_inner_texts() == [first]
        assert seen.errors == []


def test_the_way_to_the_content_leaves_sheet_and_filters_as_they_are(
    browser: Browser, page_file: Path
) -> None:
    with pages.opened(browser, page_file, "#sheet=carts&brand=acme") as (page, _seen):
        url = page.url
        page.locator("#skip").press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        assert (page.url, page.locator("#unknown").inner_text()) == (url, "")


def test_days_the_wrong_way_round_are_the_same_days(browser: Browser, page_file: Path) -> None:
    with pages.opened(browser, page_file, "#sheet=month&day=2019-10-03..2019-10-02") as (page, _):
        assert _strong(page, "Views") == "2,003"


def test_a_filter_leaves_alone_what_does_not_hear_it(browser: Browser, page_file: Path) -> None:
    with pages.opened(browser, page_file, "#sheet=carts") as (page, _seen):
        drill = pages.card(page, "Where the value is left")
        drill.locator("details.data > summary").click()
        drill.get_by_role("button", name="category", exact=True).click()
        order = drill.locator("tbody th").all_inner_texts()
        assert order == sorted(order)
        page.fill("#filter-day", "2019-10-03")
        expect(page.locator(".chips li").first).to_contain_text("2019-10-03")
        pages.settled(page)
        assert drill.locator("tbody th").all_inner_texts() == order


def test_the_third_level_of_the_categories_is_a_filter(browser: Browser, page_file: Path) -> None:
    address = "#sheet=hours&category_3=electronics.x.x"
    with pages.opened(browser, page_file, address) as (page, _seen):
        (row,) = pages.card(page, "Categories").locator("tbody tr").all_inner_texts()
        assert row.startswith("electronics")
