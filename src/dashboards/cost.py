"""What a dashboard in QuickSight costs: people by the month, SPICE beyond what comes with them."""

from dataclasses import dataclass
from typing import Final

import pandas as pd

PAGE: Final = "https://aws.amazon.com/quicksight/pricing/"
NOTED: Final = "list prices, written down by hand in November 2026, not looked up"
AUTHOR: Final = 24.0
"""Dollars a month of who makes dashboards (Enterprise edition)."""
READER: Final = 3.0
"""Dollars a month of who looks at them."""
SPICE_GB: Final = 0.38
"""Dollars a month of a GB of SPICE."""
WITH_AUTHOR_GB: Final = 10.0
"""SPICE that comes with an author, for all of the account to use."""


@dataclass(frozen=True)
class People:
    """Who uses QuickSight, and how much is held for them.

    Attributes
    ----------
    authors, readers : int
        People.
    spice_gb : float
        What all datasets take in SPICE.
    """

    authors: int
    readers: int
    spice_gb: float = 0.0


def table(people: People) -> pd.DataFrame:
    """Give the estimate, a row a part.

    Parameters
    ----------
    people : People
        Whom it is for.

    Returns
    -------
    pandas.DataFrame
        ``what``, ``amount``, ``price`` of one in dollars, ``dollars`` a month.
    """
    bought = max(people.spice_gb - people.authors * WITH_AUTHOR_GB, 0.0)
    rows = [
        ("authors, who make dashboards", people.authors, AUTHOR),
        ("readers, who look at them", people.readers, READER),
        (f"SPICE beyond {WITH_AUTHOR_GB:g} GB an author, GB", bought, SPICE_GB),
    ]
    frame = pd.DataFrame(rows, columns=["what", "amount", "price"])
    frame["dollars"] = frame["amount"] * frame["price"]
    return frame


def total(people: People) -> float:
    """Add the estimate up: dollars a month."""
    return float(table(people)["dollars"].sum())
