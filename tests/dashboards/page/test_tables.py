"""The table behind a chart: sorted, copied, saved, opened; totals hold at each level."""

import csv
import io
import math
from decimal import Decimal
from pathlib import Path

import pandas as pd
from playwright.sync_api import Browser, Page, expect

from support import pages


def _cells(page: Page, title: str, column: int) -> list[str]:
    pages.card(page, title).locator("thead th").first.wait_for()  # made once its details open
    cells = pages.card(page, title).locator("tbody tr > *")
    width = pages.card(page, title).locator("thead th").count()
    return cells.all_inner_texts()[column::width]


def test_a_table_is_sorted_by_its_headings(browser: Browser, page_file: Path) -> None:
    with pages.opened(browser, page_file, "#sheet=visitors") as (page, _seen):
        heading = pages.card(page, "Days").get_by_role("button", name="views", exact=True)
        heading.click()
        down = _cells(page, "Days", 4)
        assert down == sorted(down, key=pages.number, reverse=True)
        expect(pages.card(page, "Days").locator("[aria-sort=descending]")).to_have_count(1)
        heading.click()
        assert _cells(page, "Days", 4) == down[::-1]
        assert "sorted by views, lowest first" in page.locator("#said").inner_text()


def test_what_is_copied_is_what_is_saved(browser: Browser, page_file: Path) -> None:
    with pages.opened(
        browser, page_file, "#sheet=carts", permissions=["clipboard-read", "clipboard-write"]
    ) as (page, _seen):
        card = pages.card(page, "Rate left")
        card.locator("details.data > summary").click()
        card.get_by_role("button", name="Copy").click()
        expect(page.locator("#said")).to_contain_text("14 rows copied")
        copied = page.evaluate("navigator.clipboard.readText()")
        with page.expect_download() as download:
            card.get_by_role("button", name="Save as CSV").click()
        assert download.value.suggested_filename == "carts-rate.csv"
        saved = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(saved)))
    assert list(csv.reader(io.StringIO(copied))) == rows
    assert rows[0][:4] == ["day", "rate left", "left in cart", "carted"]
    assert rows[1][:4] == ["2019-10-01", repr(60 / 150), "60", "150"]


def test_a_text_that_a_spreadsheet_would_run_is_saved_as_text(
    browser: Browser, tmp_path: Path
) -> None:
    rows = pages.frames()
    carts = rows["carts"]
    assert isinstance(carts, pd.DataFrame)
    carts["brand"] = carts["brand"].replace({"acme": '=HYPERLINK("x"),"y"'})
    path = pages.write(tmp_path, rows)
    with pages.opened(browser, path, "#sheet=carts") as (page, _seen):
        with page.expect_download() as download:
            pages.card(page, "Brands").get_by_role("button", name="Save as CSV").click()
        saved = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert '\'=HYPERLINK("x"),"y"' in [row[0] for row in csv.reader(io.StringIO(saved))]


def test_totals_hold_at_each_level_of_the_drill(browser: Browser, page_file: Path) -> None:
    title = "Where the value is left"
    with pages.opened(browser, page_file, "#sheet=carts") as (page, _seen):
        card = pages.card(page, title)
        card.locator("details.data > summary").click()

        def sums() -> dict[str, Decimal]:
            names, values = _cells(page, title, 0), _cells(page, title, 1)
            return dict(zip(names, map(pages.number, values), strict=True))

        categories = sums()
        assert card.locator(".sentence").inner_text().startswith(f"{sum(categories.values())} ")
        levels = ("electronics", "electronics.x", "electronics.x.x")
        for level in levels:
            assert sums()[level] == categories["electronics"]
            card.get_by_role("button", name=level, exact=True).click()
            expect(card.locator(".trail strong")).to_have_text(level)
            pages.settled(page)
        brands = sums()
        assert sum(brands.values()) == categories["electronics"]
        card.get_by_role("button", name="acme", exact=True).click()
        expect(card.locator(".trail strong")).to_have_text("acme")
        pages.settled(page)
        products = sums()
        assert set(products) == {"1003001", "(others)"}
        assert sum(products.values()) == brands["acme"]
        card.locator(".trail").get_by_role("button", name="All").click()
        expect(card.locator(".trail strong")).to_have_text("All")
        pages.settled(page)
        assert sums() == categories


def test_a_click_on_a_row_of_a_field_opens_its_category(browser: Browser, page_file: Path) -> None:
    with pages.opened(browser, page_file, "#sheet=hours") as (page, _seen):
        card = pages.card(page, "Lift")
        card.locator("svg .mark-rect path").last.click()
        expect(card.locator(".trail strong")).to_have_text("electronics")
        pages.settled(page)
        assert "electronics.x" in card.locator("svg").inner_html()
        assert "drill.hours-lift=" in page.url


def test_a_dot_has_the_colour_of_its_verdict_whatever_is_filtered(
    browser: Browser, tmp_path: Path
) -> None:
    rows = pages.frames()
    brands = rows["brands"]
    assert isinstance(brands, pd.DataFrame)
    brands["verdict"] = ["clearly below", "not short", "too few views"]
    colours = {}
    with pages.opened(browser, pages.write(tmp_path, rows), "#sheet=brands") as (page, _seen):
        for brand in ("acme", "bolt"):
            pages.go(page, f"#sheet=brands&brand={brand}")
            dots = pages.card(page, "Seen and bought").locator("svg .mark-symbol.role-mark path")
            assert dots.count() == 1  # who has too few views is not drawn
            colours[brand] = dots.get_attribute("fill")
    assert len(set(colours.values())) == 2


def test_a_click_on_a_bar_opens_it(browser: Browser, page_file: Path) -> None:
    with pages.opened(browser, page_file, "#sheet=carts") as (page, _seen):
        card = pages.card(page, "Where the value is left")
        card.locator("svg path[aria-roledescription=bar]").first.click()
        expect(card.locator(".trail strong")).to_have_text("(no code)")
        assert "drill.carts-drill=" in page.url


def test_the_others_open_and_a_level_that_says_the_same_again_is_passed_by(
    browser: Browser, tmp_path: Path
) -> None:
    rows = pages.frames()
    products = rows["products"]
    assert isinstance(products, pd.DataFrame)
    deeper = products["category"] == "apparel"
    products.loc[deeper, ["category_2", "category_3"]] = "(others)"
    title = "Where the value is left"
    with pages.opened(browser, pages.write(tmp_path, rows), "#sheet=carts") as (page, seen):
        card = pages.card(page, title)
        card.locator("details.data > summary").click()
        ways = {"apparel": "apparel", "(others)": "apparel › (others)"}
        for word, way in ways.items():
            value = dict(zip(_cells(page, title, 0), _cells(page, title, 1), strict=True))[word]
            card.get_by_role("button", name=word, exact=True).click()
            expect(card.locator(".trail strong")).to_have_text(word)
            pages.settled(page)
            assert card.locator(".trail").inner_text().startswith(f"All › {way} – ")
            assert sum(map(pages.number, _cells(page, title, 1))) == pages.number(value)
        assert set(_cells(page, title, 0)) == set(pages.BRANDS)
        card.get_by_role("button", name="(others)", exact=True).click()
        expect(card.locator(".trail")).to_contain_text("(others) is every other product together")
        assert card.locator("button.open").count() == 0
        assert seen.errors == []


def test_a_brand_opens_into_its_products_and_totals_hold(browser: Browser, tmp_path: Path) -> None:
    rows = pages.frames()
    brands = rows["brands"]
    assert isinstance(brands, pd.DataFrame)
    others = brands.assign(product_id="(others)", shortfall_revenue=-20.25)
    rows["brands"] = pd.concat([brands, others], ignore_index=True)
    title = "Revenue missing"
    with pages.opened(browser, pages.write(tmp_path, rows), "#sheet=brands") as (page, _seen):
        card = pages.card(page, title)
        card.locator("details.data > summary").click()
        value = dict(zip(_cells(page, title, 0), _cells(page, title, 1), strict=True))["acme"]
        for word in ("acme", "electronics", "electronics.x", "electronics.x.x"):
            card.get_by_role("button", name=word, exact=True).click()
            expect(card.locator(".trail strong")).to_have_text(word)
            pages.settled(page)
        assert _cells(page, title, 0) == ["1003000", "(others)"]
        assert sum(map(pages.number, _cells(page, title, 1))) == pages.number(value)
        assert value == "103.21"


def test_a_name_that_begins_with_a_digit_keeps_it(browser: Browser, tmp_path: Path) -> None:
    rows = pages.frames()
    carts = rows["carts"]
    assert isinstance(carts, pd.DataFrame)
    carts["brand"] = carts["brand"].replace({"acme": "7 seas"})
    address = "#sheet=carts&brand=7 seas"
    with pages.opened(browser, pages.write(tmp_path, rows), address) as (page, _seen):
        assert _cells(page, "Brands", 0) == ["7 seas"]


def test_sums_of_doubles_are_right_to_the_last_bit_whatever_cancels(
    browser: Browser, tmp_path: Path
) -> None:
    values = [1e16, 1.0, -1e16, 0.1, 0.2, -0.3, 2.0**-53, 1.0, 2.0**-54, 1e-300, 123.456] * 3
    half = [1.0, 2.0**-53, 2.0**-105]  # what is added last decides to which side it is rounded
    rows = pages.frames()
    brands = rows["brands"]
    assert isinstance(brands, pd.DataFrame)
    (one, *_) = brands.to_dict("records")
    rows["brands"] = pages.frame(
        "brands",
        [
            {**one, "brand": name, "product_id": f"{place}", "shortfall_revenue": value}
            for name, of in (("many", values), ("half", half))
            for place, value in enumerate(of)
        ],
    )
    with pages.opened(browser, pages.write(tmp_path, rows), "#sheet=brands") as (page, _seen):
        card = pages.card(page, "Revenue missing")
        card.locator("details.data > summary").click()
        with page.expect_download() as download:
            card.get_by_role("button", name="Save as CSV").click()
        saved = Path(download.value.path()).read_text(encoding="utf-8-sig")
    found = {name: float(value) for name, value in list(csv.reader(io.StringIO(saved)))[1:]}
    assert found == {"many": math.fsum(values), "half": math.fsum(half)}
