"""The order that a query asks for, which the changes of its rows come without."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple

from py4j.java_gateway import get_field

from flink_notes import java
from flink_notes.changelog import Row

_PASSES: Final = ("LogicalProject", "LogicalFilter", "LogicalSort")


@dataclass(frozen=True)
class Key:
    """One column to sort by.

    Attributes
    ----------
    place : int
        Which column of the rows, from 0.
    descending : bool
    nulls_first : bool
    """

    place: int
    descending: bool = False
    nulls_first: bool = False


class Sorted(NamedTuple):
    """A query that gives what it is ordered by.

    Attributes
    ----------
    operation : py4j.java_gateway.JavaObject
        The query; behind its own columns stand those that it is ordered by and does not show.
    width : int
        How many columns are its own.
    keys : tuple of Key
        The order; none where it asks for none.
    """

    operation: Any
    width: int
    keys: tuple[Key, ...] = ()


def of_plan(operation: Any) -> Sorted:
    """Read the order of a query from its plan.

    Parameters
    ----------
    operation : py4j.java_gateway.JavaObject
        A ``PlannerQueryOperation`` of Flink's parser.

    Returns
    -------
    Sorted
        An ORDER BY at its end, or the one of the query that it takes its rows from.
    """
    plan = operation.getCalciteTree()
    width = plan.getRowType().getFieldCount()
    found, keys = _keys(plan)
    if found is not plan:
        operation = _query(operation, found)
    return Sorted(operation, width, tuple(keys))


def ordered(rows: Iterable[Row], keys: Iterable[Key], width: int) -> list[Row]:
    """Put rows in order.

    Parameters
    ----------
    rows : iterable of tuple
    keys : iterable of Key
    width : int
        How many columns there are to show.

    Returns
    -------
    list of tuple
        Ordered by the keys, then by all columns to show from the left, NULL last.

    Examples
    --------
    >>> ordered([("a", 1), ("b", 3), ("c", 3)], [Key(1, descending=True)], 2)
    [('b', 3), ('c', 3), ('a', 1)]
    """
    result = list(rows)
    for key in reversed([*keys, *map(Key, range(width))]):
        given = [row for row in result if row[key.place] is not None]
        given.sort(key=partial(_at, key.place), reverse=key.descending)
        missing = [row for row in result if row[key.place] is None]
        result = [*missing, *given] if key.nulls_first else [*given, *missing]
    return result


def _keys(plan: Any) -> tuple[Any, list[Key]]:
    """Find what a plan is sorted by, and carry it through the plan's columns."""
    name = plan.getClass().getSimpleName()
    if name not in _PASSES:
        return plan, []
    below = plan.getInput()
    if name == "LogicalSort" and len(plan.getCollation().getFieldCollations()):
        return plan, [_key(part) for part in plan.getCollation().getFieldCollations()]
    found, keys = _keys(below)
    if name == "LogicalProject":
        return _projected(plan, found, keys) if keys else (plan, [])
    if found is below:
        return plan, keys
    inputs = java.jvm().java.util.ArrayList([found])
    return plan.copy(plan.getTraitSet(), inputs), keys


def _key(part: Any) -> Key:
    descending = bool(part.getDirection().isDescending())
    nulls = str(get_field(part, "nullDirection").toString())
    # NULL is the smallest of all in Flink, unless the query says where it goes.
    first = nulls == "FIRST" if nulls != "UNSPECIFIED" else not descending
    return Key(int(part.getFieldIndex()), descending, first)


def _projected(plan: Any, below: Any, keys: list[Key]) -> tuple[Any, list[Key]]:
    """Find the keys among the columns of a projection, and add those that it leaves out."""
    columns = list(plan.getProjects())
    given = {
        int(column.getIndex()): place
        for place, column in reversed(list(enumerate(columns)))
        if column.getKind().toString() == "INPUT_REF"
    }
    missing = [key.place for key in keys if key.place not in given]
    builder = plan.getCluster().getRexBuilder()
    fields = plan.getCluster().getTypeFactory().builder().addAll(plan.getRowType().getFieldList())
    of_input = below.getRowType().getFieldList()
    for place in dict.fromkeys(missing):
        given[place] = len(columns)
        columns.append(builder.makeInputRef(below, place))
        fields = fields.add(f"order by {place}", of_input[place].getType())
    found = [Key(given[key.place], key.descending, key.nulls_first) for key in keys]
    if not missing:
        return plan, found
    projects = java.jvm().java.util.ArrayList(columns)
    return plan.copy(plan.getTraitSet(), below, projects, fields.build()), found


def _query(operation: Any, plan: Any) -> Any:
    """Make an operation of Flink's planner, whose classes py4j does not see by name."""
    invoke = java.jvm().java.lang.invoke
    text = invoke.MethodHandles.constant(java.type_of("java.lang.String"), "")
    supplier = java.function("java.util.function.Supplier", text)
    (constructor,) = operation.getClass().getConstructors()
    return constructor.newInstance(java.array("java.lang.Object", [plan, supplier]))


def _at(place: int, row: Row) -> Any:
    return _comparable(row[place])


def _comparable(value: Any) -> Any:
    """Make a value that can be compared: lists as Flink does, a map by its text, NaN last."""
    if isinstance(value, float):
        return (value != value, value)  # noqa: PLR0124
    if isinstance(value, dict):  # a ROW
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [(part is not None, _comparable(part)) for part in value]
    return value
