"""The file of rules: a ruleset in the shape of DataBrew's CreateRuleset, and checks of our own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from helpers import paths
from helpers.errors import InputError
from helpers.quality.expressions import COLUMNS

PARTS: Final = ("Name", "Description", "Rules", "CheckedHereAlone")
ALONE: Final = {
    "MissingHours": {"Most"},
    "Pattern": {"Column", "Matches", "LeastPercent"},
    "MissingTogether": {"Columns", "MostPercent"},
    "Drift": {"Column", "MostDistance"},
}
"""The kinds of what is checked here alone, each with its members."""
_BESIDE: Final = ("Name", "Stops")
"""What stands beside the kind; the ingest ends where a check fails unless it has `Stops: false`."""


@dataclass(frozen=True)
class Rules:
    """What a file of rules says.

    Attributes
    ----------
    ruleset : dict
        Name, Description and Rules: the arguments of CreateRuleset but the dataset's ARN.
    alone : list of dict
        What the service's rules cannot say: a Name, one of `ALONE` with its members, and ``Stops:
        false`` where the ingest goes on when it fails.
    """

    ruleset: dict[str, Any]
    alone: list[dict[str, Any]]


def load(path: str) -> Rules:
    """Read a file of rules.

    Parameters
    ----------
    path : str
        A YAML file, from the project's folder.

    Raises
    ------
    InputError
        Where it is missing, is not YAML, or holds another part or member than it should.
    """
    file = paths.local(path)
    try:
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        said = f"line {mark.line + 1} is no YAML" if mark else " ".join(str(error).split())
        raise InputError(f"The rules {path} cannot be read: {said}.") from error
    if not isinstance(read, dict) or set(read) - set(PARTS) or not _listed(read):
        raise InputError(f"The rules {path} have the parts {', '.join(PARTS)}, and some Rules.")
    alone = read.pop("CheckedHereAlone", None) or []
    for rule in read["Rules"]:
        if not isinstance(rule, dict) or not {"Name", "CheckExpression"} <= rule.keys():
            raise InputError(f"The rules {path}: {rule!r} lacks a Name or a CheckExpression.")
    for check in alone:
        _check_own(path, check)
    return Rules(read, alone)


def _listed(read: dict[str, Any]) -> bool:
    rules, alone = read.get("Rules"), read.get("CheckedHereAlone") or []
    return bool(rules) and isinstance(rules, list) and isinstance(alone, list)


def _check_own(path: Path | str, check: Any) -> None:
    kinds = sorted(set(check) - set(_BESIDE)) if isinstance(check, dict) else []
    if len(kinds) != 1 or kinds[0] not in ALONE or "Name" not in check:
        raise InputError(
            f"The rules {path}: {check!r} is not a Name and one of {', '.join(ALONE)}."
        )
    if not isinstance(check.get("Stops", True), bool):
        raise InputError(f"The rules {path}, {check['Name']}: Stops is true or false.")
    members = ALONE[kinds[0]]
    given = check[kinds[0]]
    if not isinstance(given, dict) or set(given) != members:
        named = ", ".join(sorted(members))
        raise InputError(f"The rules {path}, {check['Name']}: {kinds[0]} has exactly {named}.")
    for member, value in given.items():
        if member.startswith(("Most", "Least")) and not isinstance(value, int | float):
            raise InputError(f"The rules {path}, {check['Name']}: {member} is a number.")
        for column in {"Column": [value], "Columns": value}.get(member, []):
            if column not in COLUMNS:
                raise InputError(
                    f"The rules {path}, {check['Name']}: the lake has no column {column}."
                )
