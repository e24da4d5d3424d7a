"""The property groups of an application: in its archive, at the service, in the stack's values."""

import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from helpers.errors import InputError

RUN_OPTIONS: Final = "kinesis.analytics.flink.run.options"
PARAMETERS: Final = "note.parameters"
COMPUTED: Final = "note.computed"
"""What a Python cell of the note makes: ARNs, the start."""
FILE: Final = "application_properties.json"
Groups = dict[str, dict[str, str]]


def of_archive(path: Path) -> Groups:
    """Read the groups that an archive was made with.

    Parameters
    ----------
    path : pathlib.Path
        As ``python -m flink_notes export`` writes it.

    Raises
    ------
    InputError
        Where there is no such file, or it has no groups.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            return of_service(json.loads(packed.read(FILE)))
    except FileNotFoundError as error:
        raise InputError(
            f"There is no archive {path}: `python -m flink_notes export` makes one."
        ) from error
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise InputError(f"{path} is no archive of an application ({error}).") from error


def of_service(listed: Iterable[Mapping[str, Any]]) -> Groups:
    """Read a list of groups as the service has it."""
    return {group["PropertyGroupId"]: dict(group["PropertyMap"]) for group in listed}


def for_service(groups: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """Write groups as the service takes them."""
    return [
        {"PropertyGroupId": name, "PropertyMap": dict(properties)}
        for name, properties in groups.items()
    ]


def for_stack(groups: Mapping[str, Mapping[str, str]], start_s: str) -> dict[str, str]:
    """Give the stack's values: the note's parameters by the template's names, and the start.

    Examples
    --------
    >>> for_stack({"note.parameters": {"max_actions": "10"}}, "1.5")
    {'MaxActions': '10', 'StartSeconds': '1.5'}
    """
    named = {
        "".join(word.title() for word in name.split("_")): value
        for name, value in groups.get(PARAMETERS, {}).items()
    }
    return named | {"StartSeconds": start_s}
