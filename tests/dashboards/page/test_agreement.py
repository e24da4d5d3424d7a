"""Every number of the page is the view's, to the last digit, also under filters."""

import csv
import hashlib
import io
import math
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page

from dashboards.datasets import BY_NAME, DATASETS
from dashboards.page import asking, writing
from helpers import athena, report, report_page, run
from helpers.paths import PROJECT
from store_simulator.generate import generate
from support import dashboard_lake, pages
from support import lake as lake_tables

NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def answers(
    local_aws: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, pd.DataFrame | str]]:
    """The rows of every view over some generated days, in the local Athena."""
    with lake_tables.at(local_aws):
        boto3.client("s3").create_bucket(Bucket=dashboard_lake.BUCKET)
        path = tmp_path_factory.mktemp("events") / "events.csv"
        generate(path, first=date(2019, 10, 5), last=date(2019, 10, 9), rows=4000)
        dashboard_lake.make(lake_tables.from_csv(path), "page")
        athena.use("page", dashboard_lake.BUCKET)
        yield asking.ask()


@pytest.fixture(scope="module")
def real_page(
    answers: dict[str, pd.DataFrame | str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    assert all(isinstance(rows, pd.DataFrame) for rows in answers.values()), answers
    return pages.write(tmp_path_factory.mktemp("page"), answers)


FILTERS: dict[str, dict[str, Any]] = {
    "": {},
    "&day=2019-10-06..2019-10-08&category=electronics&category=(no code)": {
        "day": ("2019-10-06", "2019-10-08"),
        "category": ("electronics", "(no code)"),
    },
}


def test_every_table_of_the_page_is_what_the_views_say(
    browser: Browser, real_page: Path, answers: dict[str, pd.DataFrame]
) -> None:
    plan, _ = pages.plan_of(answers)
    compared = 0
    with pages.opened(browser, real_page) as (page, _seen):
        for hash_, filters in FILTERS.items():
            for sheet in plan["sheets"]:
                pages.go(page, f"#sheet={sheet['id']}{hash_}")
                for visual in sheet["visuals"]:
                    shown = _csv_of(page, visual["title"])
                    expected = _expected(visual, _rows(answers, visual, filters))
                    assert _read(shown) == _read(expected), visual["id"]
                    compared += len(shown)
    assert compared > 1000


@pytest.mark.parametrize("dataset", [dataset.view for dataset in DATASETS])
def test_the_statement_under_a_chart_gives_its_numbers_in_athena(
    browser: Browser, real_page: Path, answers: dict[str, pd.DataFrame], dataset: str
) -> None:
    plan, _ = pages.plan_of(answers)
    of = [
        (one, sheet["id"])
        for sheet in plan["sheets"]
        for one in sheet["visuals"]
        if one["dataset"] == dataset
    ]
    visual, sheet = max(of, key=lambda one: len(one[0]["measures"]))
    with pages.opened(browser, real_page, f"#sheet={sheet}&category=apparel") as (page, _seen):
        card = pages.card(page, visual["title"])
        card.locator("details.how summary").click()
        statement = card.locator("details.how pre").inner_text()
        shown = {tuple(row[: len(visual["by"])]): row for row in _csv_of(page, visual["title"])}
    rows = athena.query(statement)
    assert len(rows) == len(shown)
    for row in rows.itertuples(index=False):
        cells = shown[tuple(str(word) for word in row[: len(visual["by"])])]
        for measure, value in zip(visual["measures"], row[len(visual["by"]) :], strict=True):
            told = cells[_headings(visual).index(measure["label"])]
            if measure["exact"] is not None:
                assert told == (f"{value:.{measure['exact']}f}" if not pd.isna(value) else "")
            elif pd.isna(value):
                assert told == ""
            else:  # a sum of doubles has another last digit in another order
                assert math.isclose(float(told), float(value), rel_tol=1e-12)


def test_doubles_arrive_to_the_last_bit(answers: dict[str, pd.DataFrame]) -> None:
    """Of one execution: another adds the parts of a sum in another order."""
    found = asking._exact(
        athena.run(
            """
            SELECT expected_purchases, CAST(expected_purchases AS varchar) AS told
            FROM dashboard_brands
            """
        )
    )
    values = found["expected_purchases"]
    assert [float(text) for text in found["told"]] == list(values)
    assert len({value for value in values if not value.is_integer()}) > 50


def _read(table: list[list[str]]) -> list[list[str | float]]:
    """The cells, numbers as the doubles that they name."""
    return [[float(cell) if NUMBER.fullmatch(cell) else cell for cell in row] for row in table]


def _csv_of(page: Page, title: str) -> list[list[str]]:
    """What is saved of a visual, without its heading."""
    card = pages.card(page, title)
    if card.locator("details.data:not([open])").count():
        card.locator("details.data > summary").click()
    with page.expect_download() as download:
        card.get_by_role("button", name="Save as CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    _, *rows = csv.reader(io.StringIO(text))
    return rows


def _headings(visual: dict[str, Any]) -> list[str]:
    """The columns that a table has: of a share its parts and interval too, where it lacks them."""
    labels = [measure["label"] for measure in visual["measures"]]
    headings = [field["label"] for field in visual["by"]]
    for measure in visual["measures"]:
        headings.append(measure["label"])
        if measure["share"]:
            ends = [f"{measure['label']} low", f"{measure['label']} high"]
            headings += [name for name in (*measure["parts"], *ends) if name not in labels]
    return headings


def _rows(
    answers: dict[str, pd.DataFrame], visual: dict[str, Any], filters: dict[str, Any]
) -> Rows:
    name = next(one.name for one in DATASETS if one.view == visual["dataset"])
    rows = answers[name].astype(object).to_dict("records")
    if "day" in filters and BY_NAME[name].has("day"):
        first, last = filters["day"]
        rows = [row for row in rows if first <= row["day"] <= last]
    if "category" in filters and BY_NAME[name].has("category"):
        rows = [row for row in rows if row["category"] in filters["category"]]
    for one in visual["fixed"]:
        rows = [row for row in rows if (str(row[one["column"]]) == one["value"]) == one["keep"]]
    return rows


def _expected(visual: dict[str, Any], rows: Rows) -> list[list[str]]:
    """The table, computed anew."""
    groups: dict[tuple[Any, ...], Rows] = {}
    for row in rows:
        groups.setdefault(tuple(row[field["column"]] for field in visual["by"]), []).append(row)
    made = [(key, [*_texts(visual, group)]) for key, group in groups.items()]
    made.sort(key=lambda one: [(isinstance(word, str), word) for word in one[0]])
    if visual["sort"] and visual["sort"]["measure"] is not None:
        tree = visual["measures"][visual["sort"]["measure"]]["tree"]
        made.sort(key=lambda one: -(_value(tree, groups[one[0]]) or 0))
        made.sort(key=lambda one: one[0][0] == "(others)")
    return [[_text(word) for word in key] + texts for key, texts in made]


def _texts(visual: dict[str, Any], rows: Rows) -> Iterator[str]:
    labels = [measure["label"] for measure in visual["measures"]]
    for measure in visual["measures"]:
        yield _number(_value(measure["tree"], rows), measure["exact"])
        if not measure["share"]:
            continue
        part, of = (_value(tree, rows) for tree in measure["tree"]["args"])
        for label, value in zip(measure["parts"], (part, of), strict=True):
            if label not in labels:
                yield _number(value, None)
        for label, value in zip(("low", "high"), _wilson(part, of), strict=True):
            if f"{measure['label']} {label}" not in labels:
                yield _number(value, None)


def _value(tree: dict[str, Any], rows: Rows) -> Any:
    if "args" in tree:
        return _calculated(tree["op"], [_value(part, rows) for part in tree["args"]])
    if tree["op"] == "number":
        return tree["value"]
    values = [row[tree["column"]] for row in rows if not pd.isna(row[tree["column"]])]
    if not values:
        return None
    if tree["op"] == "max":
        return max(values)
    exact = not any(isinstance(value, float) for value in values)
    total = sum(values) if exact else math.fsum(values)
    return float(total) / len(values) if tree["op"] == "avg" else total


def _calculated(sign: str, parts: list[Any]) -> float | None:
    if None in parts or (sign == "/" and not parts[1]):
        return None
    left, right = (float(part) for part in (*parts, 0)[:2])
    done = {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
        "sqrt": lambda: math.sqrt(left),
    }
    return done[sign]()


def _wilson(part: Any, of: Any) -> tuple[float | None, float | None]:
    if not of:
        return None, None
    p, z = min(part / of, 1), 1.96
    middle = p + (z * z) / 2 / of
    reach = z * math.sqrt((p * (1 - p)) / of + (z * z) / 4 / of / of)
    return (middle - reach) / (1 + z * z / of), (middle + reach) / (1 + z * z / of)


def _number(value: Any, exact: int | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.removesuffix(".000")
    if exact is not None or isinstance(value, Decimal):
        return f"{value:.{exact or 0}f}"
    return repr(float(value))


def _text(word: Any) -> str:
    return "" if word is None else str(word).removesuffix(".000")


def test_the_page_of_a_run_says_where_its_numbers_come_from(
    answers: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    raw, run_dir = tmp_path / "raw.csv", tmp_path / "20191110T000000Z-test"
    raw.write_text("a,b\n")
    report.record(
        str(run_dir), "20_unique_visitors", question="Who <b>comes</b>?", definition="",
        findings=["7 came.", "Not on the page."], answers={"visitors": "7"},
    )  # fmt: skip
    (run_dir / "20_unique_visitors.ipynb").write_text("{}")
    values = {"bucket": dashboard_lake.BUCKET, "database": "page", "raw": str(raw)}
    report_page.write(run_dir, report.read(run_dir), report_page.about(values))
    page, problems = writing.write(run_dir, values)
    assert problems == []
    told = (run_dir / "report.html").read_text()
    for way in ('href="dashboard.html"', 'href="dashboard.html#sheet=visitors"', "7 came."):
        assert way in told
    text = page.read_text()
    assert 'href="report.html#20_unique_visitors"' in text
    for said in (
        hashlib.sha256(b"a,b\n").hexdigest(),
        "<dd>20191110T000000Z-test</dd>",
        f"<dd>{answers['days']['data_until'][0][:19]} UTC</dd>",
        "CREATE VIEW page.dashboard_days",
        "Who &lt;b&gt;comes&lt;/b&gt;?",
        "7 came.",
        'href="20_unique_visitors.ipynb"',
        'href="#sheet=visitors"',
    ):
        assert said in text
    assert re.search(r"<dt>commit</dt><dd>[0-9a-f]{40}(-dirty)?</dd>", text)
    assert "Not on the page." not in text


def test_views_that_are_missing_are_told_and_the_page_is_written(
    answers: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    values = {"bucket": dashboard_lake.BUCKET, "database": "nothing_is_here"}
    page, problems = writing.write(tmp_path, values)
    assert len(problems) == len(DATASETS)
    assert all("does not answer" in problem for problem in problems)
    assert page.exists()


def test_a_run_whose_dashboard_fails_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    told = run.dashboard(PROJECT / "params/demo.yaml", ["raw=x.csv"], tmp_path)
    assert told is not None
    assert "127.0.0.1:9" in told
    assert not (tmp_path / "dashboard.html").exists()
