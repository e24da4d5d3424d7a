"""What may come: nothing, one, much, hostile and foreign names, a view that lost a column."""

import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page

from dashboards import definition
from dashboards.datasets import DATASETS
from helpers.errors import InputError
from support import pages

SHEETS = [sheet["SheetId"] for sheet in definition.build()["Sheets"]]


def _through_all(page: Page) -> list[str]:
    """Look at every sheet; the sentences of what is broken."""
    broken = []
    for sheet in SHEETS:
        pages.go(page, f"#sheet={sheet}")
        broken += page.locator(f"#sheet-{sheet} .card.broken .sentence").all_inner_texts()
    return broken


def _renamed(brand: str) -> pages.Frames:
    rows = pages.frames()
    for frame in rows.values():
        assert isinstance(frame, pd.DataFrame)
        if "brand" in frame:
            frame["brand"] = frame["brand"].replace({"acme": brand})
    return rows


def _purchaseless() -> pages.Frames:
    rows = pages.frames()
    for name in ("days", "hours", "brands"):
        frame = rows[name]
        assert isinstance(frame, pd.DataFrame)
        frame["purchases"] = 0
        frame["revenue"] = Decimal("0.00")
    funnel = rows["funnel"]
    assert isinstance(funnel, pd.DataFrame)
    funnel[["bought", "bought_without_cart"]] = 0
    return rows


def _nulls() -> pages.Frames:
    rows = pages.frames()
    return {
        name: frame.assign(**{column: None for column in frame if column not in ("day", "minute")})
        for name, frame in rows.items()
        if isinstance(frame, pd.DataFrame)
    }


def _without_rows() -> pages.Frames:
    return {dataset.name: pages.frame(dataset.name, []) for dataset in DATASETS}


def _one_row() -> pages.Frames:
    return {
        name: rows.head(1) for name, rows in pages.frames().items() if not isinstance(rows, str)
    }


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(_without_rows(), id="empty views"),
        pytest.param(pages.frames(days=1), id="one day"),
        pytest.param(_one_row(), id="one row"),
        pytest.param(_purchaseless(), id="a month without purchases"),
        pytest.param(_nulls(), id="nulls everywhere"),
    ],
)
def test_the_page_lives_with_little(browser: Browser, tmp_path: Path, rows: pages.Frames) -> None:
    path = pages.write(tmp_path, rows)
    with pages.opened(browser, path) as (page, seen):
        assert _through_all(page) == []
        assert seen.errors == []


def test_one_day_has_a_bar_of_a_bounded_width_and_its_interval(
    browser: Browser, tmp_path: Path
) -> None:
    path = pages.write(tmp_path, pages.frames(1))
    with pages.opened(browser, path, "#sheet=visitors") as (page, _seen):
        bars = pages.card(page, "New and returning").locator("svg [aria-roledescription=bar]")
        assert {box["width"] < 161 for one in bars.all() if (box := one.bounding_box())} == {True}
        interval = pages.card(page, "View conversion").locator("svg .mark-area path")
        assert interval.get_attribute("stroke")
        assert (interval.bounding_box() or {"height": 0})["height"] > 40
        scope = page.locator("#sheet-visitors .scope").inner_text()
        assert scope.startswith("All of the data, 2019-10-01. ")


def test_empty_views_are_said_in_words(browser: Browser, tmp_path: Path) -> None:
    path = pages.write(tmp_path, _without_rows())
    with pages.opened(browser, path, "#sheet=carts") as (page, _seen):
        said = pages.card(page, "Rate left").locator(".sentence").inner_text()
        assert said == "There is no data: the view dashboard_carts holds no row."


@pytest.mark.parametrize(
    "brand",
    [
        "<script>alert(1)</script>",
        "</script><img src=x onerror=alert(1)>",
        "متجر الإلكترونيات",
        "👟🔥 sneakers",
        "&category=apparel#%zz+'\"",
    ],
)
def test_a_name_is_text_wherever_it_stands(browser: Browser, tmp_path: Path, brand: str) -> None:
    path = pages.write(tmp_path, _renamed(brand))
    with pages.opened(browser, path, "#sheet=carts") as (page, seen):
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.select_option("#filter-brand", brand)
        page.wait_for_selector(".chips li button")
        pages.settled(page)
        assert f"Brand: {brand}" in page.locator(".chips li").first.inner_text()
        (row,) = pages.card(page, "Brands").locator("tbody tr th").all_inner_texts()
        assert row == brand
        assert brand in page.locator("#sheet-carts .scope").inner_text()
        url = page.url
        pages.go(page, "#sheet=brands")
        drawn = pages.card(page, "Revenue missing").locator("svg text").all_text_contents()
        # a long one ends in dots
        assert [text for text in drawn if len(text) > 7 and brand.startswith(text.rstrip("…"))]
        pages.go(page, f"#{url.partition('#')[2]}")
        assert f"Brand: {brand}" in page.locator(".chips li").first.inner_text()
        assert (dialogs, seen.errors) == ([], [])
        assert page.locator("img, script:not([type])").count() == 0


def test_five_thousand_brands(browser: Browser, tmp_path: Path) -> None:
    rows = pages.frames()
    (first,) = rows["carts"].head(1).to_dict("records")  # type: ignore[union-attr]
    rows["carts"] = pages.frame("carts", [{**first, "brand": f"b{n:04}"} for n in range(5000)])
    (first,) = rows["brands"].head(1).to_dict("records")  # type: ignore[union-attr]
    rows["brands"] = pages.frame("brands", [{**first, "brand": f"b{n:04}"} for n in range(5000)])
    path = pages.write(tmp_path, rows)
    with pages.opened(browser, path, "#sheet=carts") as (page, seen):
        assert pages.card(page, "Brands").locator(".sentence").inner_text() == "5,000 rows."
        page.select_option("#filter-brand", "b4999")
        page.wait_for_selector(".chips li button")
        pages.settled(page)
        assert pages.card(page, "Brands").locator(".sentence").inner_text() == "1 row."
        pages.go(page, "#sheet=brands")
        said = [one.inner_text() for one in page.locator("#sheet-brands .sentence").all()]
        assert "5,000 brands: 5,000 with conversion below expected conversion." in said
        assert any("The first 15 of 5,000 are drawn, the table has all." in one for one in said)
        assert seen.errors == []


def test_a_page_above_the_budget_fails_and_names_what_to_cut() -> None:
    rows = pages.frames()
    (first,) = rows["carts"].head(1).to_dict("records")  # type: ignore[union-attr]
    rows["carts"] = pages.frame("carts", [{**first, "brand": f"{n:0250}"} for n in range(20_000)])
    plan, data = pages.plan_of(rows)
    with pytest.raises(InputError, match=r"cut dashboard_carts, which takes .* in 20,000 rows"):
        pages.render(plan, data)


def test_a_number_too_large_to_be_exact_fails_with_its_name() -> None:
    rows = pages.frames()
    rows["days"]["views"] = 2**52  # type: ignore[index]
    with pytest.raises(InputError, match=r"dashboard_days\.views: its sum is beyond 2\^53"):
        pages.plan_of(rows)


def test_a_view_that_lost_a_column_breaks_its_charts_alone(
    browser: Browser, tmp_path: Path
) -> None:
    rows = pages.frames()
    rows["carts"] = rows["carts"].drop(columns="value_left")  # type: ignore[union-attr]
    path = pages.write(tmp_path, rows)
    with pages.opened(browser, path) as (page, seen):
        broken = _through_all(page)
        assert broken
        said = "This cannot be shown: The view dashboard_carts has no column value_left."
        assert set(broken) == {said}
        pages.go(page, "#sheet=carts")
        assert pages.card(page, "Rate left").locator("svg").is_visible()
        assert seen.errors == []


def test_a_view_that_does_not_answer_breaks_its_charts_alone(
    browser: Browser, tmp_path: Path
) -> None:
    rows = pages.frames() | {"hours": "The view dashboard_hours does not answer: no such table"}
    path = pages.write(tmp_path, rows)
    with pages.opened(browser, path, "#sheet=hours") as (page, _seen):
        broken = page.locator("#sheet-hours .card.broken .sentence").all_inner_texts()
        assert len(broken) == 3
        assert all("no such table" in said for said in broken)
        pages.go(page, "#sheet=carts")
        assert page.locator("#sheet-carts .card.broken").count() == 0


def test_a_specification_that_the_library_refuses_breaks_its_chart_alone(
    browser: Browser, tmp_path: Path
) -> None:
    plan, data = pages.plan_of(pages.frames())
    (carts,) = [sheet for sheet in plan["sheets"] if sheet["id"] == "carts"]
    rate = next(visual for visual in carts["visuals"] if visual["id"] == "carts-rate")
    rate["spec"]["layer"][0]["mark"] = {"type": "no such mark"}
    path = tmp_path / "page.html"
    path.write_text(pages.render(plan, data))
    with pages.opened(browser, path, "#sheet=carts") as (page, _seen):
        assert "This cannot be shown" in pages.card(page, "Rate left").inner_text()
        assert page.locator("#sheet-carts .card.broken").count() == 1
        assert pages.card(page, "Value left").locator("svg").is_visible()


def test_a_member_that_the_page_cannot_draw_fails_with_its_path() -> None:
    changed: Any = copy.deepcopy(definition.build())
    (chart,) = changed["Sheets"][1]["Visuals"][1].values()
    chart["ChartConfiguration"]["ForecastConfigurations"] = []
    with pytest.raises(InputError, match=r"Sheets\[1\]\.Visuals\[1\].*ForecastConfigurations"):
        pages.plan_of(pages.frames(), changed)


def test_a_calculation_that_the_page_cannot_evaluate_fails_with_its_path() -> None:
    changed: Any = copy.deepcopy(definition.build())
    changed["CalculatedFields"][0]["Expression"] = "runningSum(sum({views}))"
    name = changed["CalculatedFields"][0]["Name"]
    with pytest.raises(InputError, match=rf"CalculatedFields\.{name}\.Expression: .*runningSum"):
        pages.plan_of(pages.frames(), changed)
