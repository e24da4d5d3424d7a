"""The reader and writer of .zpln held against Zeppelin's own."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from flink_notes.zeppelin import export, reader
from flink_notes.zeppelin.document import document
from helpers.paths import PROJECT

NOTE = PROJECT / "flink_notebooks/01_bot_detection.ipynb"
TOOL = PROJECT / "tests/support/zeppelin"
ODD = [
    "%flink.ssql\nSELECT 1",
    "%flink.ssql(type=update) SELECT 1",
    "%flink.ssql (type=update)\nx",
    '%flink.ssql(jobName="a, b", type=append)\nX',
    "%flink.ssql(parallelsim=1)\nSELECT 1",
    "%flink.ssql(parallelism)\nSELECT 1",
    "%flink.ssql(jobName=a(b))\nSELECT 1",
    "%flink.ssql(type=update, parallelism=2)\n\nSELECT 1\n",
    "%flink.pyflink\nx = 1",
    "%flink.ssql\nSELECT ${n=5}, ${m}, '${brand=x}' -- ${comment=1}",
    "%flink.ssql\nSELECT ${source=}, ${kind(Kind)=bot,bot(Bot)|human(Human)}, ${x=5,1|5|10}",
]


@pytest.fixture(scope="module")
def zeppelin(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What Zeppelin makes of the note and of odd texts, and where it wrote them again."""
    folder = tmp_path_factory.mktemp("zeppelin")
    class_path = folder / "class_path"
    listing = ["dependency:build-classpath", f"-Dmdep.outputFile={class_path}"]
    if shutil.which("mvn") is None:
        pytest.skip("there is no Maven, which would fetch Zeppelin's reader of notes")
    found = subprocess.run(
        ["mvn", "-o", "-q", "-B", "-f", str(TOOL / "pom.xml"), *listing],
        capture_output=True,
        check=False,
    )
    if found.returncode:
        pytest.skip(
            "Maven has no org.apache.zeppelin:zeppelin-zengine:0.10.0: "
            "mvn -f tests/support/zeppelin/pom.xml dependency:resolve"
        )
    files = {"note": export.for_zeppelin(NOTE), "odd": document("odd", ODD)}
    for name, text in files.items():
        (folder / name).write_text(text)
    done = subprocess.run(
        ["java", "-cp", class_path.read_text(), str(TOOL / "ReadNotes.java")]
        + [str(folder / name) for name in files],
        capture_output=True,
        text=True,
        check=True,
    )
    said = json.loads(done.stdout.strip().splitlines()[-1])
    return dict(zip(files, said, strict=True)), folder


def cells(path: Path) -> list[NotebookNode]:
    return list(reader.notebook(path).cells)


def test_zeppelin_reads_the_note_that_is_written_for_it(zeppelin: Any) -> None:
    paragraphs = zeppelin[0]["note"]
    kinds = {each["interpreter"] for each in paragraphs}
    assert kinds == {"md", "flink.ssql", "flink.pyflink"}
    forms = {name: value for each in paragraphs for name, value in each["forms"].items()}
    assert forms["max_actions"] == "10" and forms["duplicates_once"] == "true"
    assert [each["properties"] for each in paragraphs if each["properties"]] == [{"type": "update"}]
    assert any(each["script"].strip().startswith("BEGIN STATEMENT SET;") for each in paragraphs)


@pytest.mark.parametrize("name", ["note", "odd"])
def test_what_zeppelin_writes_again_is_the_same_note(zeppelin: Any, name: str) -> None:
    _, folder = zeppelin
    assert cells(folder / f"{name}.written") == cells(folder / name)
    kept = ("id", "text", "jobName", "status", "dateCreated", "user")
    before, after = (
        json.loads((folder / file).read_text())["paragraphs"] for file in (name, f"{name}.written")
    )
    assert [[part.get(key) for key in kept] for part in after] == [
        [part.get(key) for key in kept] for part in before
    ]


def test_the_reader_takes_odd_texts_as_zeppelin_does(zeppelin: Any) -> None:
    given, folder = zeppelin
    parameters, *found = cells(folder / "odd")
    for cell, paragraph in zip(found, given["odd"], strict=True):
        magic, _, body = cell.source.partition("\n")
        name, _, kept = magic.partition(" ")
        assert name == f"%%{paragraph['interpreter']}"
        assert kept == (f"type={kind}" if (kind := paragraph["properties"].get("type")) else "")
        if not paragraph["forms"]:
            assert body.strip() == paragraph["script"].strip()
        for form, default in paragraph["forms"].items():
            line = next(line for line in parameters.source.splitlines() if f"{form}: " in line)
            assert line.partition(" = ")[2].strip('"') == default
