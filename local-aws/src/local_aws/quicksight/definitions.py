"""What of a dashboard's definition the service refuses: at once, or in the version's errors.

At once: structures with none or two of the members of which one is to be given, ids that are taken
twice, what refers to a part that is not there. In the version: data sets and columns that are not
there or of another type, parameters that nobody declares. Paths of errors name entities, as
``sheet/overview/visual/revenue`` or ``filter-group/days/filter/day``.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from botocore.model import ListShape, MapShape, Shape, StructureShape

from local_aws.documents import Document
from local_aws.protocol import model
from local_aws.quicksight.errors import invalid
from local_aws.quicksight.variants import the_one

# structures of which exactly one member is to be given
_VARIANTS = frozenset(
    {
        "DimensionField",
        "Filter",
        "FilterControl",
        "FilterScopeConfiguration",
        "LayoutConfiguration",
        "MeasureField",
        "ParameterControl",
        "ParameterDeclaration",
        "Visual",
    }
)
# the member that names an entity of a path, and the entity's word there
_ENTITIES = {
    "SheetId": "sheet",
    "VisualId": "visual",
    "FilterGroupId": "filter-group",
    "FilterId": "filter",
    "FilterControlId": "filter-control",
    "ParameterControlId": "parameter-control",
    "SheetTextBoxId": "text-box",
}
_REFERRING = {"FilterScopeConfiguration", "Layout", "SheetVisualScopingConfiguration"}
_NUMBERS = ("INTEGER", "DECIMAL")
_WANTED: dict[str, tuple[str, ...]] = {
    "DateDimensionField": ("DATETIME",),
    "DateMeasureField": ("DATETIME",),
    "NumericalDimensionField": _NUMBERS,
    "NumericalMeasureField": _NUMBERS,
    "NumericEqualityFilter": _NUMBERS,
    "NumericRangeFilter": _NUMBERS,
    "RelativeDatesFilter": ("DATETIME",),
    "TimeEqualityFilter": ("DATETIME",),
    "TimeRangeFilter": ("DATETIME",),
}
_PARAMETERS = {"ParameterName", "SourceParameterName"}
_IN_BRACES = re.compile(r"\{([^{}]+)\}")

DataSets = Mapping[str, Mapping[str, str]]
"""The columns of the data sets that are there: ARN, column, type."""


class Part(NamedTuple):
    """A structure of a definition: its shape, what it holds, where it is, and the entity's path."""

    shape: str
    value: Document
    place: str
    entity: str


def parts(definition: Document) -> list[Part]:
    """List every structure of a definition, outer ones first."""
    shape = model.service_model("quicksight").shape_for("DashboardVersionDefinition")
    return list(_walked(shape, definition, "Definition", ""))


def _walked(shape: Shape, value: Any, place: str, entity: str) -> Iterator[Part]:
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        if shape.name not in _REFERRING:
            entity = _below(entity, shape.name, value)
        yield Part(shape.name, value, place, entity)
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from _walked(member, value[name], f"{place}.{name}", entity)
    elif isinstance(shape, ListShape):
        for number, item in enumerate(value):
            yield from _walked(shape.member, item, f"{place}[{number}]", entity)
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _walked(shape.value, item, f"{place}.{key}", entity)


def _below(entity: str, shape: str, value: Document) -> str:
    if shape == "CalculatedField":
        return f"calculated-field/{value.get('Name')}"
    found = next((f"{word}/{value[name]}" for name, word in _ENTITIES.items() if name in value), "")
    return f"{entity}/{found}".strip("/") if found else entity


def check(definition: Document) -> None:
    """Refuse a definition at once.

    Raises
    ------
    QuickSightError
        InvalidParameterValueException with the path.
    """
    found = parts(definition)
    for part in found:
        if part.shape in _VARIANTS:
            the_one(part.value, part.place)
    _check_ids(found)
    filters = {part.value["FilterId"] for part in found if _is_a(part, "Filter")}
    for part in found:
        source = part.value.get("SourceFilterId")
        if source is not None and source not in filters:
            raise invalid(f"{part.place}.SourceFilterId: there is no filter {source}")
    _check_sheets(definition)


def _is_a(part: Part, kind: str) -> bool:
    return f"{kind}Id" in part.value and part.shape.endswith(kind)


def _check_ids(found: list[Part]) -> None:
    seen: set[tuple[str, str]] = set()
    for part in found:
        if part.shape in _REFERRING:
            continue
        for name in _ENTITIES:
            if name not in part.value:
                continue
            if (name, part.value[name]) in seen:
                raise invalid(f"{part.place}.{name}: {part.value[name]} is taken twice")
            seen.add((name, part.value[name]))


def _inner(union: Document) -> Document:
    return next((value for value in union.values() if isinstance(value, dict)), {})


def _check_sheets(definition: Document) -> None:
    """Refuse what is laid out, or filtered, and is not on its sheet."""
    visuals: dict[str, set[str]] = {}
    for number, sheet in enumerate(definition.get("Sheets", [])):
        at = f"Definition.Sheets[{number}]"
        own = {str(_inner(union).get("VisualId")) for union in sheet.get("Visuals", [])}
        visuals[sheet["SheetId"]] = own
        there = own | {box["SheetTextBoxId"] for box in sheet.get("TextBoxes", [])}
        there |= {image["SheetImageId"] for image in sheet.get("Images", [])}
        for kind in ("Filter", "Parameter"):
            controls = sheet.get(f"{kind}Controls", [])
            there |= {str(_inner(union).get(f"{kind}ControlId")) for union in controls}
        for member in ("Layouts", "SheetControlLayouts"):
            for place, element in _elements(sheet.get(member, []), f"{at}.{member}"):
                if element not in there:
                    raise invalid(f"{place}: there is no element {element} on the sheet")
    for number, group in enumerate(definition.get("FilterGroups", [])):
        selected = group["ScopeConfiguration"].get("SelectedSheets") or {}
        at = f"Definition.FilterGroups[{number}].ScopeConfiguration.SelectedSheets"
        for scope in selected.get("SheetVisualScopingConfigurations", []):
            if scope["SheetId"] not in visuals:
                raise invalid(f"{at}: there is no sheet {scope['SheetId']}")
            lost = sorted(set(scope.get("VisualIds", [])) - visuals[scope["SheetId"]])
            if lost:
                raise invalid(f"{at}: there is no visual {lost[0]} on the sheet {scope['SheetId']}")


def _elements(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _elements(item, f"{place}[{number}]")
    elif isinstance(value, dict):
        if "ElementId" in value:
            yield place, value["ElementId"]
        for name, item in value.items():
            yield from _elements(item, f"{place}.{name}")


def errors(definition: Document, data_sets: DataSets) -> list[Document]:
    """Find what a version fails for.

    Parameters
    ----------
    definition : dict
        One that `check` lets through.
    data_sets : mapping
        Those of its declarations that are there.

    Returns
    -------
    list of dict
        ``Type``, ``Message`` and ``ViolatedEntities`` each.
    """
    declared = {
        each["Identifier"]: each["DataSetArn"]
        for each in definition["DataSetIdentifierDeclarations"]
    }
    calculated = {
        (each.get("DataSetIdentifier"), each["Name"])
        for each in definition.get("CalculatedFields", [])
    }
    parameters = {
        _inner(union).get("Name") for union in definition.get("ParameterDeclarations", [])
    }
    found: dict[tuple[str, str], list[str]] = {}

    def note(kind: str, message: str, entity: str) -> None:
        entities = found.setdefault((kind, message), [])
        if entity not in entities:
            entities.append(entity)

    for name, data_set in declared.items():
        if data_set not in data_sets:
            message = f"Data set '{data_set}' is not found"
            note("DATA_SET_NOT_FOUND", message, f"data-set/{name}")

    def column(name: str, identifier: str, entity: str, wanted: tuple[str, ...] = ()) -> None:
        data_set = declared.get(identifier)
        if data_set is None:
            message = f"The data set identifier '{identifier}' is not declared"
            note("DATA_SET_NOT_FOUND", message, entity)
        elif data_set in data_sets and (identifier, name) not in calculated:
            kind = data_sets[data_set].get(name)
            if kind is None:
                message = f"Required column '{name}' is missing in data set '{data_set}'"
                note("COLUMN_REPLACEMENT_MISSING", message, entity)
            elif wanted and kind not in wanted:
                message = (
                    f"Required column '{name}' in data set '{data_set}' is {kind}, "
                    f"expected {' or '.join(wanted)}"
                )
                note("COLUMN_TYPE_MISMATCH", message, entity)

    for part in parts(definition):
        if part.shape == "ColumnIdentifier":
            column(part.value["ColumnName"], part.value["DataSetIdentifier"], part.entity)
        elif part.shape == "CalculatedField":
            for name in _IN_BRACES.findall(part.value["Expression"].replace("${", "$")):
                column(name, part.value.get("DataSetIdentifier", ""), part.entity)
        if (wanted := _WANTED.get(part.shape)) and "Column" in part.value:
            of = part.value["Column"]
            column(of["ColumnName"], of["DataSetIdentifier"], part.entity, wanted)
        for name in _PARAMETERS & part.value.keys():
            if part.value[name] not in parameters:
                message = f"The parameter '{part.value[name]}' is not declared"
                note("PARAMETER_NOT_FOUND", message, part.entity)
    return [
        {"Type": kind, "Message": message, "ViolatedEntities": [{"Path": each} for each in paths]}
        for (kind, message), paths in found.items()
    ]
