"""The templates as CloudFormation's own rules see them, before anything is asked of AWS."""

from pathlib import Path
from typing import Final

from cfnlint import api
from cfnlint.config import ManualArgs

from helpers.deploy.platform import TEMPLATES
from helpers.errors import InputError

_ARGUMENTS: Final = ManualArgs(include_checks=["I"])


def check(folder: Path = TEMPLATES) -> None:
    """Refuse templates that CloudFormation would refuse, or that a reviewer would.

    Parameters
    ----------
    folder : pathlib.Path
        Its ``*.yaml`` are looked at, informational rules included.

    Raises
    ------
    InputError
        With file, line and rule of each finding.
    """
    found = [
        f"{path.name}:{match.linenumber}: {match.rule.id} {match.message}"
        for path in sorted(folder.glob("*.yaml"))
        for match in api.lint(path.read_text(encoding="utf-8"), config=_ARGUMENTS)
    ]
    if found:
        raise InputError("The templates are not clean:\n" + "\n".join(found))
