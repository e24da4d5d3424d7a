"""``python -m local_aws.iam.unused FILE``: which granted actions no role of a server ever used.

FILE is the record of decisions; grants are asked of the server that ``AWS_ENDPOINT_URL`` names.
"""

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import boto3

from local_aws.iam import recording

Record = dict[str, Any]


class Grant(NamedTuple):
    """An action that a role's policy allows on some resources; both may hold ``*`` and ``?``."""

    role: str
    action: str
    resources: tuple[str, ...]


def unused(grants: Iterable[Grant], decisions: Iterable[recording.Decision]) -> list[Grant]:
    """Return the grants that allowed nothing.

    Parameters
    ----------
    grants : iterable of Grant
        Such as `grants_of` reads.
    decisions : iterable of Decision
        Those that were allowed count.
    """
    used: dict[str, set[tuple[str, str]]] = {}
    for each in decisions:
        if each.allowed:
            used.setdefault(_role(each.principal), set()).add((each.action, each.resource))
    return [grant for grant in grants if not _was_used(grant, used.get(grant.role, set()))]


def _was_used(grant: Grant, used: set[tuple[str, str]]) -> bool:
    action = _pattern(grant.action, re.IGNORECASE)
    resources = [_pattern(resource) for resource in grant.resources]
    return any(
        action.fullmatch(did) and any(each.fullmatch(where) for each in resources)
        for did, where in used
    )


def _pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    escaped = re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(escaped, flags | re.DOTALL)


def grants_of(details: Record) -> Iterator[Grant]:
    """Read what the roles of an account may do.

    Parameters
    ----------
    details : dict
        The answer of iam:GetAccountAuthorizationDetails.
    """
    managed = {
        policy["Arn"]: version["Document"]
        for policy in details["Policies"]
        for version in policy["PolicyVersionList"]
        if version["IsDefaultVersion"]
    }
    for role in details["RoleDetailList"]:
        attached = [policy["PolicyArn"] for policy in role["AttachedManagedPolicies"]]
        written = [policy["PolicyDocument"] for policy in role["RolePolicyList"]]
        for document in [*written, *(managed[arn] for arn in attached if arn in managed)]:
            yield from _of_document(role["RoleName"], document)


def _of_document(role: str, document: Record) -> Iterator[Grant]:
    for statement in _listed(document["Statement"]):
        if statement["Effect"] == "Allow":
            for action in _listed(statement.get("Action", [])):
                yield Grant(role, action, tuple(_listed(statement.get("Resource", "*"))))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _role(principal: str) -> str:
    resource = principal.rpartition(":")[2]
    return resource.split("/")[1] if resource.startswith("assumed-role/") else ""


def main() -> int:
    """Print a line for each grant that was never used."""
    parser = argparse.ArgumentParser(prog="python -m local_aws.iam.unused", description=__doc__)
    parser.add_argument("file", type=Path, help="the record, iam.jsonl of the data folder")
    decisions = recording.read(parser.parse_args().file)
    details = boto3.client("iam").get_account_authorization_details()
    for grant in sorted(unused(grants_of(details), decisions)):
        sys.stdout.write(f"{grant.role}: {grant.action} on {', '.join(grant.resources)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
