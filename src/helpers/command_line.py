"""What the commands that run notebooks take: a params file, other values, a folder."""

import argparse
import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from helpers import insights, params
from helpers.paths import PROJECT

NOTES: Final = PROJECT / "flink_notebooks"


def of_params(program: str, description: str | None) -> argparse.ArgumentParser:
    """Make a parser of command lines that name a params file and other values for some of it.

    Parameters
    ----------
    program, description : str
        What its help says.

    Returns
    -------
    argparse.ArgumentParser
        With ``params`` and ``set``.
    """
    parser = argparse.ArgumentParser(prog=program, description=description)
    parser.add_argument("params", type=Path, help="a YAML file of params/")
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="a parameter in place of the file's",
    )
    return parser


def given(params_file: Path, settings: Sequence[str]) -> dict[str, Any]:
    """Read the values of a params file, others in place of some, as `checked` does without a look.

    Parameters
    ----------
    params_file : pathlib.Path
        A YAML file.
    settings : sequence of str
        ``NAME=VALUE`` each, in place of the file's.

    Raises
    ------
    InputError
        Where they cannot be read.
    """
    values = params.load(params_file)
    values |= map(params.setting, settings)
    return values


def checked(params_file: Path, settings: Sequence[str]) -> dict[str, Any]:
    """Read the parameters of a run, and make sure that they fit the notebooks.

    Parameters
    ----------
    params_file : pathlib.Path
        A YAML file.
    settings : sequence of str
        ``NAME=VALUE`` each, in place of the file's.

    Raises
    ------
    InputError
        Where they do not fit.
    """
    values = given(params_file, settings)
    params.check(values, sorted([*insights.FOLDER.glob("*.ipynb"), *NOTES.glob("*.ipynb")]))
    return values


def new_folder(name: str) -> Path:
    """Name the folder of a run that begins now; it is not made."""
    started = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    return PROJECT / "runs" / f"{started}-{name}"
