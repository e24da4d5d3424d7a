"""The templates as CloudFormation's own rules see them, and what the estimate leaves out."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint.data import AdditionalSpecs
from cfnlint.decode import cfn_yaml
from cfnlint.helpers import load_resource

from helpers.deploy import cost, lint
from helpers.deploy.platform import DASHBOARDS, STACKS, TEMPLATES
from helpers.errors import InputError

IAM_CHARACTERS = 10_240  # of all inline policies of a role together
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


def statements(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if part.get("Effect") == "Allow":
            yield part
        for member in part.values():
            yield from statements(member)
    elif isinstance(part, list):
        for item in part:
            yield from statements(item)


# named by the reference of today and by AWS's own examples, not yet by cfn-lint's data
NARROWED = {"logs:DescribeLogGroups"}


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_the_service_knows_no_resource_of_is_allowed_on_all(path: Path) -> None:
    """An ARN would allow nothing: AWS asks such an action on `*` alone."""
    known = load_resource(AdditionalSpecs, "Policies.json")
    for statement in statements(cfn_yaml.load(str(path))):
        given = statement["Action"]
        for action in [given] if isinstance(given, str) else given:
            service, _, name = action.partition(":")
            resources = known[service]["Actions"][name.lower()].get("Resources")
            assert resources or statement["Resource"] == "*" or action in NARROWED, action


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


LONGEST = {
    "AWS::Partition": "aws-us-gov",
    "AWS::Region": "ap-southeast-2",
    "AWS::AccountId": "0" * 12,
    "Stage": "s" * 12,
}


def written(part: Any) -> Any:
    """A policy as IAM gets it, in the longest region and stage."""
    if isinstance(part, dict):
        if "Fn::Sub" in part:
            text = part["Fn::Sub"] if isinstance(part["Fn::Sub"], str) else part["Fn::Sub"][0]
            return re.sub(r"\$\{([\w:]+)\}", lambda found: LONGEST.get(found[1], "n" * 40), text)
        return {name: written(inner) for name, inner in part.items()}
    return [written(inner) for inner in part] if isinstance(part, list) else part


def test_the_policies_of_a_role_fit_the_characters_that_iam_takes() -> None:
    sizes = {
        f"{path.stem}: {name}": sum(
            len(json.dumps(written(policy["PolicyDocument"]), separators=(",", ":")))
            for policy in resource["Properties"].get("Policies", ())
        )
        for path in sorted(TEMPLATES.glob("*.yaml"))
        for name, resource in cfn_yaml.load(str(path))["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role"
    }
    assert {name: size for name, size in sizes.items() if size > IAM_CHARACTERS} == {}
