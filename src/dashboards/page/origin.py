"""Where a page's numbers come from, for its foot."""

import hashlib
import subprocess
from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.paths import PROJECT, is_s3, local


def about(values: Mapping[str, Any], run: str, days: pd.DataFrame | str) -> dict[str, str]:
    """Say which run, file, code and hour the numbers are of.

    Parameters
    ----------
    values : mapping
        The run's parameters.
    run : str
        The run's name.
    days : pandas.DataFrame or str
        The rows of the data set ``days``, whose ``data_until`` is the time of the last event.

    Returns
    -------
    dict of str to str
        Label and value.
    """
    until = "" if isinstance(days, str) or days.empty else str(days["data_until"].max())[:19]
    raw = str(values.get("raw", ""))
    return {
        "run": run,
        "data until": f"{until} UTC" if until else "no event",
        "raw file": raw or "not named",
        "SHA-256 of the raw file": _digest(raw),
        "commit": _commit(),
        "store's data": f"{values.get('database', 'db_commerce')} in s3://{values['bucket']}/",
    }


def _digest(raw: str) -> str:
    if not raw or is_s3(raw):
        return "not taken: the file is not on this machine"
    path = local(raw)
    if not path.is_file():
        return "not taken: the file is no longer there"
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _commit() -> str:
    try:
        said = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
            cwd=PROJECT, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return "unknown: not a git repository"
    return said.stdout.strip()
