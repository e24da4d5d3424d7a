"""A params file is checked against every notebook before anything runs."""

import ast
import datetime
import re
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import params
from helpers.command_line import NOTES
from helpers.errors import InputError
from helpers.parameter import RULES, Parameter
from helpers.paths import PROJECT
from helpers.run import NOTEBOOKS, main

CHARACTERS = st.characters(exclude_categories=["Cs"])  # the default is slow to make

CELL = """\
raw: str = "data/small.csv"  # required; the raw file
later_days: int = 7  # days after which a cart counts as left
share: float = 0.01  # the largest share of rows in quarantine
upload: bool = True  # whether the raw file is kept in S3
day: str = ""  # the day to look into [YYYY-MM-DD]
top: int = 10  # rows of a list [1 to 20]
quarantine: float = 0.01  # the largest share [0 to 1]
metric: str = "views"  # what counts [views, carts]
zone: str = "UTC"  # whose hours count [IANA time zone]
source: str = "no/file.csv"  # what is read [file]
bucket: str = "a-shop"  # S3 bucket
month: str = ""  # YYYY-MM; empty is the newest
views: int = 5  # the least views [1 to 1e6]
"""


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    book = nbformat.v4.new_notebook()
    book.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": ""}
    cell = nbformat.v4.new_code_cell(CELL)
    cell.metadata["tags"] = ["parameters"]
    book.cells.append(cell)
    path = tmp_path / "01_example.ipynb"
    nbformat.write(book, path)
    return path


def test_values_that_fit_pass(notebook: Path) -> None:
    params.check({"raw": "a.csv", "later_days": 3, "share": 1, "upload": False}, [notebook])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"raw": "a", "later_day": 3}, ["unknown parameter `later_day`", "`later_days`"]),
        ({"later_days": 3}, ["missing parameter `raw`", "01_example.ipynb", "the raw file"]),
        ({"raw": "a", "later_days": "3"}, ["`later_days`", "takes int", "'3'"]),
        ({"raw": "a", "later_days": True}, ["`later_days`", "takes int", "True"]),
        ({"raw": 5}, ["`raw`", "takes str", "5"]),
        ({"raw": None}, ["`raw`", "takes str", "None"]),
        ({"raw": "a", "top": 0}, ["01_example.ipynb: Parameter top is 0", "from 1 to 20"]),
        ({"raw": "a", "quarantine": 50}, ["quarantine is 50", "from 0 to 1"]),
        ({"raw": "a", "metric": "view"}, ["metric is 'view'", "did you mean views"]),
        ({"raw": "a", "day": "2019-13-01"}, ["day is '2019-13-01'", "YYYY-MM-DD"]),
        ({"raw": "a", "zone": "CEST"}, ["'CEST'", "no IANA time zone"]),
        ({"raw": "a", "source": "no/other.csv"}, ["source is 'no/other.csv'", "there is no"]),
        ({"raw": "a", "01_example.top": 21}, ["Parameter top is 21"]),
        ({"raw": "a", "01_example.tpo": 2}, ["unknown parameter `01_example.tpo`", "`top`"]),
        ({"raw": "a", "02_other.top": 2}, ["unknown parameter `02_other.top`", "are 01_example"]),
        ({"raw": "a", "bucket": "A Shop"}, ["bucket is 'A Shop'", "small letters, digits and"]),
        ({"raw": "a", "month": "October"}, ["month is 'October'", "YYYY-MM"]),
        ({"raw": "a", "views": 0}, ["views is 0: give a whole number from 1 to 1000000."]),
        ({"raw": "a", "top": 0, "quarantine": 50}, ["top is 0", "quarantine is 50"]),
    ],
)
def test_values_that_do_not_fit_are_named(
    notebook: Path, values: dict[str, object], said: list[str]
) -> None:
    with pytest.raises(InputError) as caught:
        params.check(values, [notebook])
    for words in said:
        assert words in str(caught.value)


@pytest.mark.parametrize(
    "values",
    [
        {
            "top": 20,
            "quarantine": 1,
            "metric": "carts",
            "zone": "Asia/Tokyo",
            "source": "README.md",
        },
        {"day": "", "source": "no/file.csv"},  # the default fits
        {"day": datetime.date(2019, 10, 1), "source": "s3://shop/a.csv"},
    ],
)
def test_values_that_keep_the_rules_pass(notebook: Path, values: dict[str, object]) -> None:
    params.check({"raw": "a", **values}, [notebook])


def test_a_value_for_one_notebook_is_told_from_that_for_all(notebook: Path, tmp_path: Path) -> None:
    other = tmp_path / "02_other.ipynb"
    other.write_bytes(notebook.read_bytes())
    values = {"raw": "a", "top": 5, "02_other.top": 20}
    params.check(values, [notebook, other])
    assert params.of(values, notebook)["top"] == 5
    assert params.of(values, other)["top"] == 20
    with pytest.raises(InputError, match=r"\A02_other\.ipynb: Parameter top is 50[^\n]*\Z"):
        params.check({**values, "02_other.top": 50}, [notebook, other])


@pytest.mark.parametrize("path", [*NOTEBOOKS.glob("*.ipynb"), *NOTES.glob("*.ipynb")])
def test_what_stands_in_brackets_is_a_rule(path: Path) -> None:
    for parameter in params.of_notebook(path):
        assert "[" not in parameter.help or parameter.rule, parameter.help
        if parameter.rule and not re.fullmatch(r"\S+ to \S+", parameter.rule):
            choices = parameter.rule.split(", ")
            default = ast.literal_eval(parameter.default)
            assert parameter.rule in RULES or default in choices, parameter.help
        if parameter.rule and "required" not in parameter.help:
            assert parameter.problem(ast.literal_eval(parameter.default), path.name) is None


def test_an_unquoted_date_reaches_the_notebook_as_text(notebook: Path, tmp_path: Path) -> None:
    path = tmp_path / "dates.yaml"
    path.write_text("raw: 2019-10-01\n")
    values = params.load(path)
    params.check(values, [notebook])
    assert params.of(values, notebook) == {"raw": "2019-10-01"}


@pytest.mark.parametrize("day", ["2019-02-30", "0000-01-01", "2019-10-01T25:00:00"])
def test_a_day_that_is_none_is_named_wherever_it_is_given(
    notebook: Path, tmp_path: Path, day: str
) -> None:
    path = tmp_path / "dates.yaml"
    path.write_text(f"raw: a\nday: {day}\n")
    for values in (params.load(path), {"raw": "a", **dict([params.setting(f"day={day}")])}):
        with pytest.raises(InputError, match=f"day is '{day}': give a day as YYYY-MM-DD"):
            params.check(values, [notebook])


def test_a_notebook_gets_only_its_own_parameters(notebook: Path) -> None:
    assert params.of({"raw": "a", "other": 1}, notebook) == {"raw": "a"}


@pytest.mark.parametrize(
    "text", ["a: 1\na: 2", "a: !!int b", "a: [1", "- 1\n- 2", "just words", "", "1: 2", "a: b: c"]
)
def test_a_file_that_is_not_yaml_of_parameters_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"wrong\.yaml"):
        params.load(path)


@given(text=st.text(CHARACTERS))
def test_any_text_loads_or_is_refused_by_name(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("params") / "any.yaml"
    path.write_text(text, encoding="utf-8", errors="ignore")
    try:
        assert isinstance(params.load(path), dict)
    except InputError as error:
        assert "any.yaml" in str(error)


def test_a_misspelt_file_name_gets_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "october.yaml").write_text("a: 1")
    with pytest.raises(InputError, match=r"did you mean .*october\.yaml"):
        params.load(tmp_path / "ocotber.yaml")


def test_the_command_ends_with_2_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "typo.yaml"
    path.write_text("no_such_parameter: 1\n")
    assert main([str(path)]) == 2
    assert "unknown parameter `no_such_parameter`" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["top", "=3", "top={", "a b=1", "top=!!int {a}"])
def test_what_is_no_setting_is_named(given: str) -> None:
    with pytest.raises(InputError, match=re.escape(f"--set {given}" if "{" in given else given)):
        params.setting(given)
    assert params.setting("21_carted_not_bought.top=3") == ("21_carted_not_bought.top", 3)


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_parameter_of_the_notebooks_is_typed_and_explained(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    source = next(c.source for c in cells if "parameters" in c.metadata.get("tags", []))
    assigned = [node for node in ast.parse(source).body if isinstance(node, ast.AnnAssign)]
    names = [node.target.id for node in assigned if isinstance(node.target, ast.Name)]
    found = params.of_notebook(path)
    assert [parameter.name for parameter in found] == names
    assert all(parameter.help for parameter in found)
    assert {parameter.type for parameter in found} <= {"str", "int", "float", "bool"}


@pytest.mark.parametrize("path", sorted((PROJECT / "params").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_params_file_fits_the_notebooks(path: Path) -> None:
    there = {"raw": "pyproject.toml"}  # what a file names is made or fetched before a run
    values = params.load(path) | there
    params.check(values, [*NOTEBOOKS.glob("*.ipynb"), *NOTES.glob("*.ipynb")])


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("raw", "data/no-such-file.csv"),
        ("engine", "spark"),
        ("compression", "lzo"),
        ("max_quarantine_share", 50),
        ("max_day_shrink_share", -1),
        ("max_actions", 0),
        ("window_seconds", 1000),
        ("bots", -1),
    ],
)
def test_a_parameter_of_ingest_or_stream_out_of_its_range_is_refused_before_a_run(name, wrong):
    values = {"raw": "pyproject.toml", "bucket": "a-bucket", name: wrong}
    with pytest.raises(InputError, match=f"Parameter {name} is {wrong!r}"):
        params.check(values, [*NOTEBOOKS.glob("*.ipynb"), *NOTES.glob("*.ipynb")])


@pytest.fixture(scope="module")
def uses() -> dict[str, list[Parameter]]:
    """What the notebooks take, by name."""
    found: dict[str, list[Parameter]] = {}
    for path in NOTEBOOKS.glob("*.ipynb"):
        for parameter in params.of_notebook(path):
            found.setdefault(parameter.name, []).append(parameter)
    return found


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        *(
            (name, wrong)
            for name in ("raw", "rules_file", "staging", "run_dir", "source", "stream", "handled")
            for wrong in (" ", "a\nb", "a\0b", "x" * 5000, " a")
        ),
        *((name, "") for name in ("raw", "rules_file", "staging", "run_dir", "stream", "bucket")),
        *((name, "s3://") for name in ("raw", "source", "rules_file", "staging", "run_dir")),
        *(("day", day) for day in ("2019-02-30", "2019-1-1", "٢٠١٩-10-01", "0000-01-01")),
        ("raw", "s3://a bucket/a.csv"),
        ("rules_file", "README.md"),
        ("rules_file", "notebooks"),
        ("rules_file", "requirements.lock"),
        ("rules_file", "params/demo.yaml"),
        ("staging", "README.md/below"),
        ("run_dir", "README.md"),
        ("table", "UserActivity"),
        ("stream", "дані"),
        ("alerts_table", "a b"),
        ("replay_at", "2026-11-22T25:00:00"),
        ("replay_at", "later"),
        ("partition_key", "price"),
        ("email", "nobody"),
        ("link", "example.org"),
        ("snapshot", "yesterday"),
        ("max_quarantine_share", float("nan")),
        ("max_quarantine_share", 10**400),
        ("top", True),
        ("top", 10**400),
        ("top", [5]),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_a_line_that_names_the_parameter(uses, name, wrong):
    for parameter in uses[name]:
        said = parameter.problem(wrong, "any.ipynb")
        assert said is not None
        assert name in said
        assert ": " in said  # what to do
        assert len(said) < 300
        assert said.isprintable()


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("staging", "/tmp/not-there/yet"),
        ("run_dir", "runs/мій запуск"),
        ("source", "s3://a.bucket/sample.csv"),
        ("replay_at", "2026-11-22T10:00:00"),
        ("replay_at", "unmoved"),
        ("partition_key", "brand"),
        ("email", "none"),
        ("link", "https://shop.example/{user_id}"),
        ("snapshot", "-123456789"),
        ("snapshot", datetime.date(2026, 11, 22)),
        ("handled", "a b"),
        ("table", "user_activity2"),
    ],
)
def test_a_value_that_can_be_is_taken(uses, name, right):
    assert [parameter.problem(right, "any.ipynb") for parameter in uses[name]] == (
        [None] * len(uses[name])
    )
