"""One set of values in the note, in its archive and in the stack."""

import re
import zipfile
from pathlib import Path

import pytest
import yaml

from flink_notes.application import archive
from helpers import params
from helpers.bursts import NOTE
from helpers.deploy.platform import TEMPLATES
from helpers.errors import InputError
from helpers.paths import PROJECT
from helpers.stream_app import properties

TEMPLATE = (TEMPLATES / "application.yaml").read_text()


class Loader(yaml.SafeLoader):
    """Reads CloudFormation's short functions as their text."""


Loader.add_multi_constructor("!", lambda loader, tag, node: node.value)


def declared() -> dict[str, dict[str, str]]:
    """The property groups that the template declares."""
    resources = yaml.load(TEMPLATE, Loader)["Resources"]  # noqa: S506
    configuration = resources["Application"]["Properties"]["ApplicationConfiguration"]
    return properties.of_service(configuration["EnvironmentProperties"]["PropertyGroups"])


def test_the_stack_gives_each_value_that_the_note_uses_and_no_other() -> None:
    built = archive.build(NOTE)
    groups = declared()
    assert groups[properties.RUN_OPTIONS] == built.groups[properties.RUN_OPTIONS]
    assert set(groups[properties.PARAMETERS]) == set(built.groups[properties.PARAMETERS])
    assert set(groups[properties.COMPUTED]) == set(built.missing())


def test_each_parameter_of_the_note_is_one_of_the_template(tmp_path: Path) -> None:
    path = archive.write(archive.build(NOTE, {"max_actions": 20}), tmp_path)
    given = properties.for_stack(properties.of_archive(path), "1.5")
    assert given["MaxActions"] == "20" and given["DuplicatesOnce"] == "true"
    assert set(given) <= set(re.findall(r"^  (\w+):$", TEMPLATE, re.MULTILINE))


def test_notebook_32_has_the_note_s_parameters_with_its_defaults_and_rules() -> None:
    notebook = PROJECT / "notebooks/32_deploy_stream.ipynb"
    of_note = {known.name: known for known in params.of_notebook(NOTE)}
    own = {known.name: known for known in params.of_notebook(notebook)}
    used = set(archive.build(NOTE).groups[properties.PARAMETERS])
    assert {name: own[name] for name in used} == {name: of_note[name] for name in used}


def test_groups_come_back_from_what_the_service_takes() -> None:
    groups = {"a": {"b": "c"}, "d": {"e": "f"}}
    assert properties.of_service(properties.for_service(groups)) == groups


def test_a_file_that_is_no_archive_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no archive"):
        properties.of_archive(tmp_path / "gone.zip")
    (tmp_path / "text.zip").write_text("x")
    with pytest.raises(InputError, match="is no archive of an application"):
        properties.of_archive(tmp_path / "text.zip")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    with pytest.raises(InputError, match="is no archive of an application"):
        properties.of_archive(tmp_path / "empty.zip")
