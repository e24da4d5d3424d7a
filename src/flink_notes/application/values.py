"""The values of an application: the note's parameters and what the note computes."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flink_notes.application import runtime
from flink_notes.application.cells import PromotionError
from flink_notes.application.promotion import Application
from flink_notes.substitution import places
from helpers import params
from helpers.errors import InputError
from helpers.parameter import Parameter
from helpers.stream_app.properties import COMPUTED, PARAMETERS

_FORMS: Final = {"int": "whole", "float": "number", "bool": "truth", "str": "text"}


@dataclass(frozen=True)
class Value:
    """One value that an application reads from its properties.

    Attributes
    ----------
    name : str
    group : str
        `PARAMETERS`, or `COMPUTED` for what a Python cell of the note makes (ARNs, the start).
    form : str
        ``whole``, ``number``, ``truth``, ``text`` or ``identifier``.
    help : str
        The comment behind a parameter.
    """

    name: str
    group: str
    form: str
    help: str = ""


def used(application: Application, parameters: Sequence[Parameter]) -> list[Value]:
    """List the values that an application's statements and Python use.

    Parameters
    ----------
    application : Application
    parameters : sequence of Parameter
        The note's.

    Returns
    -------
    list of Value
        Parameters in the order of their cell, then what is computed in that of its first use.

    Raises
    ------
    PromotionError
        Where a ``${name}`` is none, or stands in a literal with escapes.
    """
    in_code: dict[str, bool] = {}
    for step in (*application.settings.values(), *application.steps, *application.inserts):
        if step.python:
            names = {n.id for n in ast.walk(ast.parse(step.text)) if isinstance(n, ast.Name)}
            for parameter in parameters:
                if parameter.name in names:
                    in_code.setdefault(parameter.name, False)
            continue
        for place, kind in places(step.text):
            name = place[0][2:-1]
            if not place[0].endswith("}") or not name.isidentifier() or kind == "escaped":
                raise PromotionError(
                    step.cell, f"`{place[0]}` is no place for a value: write '${{name}}'"
                )
            in_code[name] = in_code.get(name, False) or kind != "literal"
    known = {parameter.name: parameter for parameter in parameters}
    found = [_parameter(known[name], in_code[name]) for name in known if name in in_code]
    return found + [
        Value(name, COMPUTED, "identifier" if code else "text")
        for name, code in in_code.items()
        if name not in known
    ]


def _parameter(parameter: Parameter, in_code: bool) -> Value:
    form = _FORMS[parameter.type]
    if form == "text" and in_code:
        form = "identifier"
    return Value(parameter.name, PARAMETERS, form, parameter.help)


def groups(
    values: Sequence[Value], note: Path, given: Mapping[str, Any]
) -> dict[str, dict[str, str]]:
    """Make the property groups of an application.

    Parameters
    ----------
    values : sequence of Value
        What it uses.
    note : pathlib.Path
        Whose parameters' defaults stand for what is not given.
    given : mapping of str to object
        Parameters as from a params file, and what the note computes.

    Returns
    -------
    dict of str to dict of str to str
        By group and name. What is computed and not given is left out: it has its place, and the
        application names it where it is still missing when it starts.

    Raises
    ------
    InputError
        Where a value is empty, too long, or does not fit its parameter.
    """
    parameters = {parameter.name: parameter for parameter in params.of_notebook(note)}
    found: dict[str, dict[str, str]] = {}
    for value in values:
        known = parameters.get(value.name)
        if known is None and value.name not in given:
            continue
        content = given.get(value.name, ast.literal_eval(known.default) if known else None)
        said = known.problem(content, note.name) if known else None
        if said:
            raise InputError(said)
        found.setdefault(value.group, {})[value.name] = _written(value.name, content)
    for group, properties in found.items():
        if len(properties) > runtime.PROPERTIES_A_GROUP:
            raise InputError(
                f"The note uses {len(properties)} values of the group {group}, and a group holds "
                f"{runtime.PROPERTIES_A_GROUP}."
            )
    return found


def _written(name: str, content: Any) -> str:
    if isinstance(content, list | dict):
        raise InputError(f"{name} is {content}, and a property is one value.")
    written = str(content).lower() if isinstance(content, bool) else str(content)
    if content is None or not written:
        raise InputError(
            f"{name} is empty, and the service takes no empty property: give a value for it."
        )
    if len(written) > runtime.CHARACTERS:
        raise InputError(
            f"{name} has {len(written)} characters, and a property at most {runtime.CHARACTERS}."
        )
    return written
