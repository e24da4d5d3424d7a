"""The list of insights: a further question is a notebook and a line here.

The run, the tests, ``make notebooks`` and the benchmarks read it.
"""

from pathlib import Path
from typing import Final

from helpers.paths import PROJECT

FOLDER: Final = PROJECT / "notebooks"
INSIGHTS: Final = (
    "20_unique_visitors",
    "21_carted_not_bought",
    "22_top_categories",
    "23_brands_to_market",
    "24_session_funnel",
)


def notebooks() -> list[Path]:
    """Give the notebook of each question, in the order in which they are asked.

    Returns
    -------
    list of pathlib.Path
        One file of ``notebooks/`` a question; each needs the ingest's tables and none of the
        others.
    """
    return [FOLDER / f"{name}.ipynb" for name in INSIGHTS]


if __name__ == "__main__":  # for the Makefile
    print(*notebooks(), sep="\n")  # noqa: T201
