"""What a sheet is: visuals with their places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dashboards import walk
from dashboards.fields import Value
from dashboards.visuals import Text, kpi

if TYPE_CHECKING:
    from mypy_boto3_quicksight.type_defs import VisualTypeDef

COLUMNS: Final = 36
"""Of QuickSight's grid."""


Only = tuple[str, str, bool]


@dataclass(frozen=True)
class Placed:
    """A visual and its place in the grid, in columns and rows from 0.

    Attributes
    ----------
    visual : dict
        As QuickSight has it.
    column, width, row, height : int
        Its place.
    only : tuple of (str, str, bool)
        Column, value, and whether the value is kept or left out: what it always filters by, each.
    """

    visual: VisualTypeDef
    column: int
    width: int
    row: int
    height: int
    only: tuple[Only, ...] = ()

    @property
    def identifier(self) -> str:
        """The visual's own."""
        return self._one("VisualId")

    @property
    def dataset(self) -> str:
        """The dataset that it shows."""
        return self._one("DataSetIdentifier")

    def _one(self, name: str) -> str:
        (value,) = {value for _, value in walk.having(self.visual, name)}
        return str(value)


@dataclass(frozen=True)
class Sheet:
    """A sheet.

    Attributes
    ----------
    name : str
        Its identifier.
    title : str
        For people.
    description : str
        The sentence on top.
    main : str
        The dataset that it is about.
    visuals : tuple of Placed
        In the order of reading.
    """

    name: str
    title: str
    description: str
    main: str
    visuals: tuple[Placed, ...]


HALF: Final = COLUMNS // 2
TALL: Final = 9
ALL_PAIRS: Final[tuple[Only, ...]] = (("trait", "price", True),)
"""Of the funnel's traits one is kept: within it sums are right."""


def until(sheet: str) -> Placed:
    """Make the time of the data, which stands on top of each sheet."""
    text = Text(
        "Data until",
        "Time of the last event in the lake, UTC: what came later is not in these numbers.",
        "The time of the last event that the dashboard knows.",
    )
    made = kpi(f"{sheet}-until", "days", Value("data_until"), text)
    return Placed(made, 0, COLUMNS, 0, 3)
