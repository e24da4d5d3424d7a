"""The definition that is built is the one that is kept, and the page draws all of it."""

import json

from dashboards import definition, supported


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
