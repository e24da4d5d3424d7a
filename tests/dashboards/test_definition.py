"""The definition that is built is the one that is kept, and the page draws all of it."""

import json
from pathlib import Path

import pytest

from dashboards import definition, supported
from dashboards.__main__ import main
from dashboards.datasets import DATASETS


def test_the_kept_file_is_the_one_that_is_built() -> None:
    assert definition.PATH.read_text(encoding="utf-8") == definition.text()


def test_the_page_draws_all_of_it() -> None:
    assert list(supported.not_drawn(json.loads(definition.text()))) == []


def test_what_is_not_drawn_is_named_with_its_path() -> None:
    built = json.loads(definition.text())
    built["Sheets"][1]["Visuals"][1]["LineChartVisual"]["ChartConfiguration"]["Type"] = "AREA"
    built["Sheets"][2]["Visuals"].append({"WordCloudVisual": {"VisualId": "cloud"}})
    assert list(supported.not_drawn(built)) == [
        "Definition.Sheets[1].Visuals[1].LineChartVisual.ChartConfiguration.Type is 'AREA': "
        "drawn is LINE",
        "Definition.Sheets[2].Visuals[5].WordCloudVisual is not drawn",
    ]


def test_the_command_line_says_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(definition, "PATH", tmp_path / "definition.json")
    assert main(["write"]) == 0
    assert main(["check"]) == 0
    broken = json.loads(definition.text())
    broken["Sheets"][0]["Name"] = "M"
    definition.PATH.write_text(json.dumps(broken))
    capsys.readouterr()
    assert main(["check"]) == 1
    said = capsys.readouterr().out
    assert "Definition.Sheets[0]: a sheet's name has two letters at least" in said
    assert "is not what is built" in said


def test_every_dataset_is_named_by_the_arn_that_is_given() -> None:
    arns = {dataset.name: f"arn:of:{dataset.name}" for dataset in DATASETS}
    declared = definition.build(arns)["DataSetIdentifierDeclarations"]
    assert [each["DataSetArn"] for each in declared] == list(arns.values())
