"""A cell's first line: what is read from it, and what is refused by name."""

from itertools import pairwise

import pytest

from flink_notes.note import paragraphs
from flink_notes.paragraph import SSQL, Paragraph, read
from flink_notes.statements import statements
from helpers.errors import InputError
from helpers.paths import PROJECT


def test_sql_cell_gives_its_properties_and_text():
    assert read("%%flink.ssql type=update rows=20 seconds=1.5\nSELECT 1\n") == Paragraph(
        "flink.ssql", {"type": "update", "rows": 20, "seconds": 1.5}, "SELECT 1\n"
    )


def test_python_cell_over_flink_has_no_properties():
    assert read("\n%%flink.pyflink\nst_env") == Paragraph("flink.pyflink", {}, "st_env")


@pytest.mark.parametrize("source", ["x = 1", "%%time\n1", "", "# %%flink.ssql", "%flink.jobs"])
def test_other_cells_are_no_paragraphs(source):
    assert read(source) is None


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("flink.ssql type=updates", "`type=updates` of %%flink.ssql: the type is `update`"),
        ("flink.ssql row=3", "`row=3` of %%flink.ssql: the nearest known is `rows`"),
        ("flink.ssql rows=0", "`rows=0` of %%flink.ssql: rows is a whole number above 0"),
        ("flink.ssql rows=-1", "rows is a whole number above 0"),
        ("flink.ssql rows=²", "rows is a whole number above 0"),
        ("flink.ssql rows", "`rows` of %%flink.ssql: rows is a whole number above 0"),
        ("flink.ssql seconds=nan", "seconds is a number above 0"),
        ("flink.ssql seconds=inf", "seconds is a number above 0"),
        ("flink.ssql rows=1 rows=2", "`rows` of %%flink.ssql stands twice"),
        ("flink.pyflink rows=1", "`rows=1` of %%flink.pyflink: it has none"),
        ("flink.sql", "%%flink.sql: the nearest known is `flink.ssql`"),
        ("flink.ssql(type=update)", "%%flink.ssql(type=update): the nearest known is `flink.ssql`"),
    ],
)
def test_what_is_wrong_in_the_first_line_is_named(first, said):
    with pytest.raises(InputError) as caught:
        read(f"%%{first}\nSELECT 1")
    assert said in str(caught.value)


@pytest.mark.parametrize("note", sorted((PROJECT / "flink_notebooks").glob("*.ipynb")))
def test_a_note_runs_a_second_time_in_its_kernel(note):
    sql = [
        " ".join(statement.text.split())
        for paragraph in paragraphs(note)
        if paragraph.interpreter == SSQL
        for statement in statements(paragraph.text)
    ]
    for before, statement in pairwise(["", *sql]):
        if statement.startswith("CREATE "):
            _, *kind, name = statement.partition(" AS ")[0].partition(" (")[0].split()
            assert before == f"DROP {' '.join(kind)} IF EXISTS {name}"
