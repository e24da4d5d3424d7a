"""What October and November 2019 are known to hold, and how far a lake is from it."""

import datetime
from calendar import monthrange
from collections.abc import Collection, Hashable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

import pandas as pd

from helpers.errors import InputError

TOTALS: Final = ("rows", "views", "carts", "purchases", "no_code", "no_brand", "users", "revenue")
"""The figures, as the columns of a query's row."""

KNOWN: Final[dict[tuple[int, int], tuple[int | Decimal, ...]]] = {
    (2019, 10): (
        42_448_764,
        40_779_399,
        926_516,
        742_849,
        13_515_609,
        6_113_008,
        3_022_290,
        Decimal("229957502.27"),
    ),
    (2019, 11): (
        67_501_979,
        63_556_110,
        3_028_930,
        916_939,
        21_898_171,
        9_218_235,
        3_696_117,
        Decimal("275194890.50"),
    ),
}
"""Of the REES46 multi-category store data set (Open CDP), as published in
pomagrenate/eCommerce-behavior-data-from-multi-category-store; revenue is the sum of its days."""

_SAMPLE: Final = 0.5  # with fewer of the published rows a month is a sample of it, not the month


def whole_months(days: Collection[datetime.date]) -> list[tuple[int, int]]:
    """List the months with known totals of which every day is there.

    Parameters
    ----------
    days : collection of date
        The days of a lake.
    """
    return [
        (year, month)
        for year, month in KNOWN
        if all(
            datetime.date(year, month, day) in days
            for day in range(1, monthrange(year, month)[1] + 1)
        )
    ]


def compare(months: pd.DataFrame, days: Collection[datetime.date]) -> pd.DataFrame:
    """Set what the lake holds beside what is known.

    Parameters
    ----------
    months : pandas.DataFrame
        One row a month: year, month and the columns `TOTALS`.
    days : collection of date
        The days that the lake holds.

    Returns
    -------
    pandas.DataFrame
        month, figure, known, lake, difference; empty where no known month is whole. A month with
        less than half of the published rows is a sample, and its totals are not compared.
    """
    lines: list[dict[str, object]] = []
    for month, row, known in _known_months(months, days):
        if _is_sample(row, known):
            continue
        for name in TOTALS:
            kind = Decimal if name == "revenue" else int
            lake = kind(row[name])
            lines.append(
                {
                    "month": month,
                    "figure": name,
                    "known": known[name],
                    "lake": lake,
                    "difference": lake - known[name],
                }
            )
    return pd.DataFrame(lines, columns=["month", "figure", "known", "lake", "difference"])


def sentences(months: pd.DataFrame, days: Collection[datetime.date]) -> list[str]:
    """Say of each known month that came in whether it is the published one.

    Parameters
    ----------
    months, days
        As in `compare`.

    Returns
    -------
    list of str
        One sentence a month; empty where no known month is whole.
    """
    compared = compare(months, days)
    said = []
    for month, row, known in _known_months(months, days):
        if _is_sample(row, known):
            said.append(
                f"{month} is thinned: it holds {int(row['rows']):,} of the {known['rows']:,} "
                f"published rows ({int(row['rows']) / int(known['rows']):.2%}), so its totals are "
                "not compared."
            )
            continue
        differences = compared.loc[compared["month"] == month, "difference"]
        off = int((differences != 0).sum())
        said.append(
            f"{month}: {off} of {len(differences)} figures differ from the published totals."
            if off
            else f"{month}: every figure is that of the published totals."
        )
    return said


def _known_months(
    months: pd.DataFrame, days: Collection[datetime.date]
) -> Iterator[tuple[str, dict[Hashable, Any], dict[str, int | Decimal]]]:
    """Yield name, row and known totals of each month that is known and whole."""
    whole = whole_months(days)
    for row in months.to_dict("records"):
        month = (int(row["year"]), int(row["month"]))
        if month not in whole:
            continue
        missing = [name for name in TOTALS if name not in row]
        if missing:
            raise InputError(f"the totals lack {', '.join(missing)}: select them")
        yield f"{month[0]}-{month[1]:02}", row, dict(zip(TOTALS, KNOWN[month], strict=True))


def _is_sample(row: Mapping[Hashable, Any], known: Mapping[str, int | Decimal]) -> bool:
    return int(row["rows"]) < _SAMPLE * int(known["rows"])
