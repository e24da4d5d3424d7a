"""The table of an event: what is written out elsewhere is held to it, place by place."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from flink_notes.note import paragraphs
from helpers import alerts
from helpers.bursts import NOTE
from helpers.events import EVENT, FIELDS, FRAME, LAKE_TYPES, STAMP
from helpers.ingest import catalog, parquet, typing_sql
from helpers.paths import PROJECT
from store_simulator.generate import generate, text
from store_simulator.simulate import mixing

IN_FLINK = {"timestamp": "STRING", "bigint": "BIGINT", "string": "STRING"}
WRITTEN_OUT = {
    "src/helpers/events.py",
    "notebooks/12_corrections.ipynb",  # what a correction puts into the lake
    "flink_notebooks/01_bot_detection.ipynb",  # the table of stream 1, and the name of an action
    "src/store_simulator/simulate/mixing.py",  # what a bot's action is about
}
"""Where a column of an event is named beside all others; with generate/catalogue.py, which makes
values without their names, these are the places that a column more touches."""


def test_the_notes_table_of_stream_1_has_the_events_columns() -> None:
    sql = next(p.text for p in paragraphs(NOTE) if "CREATE TABLE" in p.text)
    columns = re.findall(r"^    (\w+) ([A-Z]+(?:\([\d, ]+\))?)", sql, re.MULTILINE)
    declared = dict(columns[: len(EVENT) + 1])
    wanted = {
        column.name: IN_FLINK.get(column.lake, column.lake.upper().replace(",", ", "))
        for column in EVENT
    }
    assert declared == {**wanted, STAMP: "TIMESTAMP(3)"}


def test_the_notes_name_of_an_action_tells_every_column_apart() -> None:
    sql = next(p.text for p in paragraphs(NOTE) if "VIEW named_actions" in p.text)
    name = sql[sql.index("duplicates_once") : sql.index("shard_id")]
    user = {"user_id"}  # the name is unique within a user
    assert {field for field in FIELDS if re.search(rf"\b{field}\b", name)} == set(FIELDS) - user


def test_the_generators_lines_have_the_events_columns(tmp_path: Path) -> None:
    out = tmp_path / "day.csv"
    generate(out, first=date(2019, 10, 1), last=date(2019, 10, 1), rows=200)
    header, *lines = out.read_text().splitlines()
    assert header.split(",") == list(FIELDS) == text.HEADER.decode().strip().split(",")
    assert {line.count(",") for line in lines} == {len(FIELDS) - 1}


def test_what_bots_do_has_the_events_columns() -> None:
    assert {*mixing.PRODUCT, "event_time", "product_id", "user_id", "user_session"} == set(FIELDS)


def test_a_correction_puts_every_column_of_the_lake() -> None:
    cells = json.loads((PROJECT / "notebooks/12_corrections.ipynb").read_text())["cells"]
    source = "".join(line for cell in cells for line in cell["source"])
    put, values = re.findall(r"(?:INSERT|VALUES) \(([^)]+)\)", source)
    lake = [*LAKE_TYPES, "year", "month", "day"]
    assert re.findall(r"\w+", put) == lake
    assert re.findall(r"step\.(\w+)", values) == lake


def test_tables_files_sql_and_recount_follow_from_it() -> None:
    assert list(catalog.lake_table("t", "zstd").columns) == [*LAKE_TYPES]
    assert list(catalog.raw_table("t").columns) == list(FIELDS) == list(FRAME)
    assert set(parquet._DICTIONARY) | set(parquet.BOUNDED) <= set(LAKE_TYPES)
    sql = typing_sql.statement(typing_sql.CREATE_EVENTS, lines="l", events="e", files=1)
    for place, column in enumerate(EVENT, start=1):
        assert f"element_at(f, {place})" in sql
        assert sql.count(f"AS {column.name}") >= 2
    assert set(FIELDS) < set(alerts.ACTIONS)


@pytest.mark.parametrize("folder", ["src", "notebooks", "flink_notebooks"])
def test_a_column_is_named_beside_all_others_in_few_places_only(folder: str) -> None:
    found = {
        str(path.relative_to(PROJECT))
        for path in (PROJECT / folder).rglob("*")
        if path.suffix in {".py", ".ipynb"} and ".ipynb_checkpoints" not in path.parts
        if _names_most(path)
    }
    assert found == {place for place in WRITTEN_OUT if place.startswith(f"{folder}/")}


def _names_most(path: Path) -> bool:
    """Whether most columns of an event are named in a file's code."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(source)["cells"]
        source = "".join(
            line for cell in cells if cell["cell_type"] == "code" for line in cell["source"]
        )
    return sum(bool(re.search(rf"\b{field}\b", source)) for field in FIELDS) >= 8
