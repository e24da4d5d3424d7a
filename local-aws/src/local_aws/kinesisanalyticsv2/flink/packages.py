"""What an application can import beside its own code and Python's library: PyFlink's company.

The runtime installs apache-flink with what it needs; the server's environment has more.
"""

import importlib.metadata
import re
from functools import cache
from typing import Final

_FLINK: Final = "apache-flink"
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")


def _needed() -> set[str]:
    """Return apache-flink and all that it needs, by their names in the environment."""
    found: set[str] = set()
    waiting = [_FLINK]
    while waiting:
        name = _normal(waiting.pop())
        if name in found:
            continue
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # needed on another system or Python only
        found.add(name)
        for requirement in distribution.requires or ():
            named = _NAME.match(requirement)
            if named and "extra ==" not in requirement:
                waiting.append(named[0])
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def names() -> str:
    """Return the names of the modules, separated by commas."""
    needed = _needed()
    return ",".join(
        sorted(
            module
            for module, of in importlib.metadata.packages_distributions().items()
            if any(_normal(each) in needed for each in of)
        )
    )
