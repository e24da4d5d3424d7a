"""Every column is there, with the type that its use asks for, and put together as it may be."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dashboards import walk
from dashboards.datasets import Column, Dataset
from dashboards.page import expressions
from helpers.errors import InputError

_NUMBERS: Final = frozenset({"INTEGER", "DECIMAL"})
_TYPES: Final[Mapping[str, frozenset[str]]] = {
    "CategoricalDimensionField": frozenset({"STRING"}),
    "CategoricalMeasureField": frozenset({"STRING"}),
    "CategoryFilter": frozenset({"STRING"}),
    "DateDimensionField": frozenset({"DATETIME"}),
    "DateMeasureField": frozenset({"DATETIME"}),
    "NumericalDimensionField": _NUMBERS,
    "NumericalMeasureField": _NUMBERS,
    "NumericEqualityFilter": _NUMBERS,
    "NumericRangeFilter": _NUMBERS,
    "RelativeDatesFilter": frozenset({"DATETIME"}),
    "TimeEqualityFilter": frozenset({"DATETIME"}),
    "TimeRangeFilter": frozenset({"DATETIME"}),
}
"""Types by what names the column; a DATETIME as a category stays empty in QuickSight."""
_FUNCTIONS: Final[Mapping[str, frozenset[str]]] = {
    "sum": frozenset({"SUM", "AVERAGE", "MIN", "MAX"}),
    "distinct": frozenset({"AVERAGE", "MIN", "MAX"}),
    "median": frozenset({"AVERAGE", "MIN", "MAX"}),
    "repeated": frozenset({"MIN", "MAX"}),
}
"""How the numbers of several rows may be put together, by what `Column.adds` says."""
_NAMED: Final = re.compile(r"\{([^}]*)\}")


def problems(definition: Mapping[str, Any], datasets: Sequence[Dataset]) -> Iterator[str]:
    """Find columns that are not there, of another type, or added up though they do not add up."""
    known = {
        dataset.name: {column.name: column for column in dataset.columns} for dataset in datasets
    }
    calculated: dict[str, set[str]] = {}
    for number, field in enumerate(definition.get("CalculatedFields", ())):
        calculated.setdefault(field["DataSetIdentifier"], set()).add(field["Name"])
        yield from _calculation(f"Definition.CalculatedFields[{number}]", field, known)
    for path, part in walk.parts(definition):
        if "ColumnName" in part:
            dataset, name = part["DataSetIdentifier"], part["ColumnName"]
            if name not in known.get(dataset, {}) and name not in calculated.get(dataset, ()):
                yield f"{path}: the dataset {dataset!r} has no column {name!r}"
        for number, place in enumerate(part.get("ExplicitHierarchy", {}).get("Columns", ())):
            level = known.get(place["DataSetIdentifier"], {}).get(place["ColumnName"])
            if level is not None and level.type != "STRING":
                at = f"{path}.ExplicitHierarchy.Columns[{number}]"
                yield f"{at}: {level.name!r} is a {level.type}, not a STRING"
        for kind, types in _TYPES.items():
            if kind in part:
                field = part[kind]
                at = f"{path}.{kind}"
                dataset, name = field["Column"]["DataSetIdentifier"], field["Column"]["ColumnName"]
                column = known.get(dataset, {}).get(name)
                if column is not None:
                    yield from _use(at, column, types, field)
                elif name in calculated.get(dataset, ()):
                    yield from _calculated(at, kind, field)


def _calculation(
    path: str, field: Mapping[str, Any], known: Mapping[str, Mapping[str, Column]]
) -> Iterator[str]:
    try:
        tree = expressions.parse(field["Expression"], f"{path}.Expression")
    except InputError as error:
        yield str(error)
    else:
        if not expressions.columns(tree):
            yield f"{path}.Expression: no column is put together"
    columns = known.get(field["DataSetIdentifier"], {})
    if field["Name"] in columns:
        yield f"{path}: the dataset has a column {field['Name']!r} already"
    for name in sorted(set(_NAMED.findall(field["Expression"]))):
        column = columns.get(name)
        if column is None:
            yield f"{path}: the dataset {field['DataSetIdentifier']!r} has no column {name!r}"
        elif column.adds != "sum":
            yield f"{path}: {name!r} does not add up"


def _use(
    path: str, column: Column, types: frozenset[str], field: Mapping[str, Any]
) -> Iterator[str]:
    if column.type not in types:
        yield f"{path}: {column.name!r} is a {column.type}, not a {' or '.join(sorted(types))}"
        return
    if column.type in _NUMBERS and "MeasureField" in path.rpartition(".")[2]:
        function = field.get("AggregationFunction", {}).get("SimpleNumericalAggregation")
        if function not in _FUNCTIONS.get(column.adds, ()):
            yield f"{path}: {column.name!r} is put together by {function}: it does not add up"


def _calculated(path: str, kind: str, field: Mapping[str, Any]) -> Iterator[str]:
    if kind != "NumericalMeasureField":
        yield f"{path}: {field['Column']['ColumnName']!r} is calculated from sums: it is a measure"
    elif "AggregationFunction" in field:
        yield f"{path}: a calculated field of sums takes no AggregationFunction"
