"""Which statistics a profile job counts of which column, and with which parameters.

The defaults, in this order, are those that the service prints at the head of each profile.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from local_aws.databrew.errors import DataBrewError, invalid
from local_aws.databrew.store import Document
from local_aws.protocol.errors import not_supported

_SAMPLE, _BINS = {"sampleSize": "50"}, {"binNumber": "20"}
_OUTLIERS = {"threshold": "3", "sampleSize": "50"}
OF_DATASET = ("CORRELATION", "DUPLICATE_ROWS_COUNT")
DEFAULTS: dict[str, Any] = {
    "datasetConfiguration": {
        "includedStatistics": list(OF_DATASET),
        "parameters": {"CORRELATION": {"columnNumber": "10"}},
    },
    "columnConfiguration": {
        "booleanColumn": {
            "includedStatistics": [
                "MOST_COMMON_VALUES",
                "DISTINCT_VALUES_COUNT",
                "UNIQUE_VALUES_COUNT",
                "MISSING_VALUES_COUNT",
                "ENTROPY",
            ],
            "parameters": {"MOST_COMMON_VALUES": _SAMPLE},
        },
        "stringColumn": {
            "includedStatistics": [
                "MIN",
                "MOST_COMMON_VALUES",
                "DISTINCT_VALUES_COUNT",
                "MAX",
                "MEAN",
                "UNIQUE_VALUES_COUNT",
                "MODE",
                "MISSING_VALUES_COUNT",
                "STANDARD_DEVIATION",
                "ENTROPY",
                "MEDIAN",
                "OUTLIER_DETECTION",
                "VALUE_DISTRIBUTION",
            ],
            "parameters": {
                "MOST_COMMON_VALUES": _SAMPLE,
                "OUTLIER_DETECTION": _OUTLIERS,
                "VALUE_DISTRIBUTION": _BINS,
            },
        },
        "numericColumn": {
            "includedStatistics": [
                "MIN",
                "PERCENTILES",
                "ZEROS_COUNT",
                "UNIQUE_VALUES_COUNT",
                "ENTROPY",
                "VALUE_DISTRIBUTION",
                "SKEWNESS",
                "Z_SCORE_DISTRIBUTION",
                "MAX",
                "MISSING_VALUES_COUNT",
                "INTER_QUARTILE_RANGE",
                "MEDIAN_ABSOLUTE_DEVIATION",
                "RANGE",
                "MOST_COMMON_VALUES",
                "DISTINCT_VALUES_COUNT",
                "VARIANCE",
                "MEDIAN",
                "MEAN",
                "MINIMUM_VALUES",
                "MODE",
                "SUM",
                "KURTOSIS",
                "MAXIMUM_VALUES",
                "STANDARD_DEVIATION",
                "OUTLIER_DETECTION",
            ],
            "parameters": {
                "MOST_COMMON_VALUES": _SAMPLE,
                "MINIMUM_VALUES": {"sampleSize": "5"},
                "MAXIMUM_VALUES": {"sampleSize": "5"},
                "OUTLIER_DETECTION": _OUTLIERS,
                "VALUE_DISTRIBUTION": _BINS,
                "Z_SCORE_DISTRIBUTION": _BINS,
            },
        },
    },
}
_KNOWN = {
    name for kind in DEFAULTS["columnConfiguration"].values() for name in kind["includedStatistics"]
}
_PARAMETERS = {
    "CORRELATION": {"columnNumber", "columnSelectors"},
    "MOST_COMMON_VALUES": {"sampleSize"},
    "MINIMUM_VALUES": {"sampleSize"},
    "MAXIMUM_VALUES": {"sampleSize"},
    "OUTLIER_DETECTION": {"threshold", "mildThreshold", "sampleSize"},
    "VALUE_DISTRIBUTION": {"binNumber"},
    "Z_SCORE_DISTRIBUTION": {"binNumber"},
}


def check(given: Document) -> None:
    """Refuse a ProfileConfiguration that names what there is not.

    Raises
    ------
    ServiceError
        ValidationException; by name for what is not carried out.
    """
    if "EntityDetectorConfiguration" in given:
        raise not_supported("the EntityDetectorConfiguration of a profile")
    _check(given.get("DatasetStatisticsConfiguration", {}), set(OF_DATASET))
    _check_selectors(given.get("ProfileColumns", []))
    for each in given.get("ColumnStatisticsConfigurations", []):
        _check_selectors(each.get("Selectors", []))
        _check(each["Statistics"], _KNOWN)


def of_dataset(given: Document) -> Document:
    """Return what overrides the dataset's defaults, as a profile prints it."""
    return _override(given.get("DatasetStatisticsConfiguration", {}))


def of_column(given: Document, name: str) -> Document:
    """Return what overrides a column's defaults; later configurations override earlier ones."""
    override: Document = {}
    for each in given.get("ColumnStatisticsConfigurations", []):
        if "Selectors" not in each or is_selected(each["Selectors"], name):
            later = _override(each["Statistics"])
            parameters = override.get("parameters", {}) | later.get("parameters", {})
            override |= later | ({"parameters": parameters} if parameters else {})
    return override


def merged(defaults: Document, override: Document) -> tuple[list[str], dict[str, dict[str, str]]]:
    """Return the statistics to count, and the parameters of each."""
    included: list[str] = override.get("includedStatistics") or defaults["includedStatistics"]
    parameters = {name: dict(each) for name, each in defaults["parameters"].items()}
    for name, each in override.get("parameters", {}).items():
        parameters[name] = parameters.get(name, {}) | each
    return ([] if "NONE" in included else list(included)), parameters


def is_selected(selectors: Sequence[Document], name: str) -> bool:
    """Say whether a column is one of those that selectors choose."""
    return any(
        each.get("Name") == name or ("Regex" in each and re.fullmatch(each["Regex"], name))
        for each in selectors
    )


def json_selectors(text: str) -> list[Document]:
    """Read the selectors of an override, whose names are in lower case."""
    return [{key.capitalize(): value for key, value in each.items()} for each in json.loads(text)]


def _override(given: Document) -> Document:
    found: Document = {}
    if "IncludedStatistics" in given:
        found["includedStatistics"] = given["IncludedStatistics"]
    if "Overrides" in given:
        found["parameters"] = {e["Statistic"]: e["Parameters"] for e in given["Overrides"]}
    return found


def _check(given: Document, known: set[str]) -> None:
    for name in given.get("IncludedStatistics", []):
        if name not in known | {"NONE"}:
            raise invalid(f"There is no statistic {name} here.")
    for override in given.get("Overrides", []):
        name = override["Statistic"]
        if name not in known or name not in _PARAMETERS:
            raise invalid(f"The statistic {name} has nothing to override here.")
        for parameter, value in override["Parameters"].items():
            if parameter not in _PARAMETERS[name]:
                raise invalid(f"The statistic {name} has no parameter {parameter}.")
            _check_value(name, parameter, value)


def _check_value(statistic: str, parameter: str, value: str) -> None:
    wrong: DataBrewError = invalid(f"{parameter} of {statistic} cannot be {value!r}.")
    if parameter == "columnSelectors":
        try:
            _check_selectors(json_selectors(value))
        except (ValueError, AttributeError, TypeError):
            raise wrong from None
    elif parameter in {"threshold", "mildThreshold"}:
        if not re.fullmatch(r"\d+(\.\d+)?", value):
            raise wrong
    elif not (value == "ALL" and parameter != "binNumber") and not re.fullmatch(
        "[1-9][0-9]{0,8}", value
    ):
        raise wrong


def _check_selectors(selectors: Sequence[Document]) -> None:
    for each in selectors:
        if len(each) != 1:
            raise invalid("A column selector has either a Name or a Regex.")
        try:
            re.compile(each.get("Regex", ""))
        except re.error as error:
            raise invalid(f"{each['Regex']!r} is no regular expression: {error}.") from None
