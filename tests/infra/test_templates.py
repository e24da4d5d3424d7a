"""The templates as CloudFormation's own rules see them, and what the estimate leaves out."""

import re
from pathlib import Path

import pytest

from helpers.deploy import cost, lint
from helpers.deploy.platform import DASHBOARDS, STACKS, TEMPLATES
from helpers.errors import InputError

DECLARED = {
    kind
    for path in TEMPLATES.glob("*.yaml")
    for kind in re.findall(r"^    Type: (AWS::\S+)$", path.read_text(), re.MULTILINE)
}


def test_every_template_is_clean_and_a_stack() -> None:
    """Resources, properties, policies and deletion policies; informational rules included."""
    lint.check()
    assert {path.stem for path in TEMPLATES.glob("*.yaml")} == {*STACKS, DASHBOARDS}


def test_a_misspelt_property_is_named_with_its_line(tmp_path: Path) -> None:
    text = (TEMPLATES / "streams.yaml").read_text()
    (tmp_path / "streams.yaml").write_text(text.replace("RetentionPeriodHours", "RetentionHour", 1))
    with pytest.raises(InputError, match=r"streams\.yaml:\d+: E3002 .*RetentionHour"):
        lint.check(tmp_path)


def test_every_declared_type_is_in_the_estimate_or_free() -> None:
    priced = {kind for part in cost.PARTS for kind in part.types}
    assert priced | cost.FREE == DECLARED
    assert not priced & cost.FREE


def test_no_role_may_do_everything_or_touch_everything() -> None:
    """`*` is a resource where the service knows no other: a comment stands right above it."""
    for path in TEMPLATES.glob("*.yaml"):
        lines = path.read_text().splitlines()
        for place, line in enumerate(lines):
            assert not re.search(r"Action: .*(\"\*\"|:\*)", line) or "Deny" in "".join(
                lines[place - 3 : place]
            ), f"{path.name}: {line}"
            if re.search(r'Resource: "?\*"?$', line):
                assert lines[place - 1].lstrip().startswith("#"), f"{path.name}:{place + 1}"
