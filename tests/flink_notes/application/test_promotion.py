"""What of a note becomes its application, and what cannot."""

import ast
import json
import zipfile
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from flink_notes.__main__ import main
from flink_notes.application import archive, runtime
from flink_notes.application.cells import PromotionError
from helpers.errors import InputError
from helpers.paths import PROJECT
from helpers.stream_app import properties

NOTE = PROJECT / "flink_notebooks/01_bot_detection.ipynb"
SINK = "%%flink.ssql\nCREATE TABLE s (n INT) WITH ('connector' = 'blackhole')"
SOURCE = "%%flink.ssql\nCREATE TABLE t (n INT) WITH ('connector' = 'datagen')"
INSERT = "%%flink.ssql\nINSERT INTO s SELECT n FROM t"


def note(folder: Path, *cells: str, parameters: str = "", name: str = "note") -> Path:
    found = [new_code_cell(parameters, metadata={"tags": ["parameters"]})] if parameters else []
    for cell in cells:
        found.append(new_markdown_cell(cell[1:]) if cell.startswith("#") else new_code_cell(cell))
    path = folder / f"{name}.ipynb"
    nbformat.write(
        new_notebook(
            cells=found,
            metadata={
                "kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}
            },
        ),
        path,
    )
    return path


def files(built: archive.Archive) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(built.content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def main_of(path: Path, **given: object) -> str:
    return files(archive.build(path, given))["main.py"].decode()


def test_the_note_becomes_one_file_one_jar_and_its_properties() -> None:
    built = archive.build(NOTE, {"max_actions": 20, "region": "eu-west-1"})
    found = files(built)
    assert list(found) == ["main.py", "application_properties.json", archive.JAR]
    groups = {
        group["PropertyGroupId"]: group["PropertyMap"]
        for group in json.loads(found["application_properties.json"])
    }
    assert groups[properties.RUN_OPTIONS] == {"python": "main.py", "jarfile": archive.JAR}
    assert groups["note.parameters"]["max_actions"] == "20"
    assert groups["note.computed"] == {"region": "eu-west-1"}
    assert built.missing() == ["stream_1_arn", "start_s", "dead_letter_arn", "stream_2_arn"]


def test_the_archive_is_the_same_bytes_from_the_same_note() -> None:
    assert archive.build(NOTE).content == archive.build(NOTE).content


def test_another_value_changes_the_properties_and_not_the_program() -> None:
    assert main_of(NOTE, max_actions=10) == main_of(NOTE, max_actions=20)


def test_what_only_looks_is_left_out_wherever_it_stands(tmp_path: Path) -> None:
    path = note(
        tmp_path,
        "# Words",
        "print('plain Python')",
        f"{SINK};\nSELECT * FROM s;\nEXPLAIN SELECT 1;\nSHOW TABLES",
        "%%flink.ssql type=update\n"
        + SOURCE.partition("\n")[2]
        + ";\nWITH x AS (SELECT 1) SELECT * FROM x",
        INSERT,
    )
    program = main_of(path)
    assert "SELECT n FROM t" in program and "CREATE TABLE t" in program
    for left_out in ("SELECT *", "EXPLAIN", "SHOW", "plain Python"):
        assert left_out not in program


def test_settings_come_first_and_inserts_are_one_job(tmp_path: Path) -> None:
    path = note(
        tmp_path, SINK, SOURCE, INSERT, "%%flink.ssql\nSET 'table.exec.state.ttl' = '1 h'", INSERT
    )
    program = main_of(path)
    assert program.index("'table.exec.state.ttl', \"1 h\"") < program.index("CREATE TABLE s")
    assert program.count("add_insert_sql(") == 2
    assert program.count(".execute()") == 1


def test_python_that_configures_is_kept_with_the_parameters_that_it_reads(tmp_path: Path) -> None:
    cell = "%%flink.pyflink\nst_env.get_config().set('table.exec.state.ttl', f'{hours} h')"
    path = note(tmp_path, SINK, SOURCE, cell, INSERT, parameters="hours: int = 3  # of state")
    program = main_of(path)
    assert 'hours = VALUES["hours"]\nst_env.get_config().set(' in program
    assert 'whole("note.parameters", "hours"),  # of state' in program


def test_a_place_in_a_comment_takes_no_value(tmp_path: Path) -> None:
    insert = f"{INSERT} -- not ${{other}}\nWHERE n > ${{least}}"
    program = main_of(note(tmp_path, SINK, SOURCE, insert, parameters="least: int = -3"))
    assert "$ {other}" in program and "> ${least}" in program


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("!pip install x", "for a shell"),
        ("%%bash\nls", "for a shell"),
        ("%%flink.pyflink\n!ls", "for a shell"),
        ("%%flink.pyflink\nst_env.set(seen)", "`seen` has its value from the kernel"),
        ("%%flink.pyflink\nimport sklearn", "the package sklearn is not in the runtime"),
        ("%%flink.pyflink\nfrom scipy import stats", "the package scipy is not in the runtime"),
        ("%%flink.pyflink\ns_env.execute()", "starts a job of its own"),
        ("%%flink.pyflink\nst_env.execute_sql('SELECT 1').print()", "may define here"),
        ("%%flink.pyflink\nst_env.execute_sql('/* */ INSERT INTO s SELECT 1')", "may define here"),
        ("%%flink.pyflink\ns_env.set_parallelism(4)", "sets parallelism"),
        ("%%flink.pyflink\nst_env.get_config().set('restart-strategy.type', 'none')", "lets no"),
        ("%%flink.pyflink\nx = (", "was never closed"),
        ("%%flink.ssql\nSET 'execution.checkpointing.interval' = '1 s'", "lets no application set"),
        ("%%flink.ssql\nSET", "SET is written"),
        ("%%flink.ssql\nCREATE TABLE c WITH ('connector' = 'x') AS SELECT 1", "job of its own"),
        ("%%flink.ssql\nRESET 'table.exec.state.ttl'", "RESET cannot be part"),
        ("%%flink.ssql\nCOMPILE PLAN 'x' FOR INSERT INTO s SELECT 1", "COMPILE cannot be part"),
        ("%%flink.ssql\nEXECUTE STATEMENT SET BEGIN INSERT INTO s SELECT 2; END", "second job"),
        ("%%flink.ssql\nSELECT 'open", "has no end"),
        ("%%flink.sssql\nSELECT 1", "Unknown interpreter"),
        (
            "%%flink.ssql\nCREATE TABLE k (n INT) WITH ('aws.endpoint' = 'x')",
            "'aws.endpoint' names an endpoint",
        ),
        (
            "%%flink.ssql\nCREATE TABLE k (n INT) WITH "
            "('aws.credentials.basic.secretkey' = 'hidden')",
            "'aws.credentials.basic.secretkey' holds a secret",
        ),
        ("%%flink.ssql\nCREATE TABLE k (n INT) COMMENT 'http://localhost:1/'", "the address"),
        ("%%flink.ssql\nCREATE TABLE k (n INT) COMMENT 'AKIA0123456789ABCDEF'", "an access key"),
    ],
)
def test_what_cannot_be_promoted_is_told_with_its_cell(
    tmp_path: Path, cell: str, said: str
) -> None:
    path = note(tmp_path, SINK, SOURCE, INSERT, "# of the fifth", cell)
    with pytest.raises(PromotionError, match=r"^Cell 5 \(") as raised:
        archive.build(path)
    assert said in str(raised.value)
    assert "hidden" not in str(raised.value)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([SINK], "has no INSERT"),
        ([SINK, SOURCE, "%%flink.ssql\nSELECT * FROM t"], "has no INSERT"),
    ],
)
def test_a_note_that_writes_nothing_is_no_application(
    tmp_path: Path, cells: list[str], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        archive.build(note(tmp_path, *cells))


@pytest.mark.parametrize(
    ("parameters", "given", "said"),
    [
        ('brand: str = ""', {}, "brand is empty"),
        ("", {"brand": "x" * 2049}, "2049 characters"),
        ("brand: int = 1  # [1 to 9]", {"brand": 10}, "brand"),
        ("", {"brand": None}, "brand is empty"),
        ("", {"brand": ["a", "b"]}, "brand is .*, and a property is one value"),
    ],
)
def test_a_value_that_the_service_would_refuse_is_refused_here(
    tmp_path: Path, parameters: str, given: dict[str, object], said: str
) -> None:
    path = note(tmp_path, SINK, SOURCE, f"{INSERT} WHERE '${{brand}}' <> ''", parameters=parameters)
    with pytest.raises(InputError, match=said):
        archive.build(path, given)


def test_a_name_with_a_blank_makes_no_application(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="rename it"):
        archive.build(note(tmp_path, SINK, SOURCE, INSERT, name="my note"))


def test_a_file_that_is_no_note_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cut.ipynb"
    path.write_text('{"cells": [')
    with pytest.raises(InputError, match="is no notebook"):
        archive.build(path)
    with pytest.raises(InputError, match="There is no note"):
        archive.build(tmp_path / "gone.ipynb")


def test_a_notebook_of_no_kernel_is_told(tmp_path: Path) -> None:
    path = note(tmp_path, SINK, SOURCE, INSERT, parameters="least: int = 1")
    document = nbformat.read(path, as_version=4)
    del document.metadata["kernelspec"]
    nbformat.write(document, path)
    with pytest.raises(InputError, match="does not say which kernel it is for"):
        archive.build(path)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("least", "--set takes NAME=VALUE, and not least"),
        ("a b=1", "--set takes NAME=VALUE, and not a b=1"),
        ("least={", "The value of --set least={ cannot be read"),
        ("lest=1", "--set lest: note.ipynb has no such value"),
        ("least=", "least is empty"),
    ],
)
def test_a_value_on_the_command_line_that_is_none_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: str, said: str
) -> None:
    path = note(tmp_path, SINK, SOURCE, f"{INSERT} WHERE n > ${{least}}")
    assert main(["export", str(path), "--out", str(tmp_path), "--set", given]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["zeppelin", "studio", "export"])
def test_a_cut_notebook_is_told_by_every_verb(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    path = tmp_path / "cut.ipynb"
    path.write_text('{"cells": [')
    assert main([verb, str(path), "--out", str(tmp_path / "out")]) == 2
    assert "cut.ipynb is no notebook" in capsys.readouterr().err


def test_the_program_is_python_of_the_runtime() -> None:
    ast.parse(main_of(NOTE), feature_version=runtime.PYTHON)


def test_outputs_of_50_mb_change_nothing(tmp_path: Path) -> None:
    path = note(tmp_path, SINK, SOURCE, INSERT)
    before = archive.build(path).content
    document = nbformat.read(path, as_version=4)
    document.cells[0].outputs = [new_output("stream", text="x" * 50_000_000)]
    nbformat.write(document, path)
    assert path.stat().st_size > 50_000_000
    assert archive.build(path).content == before


def test_tables_and_columns_may_have_blanks_in_their_names(tmp_path: Path) -> None:
    table = "%%flink.ssql\nCREATE TABLE `my t` (`a b` INT) WITH ('connector' = 'datagen')"
    path = note(tmp_path, SINK, table, "%%flink.ssql\nINSERT INTO s SELECT `a b` FROM `my t`")
    assert "SELECT `a b` FROM `my t`" in main_of(path)


def test_a_parameter_without_a_value_is_asked_for_by_its_name(tmp_path: Path) -> None:
    path = note(tmp_path, SINK, SOURCE, f"{INSERT} WHERE n > ${{least}} AND '${{arn}}' <> ''")
    assert archive.build(path).missing() == ["least", "arn"]
    assert archive.build(path, {"least": 3, "arn": "x"}).missing() == []
