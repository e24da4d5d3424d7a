"""A second opinion on recorded decisions: moto's evaluator, which shares no code with ours.

moto is asked statement by statement, because of a statement whose condition does not hold it says
that it denies.
"""

from collections.abc import Iterable
from typing import Any

from moto.iam.access_control import IAMPolicyStatement, PermissionResult

from local_aws.iam.recording import Decision

Record = dict[str, Any]


class _Keys(dict[str, Any]):
    """Condition keys, whose names have no case."""

    def __contains__(self, key: object) -> bool:
        return super().__contains__(str(key).lower())

    def __getitem__(self, key: str) -> Any:
        return super().__getitem__(key.lower())


def disagreements(details: Record, decisions: Iterable[Decision]) -> list[Decision]:
    """Return the decisions on roles that moto would have taken otherwise.

    Parameters
    ----------
    details : dict
        The answer of iam:GetAccountAuthorizationDetails; roles that are gone are not judged.
    decisions : iterable of Decision
        As they were recorded, while the policies were these.
    """
    managed = {
        policy["Arn"]: version["Document"]
        for policy in details["Policies"]
        for version in policy["PolicyVersionList"]
        if version["IsDefaultVersion"]
    }
    statements = {
        role["RoleName"]: [
            statement
            for document in (
                *(policy["PolicyDocument"] for policy in role["RolePolicyList"]),
                *(managed[each["PolicyArn"]] for each in role["AttachedManagedPolicies"]),
            )
            for statement in _listed(document["Statement"])
        ]
        for role in details["RoleDetailList"]
    }
    return [
        each
        for each in decisions
        if (role := _role(each.principal)) in statements
        and _allows(statements[role], each) != each.allowed
    ]


def _allows(statements: list[Record], asked: Decision) -> bool:
    matching = [each["Effect"] for each in statements if _matches(each, asked)]
    return "Allow" in matching and "Deny" not in matching


def _matches(statement: Record, asked: Decision) -> bool:
    keys = _Keys({"aws:securetransport": "true", **asked.context})
    found = IAMPolicyStatement({**statement, "Effect": "Allow"}).is_action_permitted(
        asked.action, asked.resource, None, keys
    )
    return found is PermissionResult.PERMITTED


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _role(principal: str) -> str:
    resource = principal.rpartition(":")[2]
    return resource.split("/")[1] if resource.startswith("assumed-role/") else ""
