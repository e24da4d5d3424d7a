"""The plan of a page: what the definition says, put together with the data that is there."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pandas as pd

from dashboards.datasets import BY_NAME, NO_BRAND, NO_CODE, OTHERS
from dashboards.filters import Obeys
from dashboards.page import columns, expressions, filtering, reading, specs
from helpers.errors import InputError

Plan = dict[str, Any]
Matrix = Mapping[str, Mapping[str, Obeys]]

_DRAWN: Final = {
    "line": specs.line,
    "bar": specs.bar,
    "heat": specs.heat,
    "scatter": specs.scatter,
}
_LAST: Final = (OTHERS, NO_BRAND, NO_CODE)


def plan(
    definition: Mapping[str, Any],
    answers: Mapping[str, pd.DataFrame | str],
    matrix: Matrix,
) -> tuple[Plan, dict[str, Any]]:
    """Put a page's plan and its data together.

    Parameters
    ----------
    definition : mapping
        ``DashboardVersionDefinition``.
    answers : mapping of str to pandas.DataFrame or str
        The rows behind each dataset, by its name; a text says why there are none.
    matrix : mapping
        As of `dashboards.definition.matrix`.

    Returns
    -------
    tuple of dict and dict
        Sheets and filters; and the datasets as columns. A visual whose dataset or column is
        missing has an ``error`` in place of a picture, and the others stand.

    Raises
    ------
    InputError
        With the path of a member that the page cannot draw.
    """
    sheets = reading.read(definition)
    filters = filtering.read(definition, sheets)
    visuals = [visual for sheet in sheets for visual in sheet["visuals"]]
    used: dict[str, set[str]] = {}
    for visual in visuals:
        used.setdefault(visual["dataset"], {f["column"] for f in filters}).update(_needs(visual))
    data, failed = {}, {}
    for name, names in used.items():
        found = answers.get(name, f"The data set {name} is not there.")
        if isinstance(found, str):
            failed[name] = found
            continue
        there = {column for column in names if column in found}
        data[name] = columns.coded(BY_NAME[name], found, there)
    for visual in visuals:
        visual["error"] = failed.get(visual["dataset"]) or _lost(visual, data)
        for measure in visual["measures"]:
            measure["exact"] = _exact(measure["tree"], data.get(visual["dataset"]))
        if visual["kind"] == "scatter":
            visual["series"] = _words(visual, data.get(visual["dataset"]))
        if visual["kind"] in _DRAWN:
            visual["spec"] = _DRAWN[visual["kind"]](visual)
            visual["step"] = specs.step(visual)
    for one in filters:
        one.update(_domain(one, data.values()), **_obeyed(one["column"], matrix))
    named = {BY_NAME[name].view: coded for name, coded in data.items()}
    for visual in visuals:
        visual["dataset"] = BY_NAME[visual["dataset"]].view
    return {"sheets": sheets, "filters": filters}, named


def _needs(visual: Plan) -> set[str]:
    fields = [*visual["by"], *visual["hierarchy"], *visual["fixed"]]
    summed = (expressions.columns(measure["tree"]) for measure in visual["measures"])
    return {field["column"] for field in fields}.union(*summed)


def _lost(visual: Plan, data: Mapping[str, Any]) -> str:
    there = data[visual["dataset"]]["columns"]
    view = BY_NAME[visual["dataset"]].view
    lost = sorted(name for name in _needs(visual) if name not in there)
    return f"The view {view} has no column {', '.join(lost)}." if lost else ""


def _words(visual: Plan, coded: Mapping[str, Any] | None) -> list[str]:
    """List what colours stand for, so that they stay where a reader's filters leave less of it."""
    column = visual["by"][1]["column"]
    out = [one["value"] for one in visual["fixed"] if one["column"] == column and not one["keep"]]
    found = coded["columns"].get(column, {}) if coded else {}
    return [word for word in found.get("words", ()) if word is not None and word not in out]


def _exact(tree: expressions.Tree, coded: Mapping[str, Any] | None) -> int | None:
    """Say to how many digits a number is exact; none of a double."""
    if coded is None or tree["op"] not in {"sum", "min", "max", "count", "distinct_count"}:
        return None
    if tree["op"].endswith("count"):
        return 0
    scale: int | None = coded["columns"].get(tree["column"], {}).get("scale")
    return scale


def _domain(one: Plan, data: Iterable[Any]) -> Plan:
    """Find between which days, or which values, a filter chooses."""
    parts = [coded["columns"].get(one["column"], {}) for coded in data]
    words = {word for part in parts for word in part.get("words", ()) if word is not None}
    if one["kind"] == "range":
        days = sorted(word[:10] for word in words)
        return {"from": days[0] if days else "", "to": days[-1] if days else ""}
    return {"values": sorted(words, key=lambda word: (word in _LAST, word.casefold(), word))}


def _obeyed(column: str, matrix: Matrix) -> Plan:
    how: dict[str, dict[str, str]] = {"no": {}, "partly": {}}
    for sheet, row in matrix.items():
        if column not in row:
            raise InputError(f"The matrix says nothing of the filter {column} on {sheet}.")
        if row[column].how in how:
            how[row[column].how][sheet] = row[column].why
    return {"cannot": how["no"], "partly": how["partly"]}
