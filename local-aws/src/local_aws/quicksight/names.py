"""Amazon Resource Names of what QuickSight has, and what they name."""

import re
from typing import Literal, NamedTuple

from local_aws.tenant import Tenant

Kind = Literal["datasource", "dataset", "dashboard", "theme", "group", "user", "namespace"]
NAMESPACE = "default"
"""The one namespace that there is."""
MANAGED_THEMES = frozenset({"CLASSIC", "MIDNIGHT", "SEASIDE", "RAINIER"})
MANAGED = "arn:aws:quicksight::aws:theme/"
_ARN = re.compile(r"arn:[\w-]+:quicksight:([\w-]*):(\d{12}):(\w+)/(.+)")


class Named(NamedTuple):
    """What an ARN of this tenant names: its kind, and its id or, of people, namespace and name."""

    kind: str
    id: str


def arn(tenant: Tenant, kind: Kind, name: str) -> str:
    """Make the ARN of a resource; of a user or a group without its namespace."""
    inside = f"{NAMESPACE}/{name}" if kind in {"group", "user"} else name
    return f"arn:aws:quicksight:{tenant.region}:{tenant.account}:{kind}/{inside}"


def named(tenant: Tenant, text: str) -> Named | None:
    """Read an ARN; None for what is none, or of another account or region."""
    found = _ARN.fullmatch(text)
    if found is None or (found[2], found[1]) != (tenant.account, tenant.region):
        return None
    return Named(found[3], found[4].removeprefix(f"{NAMESPACE}/"))
