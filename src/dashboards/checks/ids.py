"""Identifiers: each once, and what is referred to is there."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from dashboards import walk

_UNIQUE: Final = (
    ("visual", "VisualId"),
    ("filter group", "FilterGroupId"),
    ("filter", "FilterId"),
    ("filter control", "FilterControlId"),
)
"""What names one thing wherever it stands."""
_LISTED: Final = (
    ("Sheets", "SheetId"),
    ("Sheets", "Name"),
    ("CalculatedFields", "Name"),
    ("DataSetIdentifierDeclarations", "Identifier"),
    ("DataSetIdentifierDeclarations", "DataSetArn"),
)
"""What names one thing in its list, and refers to it elsewhere."""
_ARN: Final = re.compile(r"arn:[^:]+:quicksight:[^:]+:\d+:dataset/.+")


def problems(definition: Mapping[str, Any]) -> Iterator[str]:
    """Find identifiers that stand twice, and datasets and fields that are not there."""
    for what, name in _UNIQUE:
        for value in _twice(value for _, value in walk.having(definition, name)):
            yield f"Definition: the {what} {value!r} is there twice"
    for name, key in _LISTED:
        for value in _twice(part[key] for part in definition.get(name, ()) if key in part):
            yield f"Definition.{name}: {value!r} is there twice"
    yield from _datasets(definition)
    for path, _, _, body in walk.visuals(definition):
        yield from _fields(path, body)


def _datasets(definition: Mapping[str, Any]) -> Iterator[str]:
    declared = [part["Identifier"] for part in definition["DataSetIdentifierDeclarations"]]
    used = set()
    for path, value in walk.having(definition, "DataSetIdentifier"):
        used.add(value)
        if value not in declared:
            yield f"{path}: the dataset {value!r} is not declared"
    for number, part in enumerate(definition["DataSetIdentifierDeclarations"]):
        if not _ARN.fullmatch(part["DataSetArn"]):
            path = f"Definition.DataSetIdentifierDeclarations[{number}].DataSetArn"
            yield f"{path}: {part['DataSetArn']!r} is no dataset of QuickSight"
    for value in declared:
        if value not in used:
            yield f"Definition.DataSetIdentifierDeclarations: the dataset {value!r} is not used"


def _fields(path: str, body: Mapping[str, Any]) -> Iterator[str]:
    """Field ids of one visual: in its wells each once, in sorts and labels one of those."""
    configuration = body.get("ChartConfiguration", {})
    fields = [value for _, value in walk.having(configuration.get("FieldWells", {}), "FieldId")]
    for value in _twice(fields):
        yield f"{path}: the field {value!r} is there twice"
    others = {name: part for name, part in configuration.items() if name != "FieldWells"}
    for place, value in walk.having(others, "FieldId"):
        if value not in fields:
            short = place.removeprefix("Definition").removesuffix(".FieldId")
            yield f"{path}.ChartConfiguration{short}: no field of the visual is {value!r}"


def _twice(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]
