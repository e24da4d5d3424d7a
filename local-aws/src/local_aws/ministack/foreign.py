"""Foreign modules, of which only the listed names are seen.

A module is imported when a name of it is first asked for: ministack reads the environment that
`environment.configure` sets at its import.
"""

import importlib
import inspect
import sys
from collections.abc import Mapping
from typing import Any

from local_aws.ministack.names import NAMES, STACKS, Name

_MISSING = object()


class MovedError(Exception):
    """Foreign names are not what the list says; the message tells each of them."""


class Foreign:
    """One foreign module, as far as its names are listed.

    Parameters
    ----------
    module : str
        Its full name, a key of `names.NAMES`.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._names = NAMES[module]
        self._kept: list[tuple[Any, Any, Any]] = []

    def __getattr__(self, name: str) -> Any:
        if name not in self._names:
            raise AttributeError(f"{self._module}.{name} is not in local_aws.ministack.names")
        # asked for at every call, and import_module costs more than the look-up
        module = sys.modules.get(self._module) or importlib.import_module(self._module)
        return getattr(module, name)

    def replace(self, name: str, value: Any) -> Any:
        """Put a value in the place of a name; a dotted name is an attribute of a class.

        Parameters
        ----------
        name : str
            Listed as "replaced".
        value : object
            What the foreign code finds from now on.

        Returns
        -------
        object
            What was there.

        Raises
        ------
        MovedError
            When the name is not listed as replaced, or not there.
        """
        if self._names.get(name, Name("read")).use != "replaced":
            raise MovedError(f"{self._module}.{name} is not listed as replaced")
        owner, attribute = _owner(self._module, name)
        before = getattr(owner, attribute)
        self._kept.append((owner, attribute, before))
        setattr(owner, attribute, value)
        return before

    def add(self, name: str, key: str, value: Any) -> None:
        """Put a value under a key of a foreign dictionary that is listed as "replaced"."""
        self.replace(name, {**getattr(self, name), key: value})

    def restore(self) -> None:
        """Put everything back that was replaced, the last one first."""
        while self._kept:
            setattr(*self._kept.pop())


app = Foreign("ministack.app")
arn = Foreign("ministack.core.arn")
athena = Foreign("ministack.services.athena")
cfn_changesets = Foreign("ministack.services.cloudformation.changesets")
cfn_drift = Foreign("ministack.services.cloudformation.drift")
cfn_engine = Foreign("ministack.services.cloudformation.engine")
cfn_handlers = Foreign("ministack.services.cloudformation.handlers")
cfn_helpers = Foreign("ministack.services.cloudformation.helpers")
cfn_provisioners = Foreign("ministack.services.cloudformation.provisioners")
cfn_stacks = Foreign("ministack.services.cloudformation.stacks")
cloudformation = Foreign("ministack.services.cloudformation")
botocore_auth = Foreign("botocore.auth")
budgets = Foreign("ministack.services.budgets")
cloudwatch = Foreign("ministack.services.cloudwatch")
concurrency = Foreign("ministack.core.concurrency")
dynamodb = Foreign("ministack.services.dynamodb")
eventbridge = Foreign("ministack.services.eventbridge")
firehose = Foreign("ministack.services.firehose")
h2_connection = Foreign("h2.connection")
h2_events = Foreign("h2.events")
hypercorn_h2 = Foreign("hypercorn.protocol.h2")
glue = Foreign("ministack.services.glue")
hypercorn_compat = Foreign("ministack.core.hypercorn_compat")
iam = Foreign("ministack.services.iam")
iam_actions = Foreign("ministack.core.iam_actions")
iam_evaluator = Foreign("ministack.core.iam_evaluator")
kinesis = Foreign("ministack.services.kinesis")
iam_actions = Foreign("ministack.core.iam_actions")
lambdas = Foreign("ministack.services.lambda_svc")
logs = Foreign("ministack.services.cloudwatch_logs")
persistence = Foreign("ministack.core.persistence")
responses = Foreign("ministack.core.responses")
router = Foreign("ministack.core.router")
s3 = Foreign("ministack.services.s3")
sns = Foreign("ministack.services.sns")
sqs = Foreign("ministack.services.sqs")
sts = Foreign("ministack.services.sts")


OF_STACKS = {module: names for module, names in NAMES.items() if module.startswith(STACKS)}
AT_START = {module: names for module, names in NAMES.items() if module not in OF_STACKS}


def check(names: Mapping[str, Mapping[str, Name]] = NAMES) -> None:
    """Refuse to go on with foreign modules that lack a listed name or take other parameters.

    Parameters
    ----------
    names : mapping
        By module and name.

    Raises
    ------
    MovedError
        With every name that moved.
    """
    moved = [
        f"{module}.{name} {fault}"
        for module, listed in names.items()
        for name, known in listed.items()
        if (fault := _fault(module, name, known))
    ]
    if moved:
        raise MovedError("moved, see local_aws/ministack/names.py: " + "; ".join(moved))


def _fault(module: str, name: str, known: Name) -> str | None:
    try:
        owner, attribute = _owner(module, name)
    except (ImportError, AttributeError) as error:
        return f"is gone ({error})"
    found = getattr(owner, attribute, _MISSING)
    if found is _MISSING:
        return "is gone"
    if known.parameters is None:
        return None
    if not callable(found):
        return "is no function"
    parameters = tuple(inspect.signature(found).parameters)
    if parameters == known.parameters:
        return None
    return f"takes ({', '.join(parameters)}), not ({', '.join(known.parameters)})"


def _owner(module: str, name: str) -> tuple[Any, str]:
    owner: Any = importlib.import_module(module)
    path, _, attribute = name.rpartition(".")
    for part in path.split(".") if path else ():
        owner = getattr(owner, part)
    return owner, attribute
