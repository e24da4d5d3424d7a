"""One parameter of a notebook: its line of the parameters cell, and whether a value fits it."""

import ast
import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from helpers import checks
from helpers.errors import InputError
from helpers.events import NOW, PARTITION_KEYS, UNMOVED
from helpers.quality import rules

REQUIRED: Final = "required;"
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "str": (str, datetime.date),  # YAML reads an unquoted 2019-10-01 as a date
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
}
_RULE: Final = re.compile(r"\[([^\[\]]+)\]\s*\Z")
_RANGE: Final = re.compile(r"(\S+) to (\S+)")
RULES: Final[dict[str, Callable[[str, Any], object]]] = {
    "YYYY-MM-DD": checks.day,
    "IANA time zone": checks.time_zone,
    "file": checks.file,
}
"""What may stand in brackets, beside ``LOW to HIGH`` and choices parted by commas."""


def _replay_at(name: str, value: str) -> None:
    if value not in {NOW, UNMOVED}:
        checks.moment(name, value)


def _rules_file(name: str, value: str) -> None:
    try:
        rules.load(value)
    except InputError as error:
        raise InputError(f"Parameter {name} is {checks.shown(value)}: {error}") from error


OF_NAMES: Final[dict[str, Callable[[str, Any], object]]] = {
    **dict.fromkeys(checks.FORMS, checks.form),
    **dict.fromkeys(("month", "other_month"), checks.month),
    **dict.fromkeys(("staging", "run_dir"), checks.folder),
    "rules_file": _rules_file,
    "source": checks.file,
    "replay_at": _replay_at,
    "partition_key": lambda name, value: checks.choice(name, value, PARTITION_KEYS),
}
"""What is checked of a parameter of this name in every notebook, besides what is in brackets."""


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

    @property
    def rule(self) -> str | None:
        """What the comment has in brackets at its end."""
        found = _RULE.search(self.help)
        return found[1] if found else None

    def problem(self, value: Any, notebook: str) -> str | None:
        """Say why a value does not fit; None where it does.

        Parameters
        ----------
        value : object
            What was given.
        notebook : str
            Who takes it, for the message: notebooks may take different values of one name.
        """
        if repr(value) == repr(ast.literal_eval(self.default)):
            return None
        return _mistyped(value, notebook, self) or _against_rule(value, notebook, self)


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
        f"for instance {parameter.default}, and not {checks.shown(value)}"
    )


def _against_rule(value: Any, notebook: str, parameter: Parameter) -> str | None:
    rule, of_name = parameter.rule, OF_NAMES.get(parameter.name)
    text: Any = value.isoformat() if isinstance(value, datetime.date) else value
    try:
        if isinstance(text, str):
            checks.text(parameter.name, text)
        if rule is None:
            pass
        elif rule in RULES:
            RULES[rule](parameter.name, text)
        elif bounds := _RANGE.fullmatch(rule):
            within = checks.whole if parameter.type == "int" else checks.between
            kind = int if parameter.type == "int" else float
            within(parameter.name, text, *(_number(bound, kind) for bound in bounds.groups()))
        else:
            checks.choice(parameter.name, text, [word.strip() for word in rule.split(",")])
        if of_name:
            of_name(parameter.name, text)
    except InputError as error:
        return f"{notebook}: {error}"
    return None


def _number(text: str, kind: type[int] | type[float]) -> Any:
    plain = text.replace(",", "")
    return int(plain) if plain.lstrip("-").isdigit() else kind(float(plain))
