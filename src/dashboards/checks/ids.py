"""Identifiers: each once, and what is referred to is there."""

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
    ("CalculatedFields", "Name"),
    ("DataSetIdentifierDeclarations", "Identifier"),
)
"""What names one thing in its list, and refers to it elsewhere."""
_SORTED: Final = "FieldSort"


def problems(definition: Mapping[str, Any]) -> Iterator[str]:
    """Find identifiers that stand twice, and datasets and fields that are not there."""
    for what, name in _UNIQUE:
        for value in _twice(value for _, value in walk.having(definition, name)):
            yield f"Definition: the {what} {value!r} is there twice"
    for name, key in _LISTED:
        for value in _twice(part[key] for part in definition.get(name, ())):
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
    for value in declared:
        if value not in used:
            yield f"Definition.DataSetIdentifierDeclarations: the dataset {value!r} is not used"


def _fields(path: str, body: Mapping[str, Any]) -> Iterator[str]:
    """Field ids of one visual: in its wells each once, in its sorts one of those."""
    configuration = body.get("ChartConfiguration", {})
    fields = [value for _, value in walk.having(configuration.get("FieldWells", {}), "FieldId")]
    for value in _twice(fields):
        yield f"{path}: the field {value!r} is there twice"
    for place, sort in walk.having(configuration.get("SortConfiguration", {}), _SORTED):
        if sort["FieldId"] not in fields:
            short = place.removeprefix("Definition")
            yield (
                f"{path}.ChartConfiguration.SortConfiguration{short}: no field of the visual is "
                f"{sort['FieldId']!r}"
            )


def _twice(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]
