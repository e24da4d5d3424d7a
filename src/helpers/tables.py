"""Tables for reading: every number with its separators, every row shown."""

import decimal
import numbers
from collections.abc import Mapping

import pandas as pd
from IPython.display import display

MISSING = "–"


def readable(frame: pd.DataFrame, formats: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Turn a table of values into one of text.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any table with unique column names.
    formats : mapping of str to str, optional
        Format of a column's values, such as ``{"revenue": ",.2f", "rate": ".1%"}``.
        Without one, whole numbers get separators, other numbers two decimals too.

    Returns
    -------
    pandas.DataFrame
        The same shape, all text; a missing value is a dash.

    Examples
    --------
    >>> readable(pd.DataFrame({"day": ["Mon"], "views": [1234], "rate": [0.5]}), {"rate": ".1%"})
       day  views   rate
    0  Mon  1,234  50.0%
    """
    formats = formats or {}
    return pd.DataFrame(
        {
            name: [_cell(value, formats.get(str(name))) for value in column]
            for name, column in frame.items()
        },
        index=frame.index,
    )


def _cell(value: object, given: str | None) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return MISSING
    if given is not None:
        return format(value, given)
    if isinstance(value, bool) or not isinstance(value, numbers.Number | decimal.Decimal):
        return str(value)
    return format(value, ",d" if isinstance(value, numbers.Integral) else ",.2f")


def show(frame: pd.DataFrame, formats: Mapping[str, str] | None = None) -> None:
    """Display a table in a notebook, whole and without its index.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.
    formats : mapping of str to str, optional
        As for `readable`.
    """
    text = readable(frame, formats)
    text.columns = [str(name).replace("_", " ") for name in text.columns]  # headings may wrap
    html = text.to_html(index=False).replace("<td>", '<td style="white-space: nowrap">')
    display({"text/plain": text.to_string(index=False), "text/html": html}, raw=True)
