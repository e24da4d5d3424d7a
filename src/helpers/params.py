"""The parameters of notebooks: what each takes, and whether values fit.

The parameters cell is the one place that says so: a comment stands behind each parameter, and
in square brackets at its end what else than its type is checked::

    day: str = ""  # UTC day to look into [YYYY-MM-DD]
    top: int = 10  # rows of each list [1 to 100]

`helpers.parameter.RULES` lists what may stand there; the default fits always.
"""

import datetime
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat
import papermill
import yaml

from helpers import paths
from helpers.errors import InputError
from helpers.names import closest
from helpers.parameter import REQUIRED, Parameter


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

    Raises
    ------
    InputError
        Where it is no notebook, or does not say which kernel it is for: papermill reads no cell
        then.
    """
    try:
        found = papermill.inspect_notebook(str(notebook))
    except nbformat.reader.NotJSONError as error:
        raise InputError(f"{notebook} is no notebook ({error}): give an .ipynb file.") from error
    except ValueError as error:
        raise InputError(
            f"{notebook} does not say which kernel it is for ({error}): open it in JupyterLab, "
            "choose Python 3, and save it."
        ) from error
    return [
        Parameter(name, entry["inferred_type_name"], entry["default"], entry["help"])
        for name, entry in found.items()
    ]


class _Yaml(yaml.SafeLoader):
    """YAML whose days that are none stay text, for the rules to name, and no name comes twice."""

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            return node.value

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(
                problem=f"{twice} stands there twice", problem_mark=node.start_mark
            )
        return super().construct_mapping(node, deep)


_Yaml.add_constructor("tag:yaml.org,2002:timestamp", _Yaml.construct_yaml_timestamp)


def _parsed(text: str) -> Any:
    return yaml.load(text, _Yaml)  # noqa: S506 - a SafeLoader


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
        values = _parsed(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        near = closest(path.name, [p.name for p in path.parent.glob("*.yaml")], likeness=0.6)
        hint = f"did you mean {path.parent / near}?" if near else "name an existing YAML file."
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
    except ValueError as error:
        raise InputError(
            f"The parameter file {path} holds a value that cannot be read ({error}): put it in "
            "quotes, or give another."
        ) from error
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise InputError(
            f"The parameter file {path} holds no parameters: write one `name: value` a line."
        )
    return values


def setting(text: str) -> tuple[str, Any]:
    """Read a parameter of the command line.

    Parameters
    ----------
    text : str
        ``NAME=VALUE``, the value as in a params file.

    Returns
    -------
    tuple of (str, object)
        Name and value.

    Raises
    ------
    InputError
        Where it is not that.
    """
    name, equals, value = text.partition("=")
    if not equals or not re.fullmatch(r"[\w.]+", name):
        raise InputError(f"--set takes NAME=VALUE, and not {text}.")
    try:
        return name, _parsed(value)
    except (yaml.YAMLError, ValueError) as error:
        raise InputError(
            f"The value of --set {text[:100]} cannot be read: put it in quotes."
        ) from error


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
        known name), that is required and missing, or whose value has a wrong type or
        breaks its rule. ``NOTEBOOK.name`` gives a parameter to one notebook alone.
    """
    notebooks = list(notebooks)
    known: dict[str, list[tuple[str, Parameter]]] = {}
    for notebook in notebooks:
        for parameter in of_notebook(notebook):
            known.setdefault(parameter.name, []).append((notebook.name, parameter))
    takes = {
        f"{Path(notebook).stem}.{name}" for name, uses in known.items() for notebook, _ in uses
    }
    problems = [
        *(_unknown(name, known) for name in values if name not in {*known, *takes}),
        *(
            f"missing parameter `{name}`: {uses[0][0]} requires it "
            f"({uses[0][1].help.removeprefix(REQUIRED).strip()})"
            for name, uses in known.items()
            if name not in values and any(parameter.required for _, parameter in uses)
        ),
        *(
            problem
            for notebook in notebooks
            for parameter in of_notebook(notebook)
            if parameter.name in (taken := of(values, notebook, as_text=False))
            and (problem := parameter.problem(taken[parameter.name], notebook.name))
        ),
    ]
    if problems:
        raise InputError("\n".join(problems))


def check_own(notebook: str, values: Mapping[str, Any]) -> None:
    """Make sure, in a notebook's first cell, that its parameters fit, however it is run.

    Parameters
    ----------
    notebook : str
        The notebook's name in ``notebooks/`` without its ending.
    values : mapping of str to object
        The kernel's names: ``globals()``.

    Raises
    ------
    InputError
        One line for each parameter whose value does not fit.
    """
    path = paths.PROJECT / "notebooks" / f"{notebook}.ipynb"
    problems = [
        problem
        for parameter in of_notebook(path)
        if (problem := parameter.problem(values[parameter.name], path.name))
    ]
    if problems:
        raise InputError("\n".join(problems))


def of(values: Mapping[str, Any], notebook: Path, *, as_text: bool = True) -> dict[str, Any]:
    """Pick the values that one notebook takes.

    Parameters
    ----------
    values : mapping of str to object
        What a params file gives; ``NOTEBOOK.name`` comes before ``name``.
    notebook : pathlib.Path
        The notebook.
    as_text : bool
        Whether dates become text, as the notebooks take them.

    Returns
    -------
    dict
        Its parameters alone.
    """
    taken = {
        parameter.name: values[name]
        for parameter in of_notebook(notebook)
        for name in (parameter.name, f"{notebook.stem}.{parameter.name}")
        if name in values
    }
    return {
        name: value.isoformat() if as_text and isinstance(value, datetime.date) else value
        for name, value in taken.items()
    }


def _unknown(name: str, known: Mapping[str, list[tuple[str, Parameter]]]) -> str:
    notebook, _, own = name.rpartition(".")
    if notebook and own in known:
        taking = ", ".join(Path(each).stem for each, _ in known[own])
        return f"unknown parameter `{name}`: those that take `{own}` are {taking}"
    near = closest(own, known)
    hint = f"; the nearest known is `{near}`" if near else ""
    return f"unknown parameter `{name}`: no notebook takes it{hint}"
