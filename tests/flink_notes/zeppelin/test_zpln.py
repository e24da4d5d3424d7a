"""Notes as .zpln and back."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from flink_notes import paragraph
from flink_notes.application import cells, promotion
from flink_notes.note import paragraphs
from flink_notes.zeppelin import export, reader
from flink_notes.zeppelin.document import document
from helpers import params
from helpers.errors import InputError
from helpers.paths import PROJECT

NOTE = PROJECT / "flink_notebooks/01_bot_detection.ipynb"
ARN = "arn:aws:kinesis:us-east-1:000000000000:stream"
COMPUTED = {
    "stream_1_arn": f"{ARN}/actions",
    "stream_2_arn": f"{ARN}/alerts",
    "dead_letter_arn": f"{ARN}/letters",
    "region": "us-east-1",
    "start_s": "1764409000.000",
}


def texts(zpln: str) -> list[str]:
    return [part["text"] for part in json.loads(zpln)["paragraphs"]]


def application_of(path: Path) -> list[tuple[str, str]]:
    """What of a note is promoted: each text, and what it is."""
    names = frozenset(known.name for known in params.of_notebook(path))
    found = promotion.promote("note", cells.read(path), names)
    return [
        *((f"set {key}", step.text) for key, step in found.settings.items()),
        *(("python" if step.python else "define", step.text) for step in found.steps),
        *(("insert", step.text) for step in found.inserts),
    ]


def read(folder: Path, *parts: dict[str, Any] | str, raw: str | None = None) -> list[Any]:
    path = folder / "note.zpln"
    found = [part if isinstance(part, dict) else {"text": part} for part in parts]
    path.write_text(json.dumps({"paragraphs": found}) if raw is None else raw, encoding="utf-8")
    return list(reader.notebook(path).cells)


def test_the_kept_zpln_is_that_of_the_note() -> None:
    assert NOTE.with_suffix(".zpln").read_text() == export.for_zeppelin(NOTE), (
        "run `python -m flink_notes zeppelin flink_notebooks/01_bot_detection.ipynb`"
    )


def test_each_parameter_is_a_form_and_each_magic_loses_a_percent_sign() -> None:
    found = texts(export.for_zeppelin(NOTE))
    assert not [text for text in found if text.startswith("%%")]
    assert sum(text.count("${max_actions=10}") for text in found) == 5
    assert any(text.startswith("%flink.ssql(type=update)\n") for text in found)
    assert any("\nBEGIN STATEMENT SET;" in text and text.endswith("END;") for text in found)


def test_a_note_comes_back_with_the_same_statements(tmp_path: Path) -> None:
    path = tmp_path / "note.zpln"
    path.write_text(export.for_zeppelin(NOTE))
    back = tmp_path / "note.ipynb"
    nbformat.write(reader.notebook(path), back)
    assert application_of(back) == application_of(NOTE)
    assert [part.interpreter for part in paragraphs(back)] == [
        part.interpreter for part in paragraphs(NOTE)
    ]


def test_studio_gets_values_its_options_and_a_word_on_what_it_lacks() -> None:
    found = texts(export.for_studio(NOTE, COMPUTED))
    assert "${" not in "".join(text for text in found if text.startswith("%flink"))
    table = next(text for text in found if "CREATE TABLE" in text)
    assert "'stream' = 'actions'" in table and "'scan.stream.initpos' = 'AT_TIMESTAMP'" in table
    assert "dead-letter" not in table and "stream.arn" not in table
    assert "`source.dead-letter.stream.arn`" in found[0]
    assert len(export.for_studio(NOTE, COMPUTED).encode()) < 102_400  # of TextContent


def test_studio_needs_every_value() -> None:
    with pytest.raises(InputError, match="stream_1_arn"):
        export.for_studio(NOTE, {})


def test_the_same_note_is_the_same_text() -> None:
    assert document("n", ["%md\nx"]) == document("n", ["%md\nx"])


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("%flink.ssql\nSELECT 1", "%%flink.ssql\nSELECT 1"),
        ("%flink.ssql(type=update)\nSELECT 1", "%%flink.ssql type=update\nSELECT 1"),
        ("%flink.ssql(type=update) SELECT 1", "%%flink.ssql type=update\n SELECT 1"),
        ("%flink.ssql SELECT 1", "%%flink.ssql\n SELECT 1"),
        ('%flink.ssql(jobName="a, b", type=append)\nX', "%%flink.ssql type=append\nX"),
        ("%flink.ssql(parallelsim=1)\nSELECT 1", "%%flink.ssql\nSELECT 1"),
        ("%flink.ssql (type=update)\nx", "%%flink.ssql\n (type=update)\nx"),
        ("%flink.pyflink\nx = 1", "%%flink.pyflink\nx = 1"),
        ("%flink.ipyflink\nx = 1", "%%flink.pyflink\nx = 1"),
    ],
)
def test_what_zeppelin_reads_becomes_a_cell(tmp_path: Path, text: str, cell: str) -> None:
    (found,) = read(tmp_path, text)
    assert (found.cell_type, found.source) == ("code", cell)
    assert paragraph.read(found.source) is not None


def test_words_and_what_notes_do_not_have_become_words(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "%md\n# Title",
        {"text": "%flink.ssql\nSELECT 1", "config": {"enabled": False}},
        "val x = 1",
        "%flink.bsql\nSELECT 2",
        {"title": "empty"},
        {"text": ""},
    )
    assert [cell.cell_type for cell in found] == ["markdown"] * 4
    assert found[0].source == "# Title"
    assert found[1].source.startswith("Switched off in Zeppelin")
    assert "`%flink`" in found[2].source and "val x = 1" in found[2].source
    assert "`%flink.bsql`" in found[3].source


def test_forms_become_typed_parameters(tmp_path: Path) -> None:
    sql = "%flink.ssql\nSELECT '${brand=x}', ${n(Number)=5,1|5|10}, ${open=true}, ${left}, ${n}"
    parameters, query = read(tmp_path, sql)
    assert parameters.metadata.tags == ["parameters"]
    assert parameters.source.splitlines() == [
        'brand: str = "x"',
        "n: int = 5",
        "open: bool = True",
        'left: str = ""',
    ]
    assert query.source == "%%flink.ssql\nSELECT '${brand}', ${n}, ${open}, ${left}, ${n}"


def test_byte_order_mark_results_and_unknown_keys_are_passed_over(tmp_path: Path) -> None:
    part = {
        "text": "%flink.ssql\nSELECT 1",
        "results": {"code": "SUCCESS", "msg": [{"type": "TABLE", "data": "x" * 800_000}]},
        "dateCreated": "Feb 12, 2019 3:04:05 AM",
        "$$hashKey": "object:1",
    }
    (cell,) = read(tmp_path, raw="\ufeff" + json.dumps({"paragraphs": [part], "focus": True}))
    assert cell.source == "%%flink.ssql\nSELECT 1"


@pytest.mark.parametrize("raw", ["", '{"paragraphs": [', "[]", '{"name": "x"}', '"x"'])
def test_a_file_that_is_cut_off_or_no_note_is_refused(tmp_path: Path, raw: str) -> None:
    with pytest.raises(InputError, match="is no Zeppelin note"):
        read(tmp_path, raw=raw)
