"""The parameters of notebooks: what each takes, and whether a params file fits."""

import datetime
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import papermill
import yaml

from helpers.errors import InputError

REQUIRED: Final = "required;"
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "str": (str, datetime.date),  # YAML reads an unquoted 2019-10-01 as a date
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
}


@dataclass(frozen=True)
class Parameter:
    """One parameter of a notebook, as its parameters cell states it.

    Attributes
    ----------
    name : str
    type : str
        ``str``, ``int``, ``float`` or ``bool``.
    default : str
        The default's source text.
    help : str
        The comment behind it; one that starts with ``required;`` must be given.
    """

    name: str
    type: str
    default: str
    help: str

    @property
    def required(self) -> bool:
        """Whether a params file must name it."""
        return self.help.startswith(REQUIRED)


def of_notebook(notebook: Path) -> list[Parameter]:
    """List the parameters of a notebook.

    Parameters
    ----------
    notebook : pathlib.Path
        An ``.ipynb`` file with one cell tagged ``parameters``.

    Returns
    -------
    list of Parameter
        In the order of the cell.
    """
    found = papermill.inspect_notebook(str(notebook))
    return [
        Parameter(name, entry["inferred_type_name"], entry["default"], entry["help"])
        for name, entry in found.items()
    ]


def load(path: Path) -> dict[str, Any]:
    """Read a params file.

    Parameters
    ----------
    path : pathlib.Path
        A YAML file with one ``name: value`` a line.

    Returns
    -------
    dict
        Name and value of each parameter.

    Raises
    ------
    InputError
        Where the file is missing, is not YAML, or is not a mapping of names.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        near = difflib.get_close_matches(path.name, [p.name for p in path.parent.glob("*.yaml")], 1)
        hint = f"did you mean {path.parent / near[0]}?" if near else "name an existing YAML file."
        raise InputError(f"There is no parameter file {path}: {hint}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The parameter file {path} cannot be read: {error}.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "unreadable"
        raise InputError(
            f"The parameter file {path}{where} is not YAML ({problem}): write one `name: value` "
            "a line."
        ) from error
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise InputError(
            f"The parameter file {path} holds no parameters: write one `name: value` a line."
        )
    return values


def check(values: Mapping[str, Any], notebooks: Iterable[Path]) -> None:
    """Make sure that values fit the notebooks, before any of them runs.

    Parameters
    ----------
    values : mapping of str to object
        What a params file gives.
    notebooks : iterable of pathlib.Path
        The notebooks that will take the values.

    Raises
    ------
    InputError
        One line for each parameter that no notebook knows (with the nearest
        known name), that is required and missing, or that has a wrong type.
    """
    known: dict[str, list[tuple[str, Parameter]]] = {}
    for notebook in notebooks:
        for parameter in of_notebook(notebook):
            known.setdefault(parameter.name, []).append((notebook.name, parameter))
    problems = [
        *(_unknown(name, known) for name in values if name not in known),
        *(
            f"missing parameter `{name}`: {uses[0][0]} requires it "
            f"({uses[0][1].help.removeprefix(REQUIRED).strip()})"
            for name, uses in known.items()
            if name not in values and any(parameter.required for _, parameter in uses)
        ),
        *(
            problem
            for name, value in values.items()
            for notebook_name, parameter in known.get(name, [])
            if (problem := _mistyped(value, notebook_name, parameter))
        ),
    ]
    if problems:
        raise InputError("\n".join(problems))


def of(values: Mapping[str, Any], notebook: Path) -> dict[str, Any]:
    """Pick the values that one notebook takes.

    Parameters
    ----------
    values : mapping of str to object
        What a params file gives, checked.
    notebook : pathlib.Path
        The notebook.

    Returns
    -------
    dict
        Its parameters alone; dates as text, as the notebooks take them.
    """
    names = {parameter.name for parameter in of_notebook(notebook)}
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in values.items()
        if name in names
    }


def _unknown(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0)
    hint = f"; the nearest known is `{near[0]}`" if near else ""
    return f"unknown parameter `{name}`: no notebook takes it{hint}"


def _mistyped(value: Any, notebook: str, parameter: Parameter) -> str | None:
    if parameter.type not in _TYPES:
        return (
            f"parameter `{parameter.name}` of {notebook} is declared as `{parameter.type}`: "
            f"declare it as one of {', '.join(_TYPES)}"
        )
    right = isinstance(value, _TYPES[parameter.type])
    if right and not (isinstance(value, bool) and parameter.type != "bool"):
        return None
    return (
        f"wrong type of parameter `{parameter.name}`: {notebook} takes {parameter.type}, "
        f"for instance {parameter.default}, and not {value!r}"
    )
