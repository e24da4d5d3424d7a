"""Ratios of sums, said once: as QuickSight calculates them, and as Python does.

A ratio never stands in a dataset, for it does not add up; its two sums do. The page and the tests
take the same sums through `value`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["ratio", "smoothed", "low", "high"]

SMOOTHING: Final = 10
"""Added to observed and expected views of the lift, as by default in `22_top_categories`."""
_Z2: Final = 3.8416
"""Square of 1.96, as in `v_brands_to_market`."""


@dataclass(frozen=True)
class Measure:
    """A number that is calculated from two sums of one dataset.

    Attributes
    ----------
    name : str
        Of QuickSight's calculated field.
    dataset : str
        Whose columns are added up.
    top, bottom : str
        The columns: ``top`` ÷ ``bottom``.
    kind : str
        A plain ``ratio``; ``smoothed`` by `SMOOTHING` on both sides; or the ``low`` or ``high``
        end of Wilson's 95 % interval of the ratio.
    """

    name: str
    dataset: str
    top: str
    bottom: str
    kind: Kind = "ratio"

    @property
    def expression(self) -> str:
        """The calculation in QuickSight's language; nothing comes of a sum of zero below."""
        top, bottom = f"sum({{{self.top}}})", f"sum({{{self.bottom}}})"
        if self.kind == "ratio":
            return f"{top} / {bottom}"
        if self.kind == "smoothed":
            return f"({top} + {SMOOTHING}) / ({bottom} + {SMOOTHING})"
        sign = "-" if self.kind == "low" else "+"
        spread = f"1.96 * sqrt({top} * ({bottom} - {top}) / {bottom} + {_Z2 / 4:.4f})"
        return f"({top} + {_Z2 / 2:.4f} {sign} {spread}) / ({bottom} + {_Z2})"

    def value(self, sums: Mapping[str, float]) -> float | None:
        """Calculate the number from the sums of its dataset's columns.

        Parameters
        ----------
        sums : mapping of str to float
            At least `top` and `bottom`, added up over whatever rows are meant.

        Returns
        -------
        float or None
            The number; None where nothing lies below the line.

        Examples
        --------
        >>> Measure("rate_left", "carts", "left_in_cart", "carted").value(
        ...     {"left_in_cart": 1, "carted": 4}
        ... )
        0.25
        """
        top, bottom = float(sums[self.top]), float(sums[self.bottom])
        if self.kind == "smoothed":
            return (top + SMOOTHING) / (bottom + SMOOTHING)
        if not bottom:
            return None
        if self.kind == "ratio":
            return top / bottom
        sign = -1 if self.kind == "low" else 1
        spread = 1.96 * math.sqrt(top * (bottom - top) / bottom + _Z2 / 4)
        return (top + _Z2 / 2 + sign * spread) / (bottom + _Z2)


MEASURES: Final = (
    Measure("view_conversion", "days", "purchases", "views"),
    Measure("rate_left", "carts", "left_in_cart", "carted"),
    Measure("rate_bought_later", "carts", "bought_later", "left_in_cart"),
    Measure("lift", "hours", "views", "expected_views", "smoothed"),
    Measure("conversion", "brands", "purchases", "views"),
    Measure("expected_conversion", "brands", "expected_purchases", "views"),
    Measure("rate_carted", "funnel", "carted", "viewed"),
    Measure("rate_bought", "funnel", "bought", "carted"),
    Measure("rate_bought_low", "funnel", "bought", "carted", "low"),
    Measure("rate_bought_high", "funnel", "bought", "carted", "high"),
    Measure("mean_views_before", "decisions", "views_before_cart", "carted"),
    Measure("share_bought", "decisions", "bought", "carted"),
    Measure("share_bought_low", "decisions", "bought", "carted", "low"),
    Measure("share_bought_high", "decisions", "bought", "carted", "high"),
)
BY_NAME: Final = {measure.name: measure for measure in MEASURES}
