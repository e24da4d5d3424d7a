"""Exactly one member of each variant, which no published schema says."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import botocore.session
from botocore.model import ListShape, ServiceModel, Shape, StructureShape

_SAID: Final = "union type structure"
_ALSO: Final = frozenset(
    {
        "ColumnHierarchy",
        "DefaultFilterControlOptions",
        "DimensionField",
        "FieldSortOptions",
        "LineChartFieldWells",
        "MeasureField",
        "NumericalAggregationFunction",
    }
)
"""Structures that are variants too, though their documentation does not say so."""


def problems(definition: Mapping[str, Any]) -> Iterator[str]:
    """Find variants with no member or with several, by the API's own model."""
    yield from _of(definition, _model().shape_for("DashboardVersionDefinition"), "Definition")


def _of(part: Any, shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape) and isinstance(part, Mapping):
        if _is_variant(shape) and len(part) != 1:
            given = ", ".join(part) or "none"
            yield f"{path}: {shape.name} takes exactly one member, given: {given}"
        for name, value in part.items():
            if name in shape.members:
                yield from _of(value, shape.members[name], f"{path}.{name}")
    elif isinstance(shape, ListShape) and isinstance(part, list):
        for number, value in enumerate(part):
            yield from _of(value, shape.member, f"{path}[{number}]")


def _is_variant(shape: StructureShape) -> bool:
    own = _model().shape_for(shape.name)  # a member's documentation hides that of its shape
    said = _SAID in str(own.documentation).lower() or shape.name in _ALSO
    return said and bool(shape.members)


@cache
def _model() -> ServiceModel:
    return botocore.session.get_session().get_service_model("quicksight")
