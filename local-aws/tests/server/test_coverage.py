"""The README says what the code does."""

import re
from pathlib import Path

from local_aws import coverage
from local_aws.ministack.names import NAMES


def test_readme_has_what_is_there_as_the_code_has_it() -> None:
    made = coverage.README.read_text().partition(coverage.BEGIN)[2].partition(coverage.END)[0]
    assert made.strip() == coverage.section().strip(), "run python -m local_aws.coverage"


def test_every_environment_variable_is_in_the_table() -> None:
    source = Path(coverage.__file__).parent
    named = {
        name
        for file in source.rglob("*.py")
        for name in re.findall(r"\bLOCAL_[A-Z0-9_]+\b", file.read_text())
        if name not in {"LOCAL_AWS"}
    }
    assert named == {variable.name for variable in coverage.VARIABLES}


def test_the_services_that_have_differences_are_services() -> None:
    assert all(f"| {name} |" in coverage.section() for name in coverage.DIFFERENCES)


def test_readme_counts_the_foreign_names() -> None:
    count = sum(map(len, NAMES.values()))
    assert f"{count} names in {len(NAMES)} modules" in coverage.README.read_text()
