"""Condition keys that a call's own arguments give, beside those that ministack reads."""

from collections.abc import Callable
from typing import Any

from local_aws.tenant import Tenant

Given = dict[str, Any]


def of_call(service: str, operation: str, given: Given, tenant: Tenant) -> dict[str, Any]:
    """Return the keys of a service's own that a policy may ask for.

    Parameters
    ----------
    service : str
        As botocore or ministack names it.
    operation : str
        The operation's, or the action's, name.
    given : dict
        The call's arguments.
    tenant : Tenant
        Whose call it is.
    """
    read = _KEYS.get(service)
    found = read(operation, given, tenant) if read else {}
    return {key: value for key, value in found.items() if value}


def _lambda(operation: str, given: Given, tenant: Tenant) -> dict[str, Any]:
    if operation == "AddPermission":
        return {"lambda:Principal": given.get("Principal")}
    if not operation.endswith("EventSourceMapping"):
        return {}
    name = str(given.get("FunctionName") or "")
    if name and not name.startswith("arn:"):
        name = f"arn:aws:lambda:{tenant.region}:{tenant.account}:function:{name}"
    return {"lambda:FunctionArn": name}


def _iam(operation: str, given: Given, _tenant: Tenant) -> dict[str, Any]:
    attaching = operation.startswith(("Attach", "Detach"))
    return {
        "iam:PermissionsBoundary": given.get("PermissionsBoundary"),
        "iam:PolicyARN": given.get("PolicyArn") if attaching else None,
    }


def _sns(_operation: str, given: Given, _tenant: Tenant) -> dict[str, Any]:
    return {"sns:Protocol": given.get("Protocol"), "sns:Endpoint": given.get("Endpoint")}


def _cloudformation(_operation: str, given: Given, _tenant: Tenant) -> dict[str, Any]:
    return {
        "cloudformation:RoleArn": given.get("RoleARN"),
        "cloudformation:ChangeSetName": given.get("ChangeSetName"),
    }


def _cloudwatch(operation: str, given: Given, _tenant: Tenant) -> dict[str, Any]:
    return {"cloudwatch:namespace": given.get("Namespace")} if operation == "PutMetricData" else {}


_KEYS: dict[str, Callable[[str, Given, Tenant], dict[str, Any]]] = {
    "cloudwatch": _cloudwatch,
    "cloudformation": _cloudformation,
    "iam": _iam,
    "lambda": _lambda,
    "sns": _sns,
}
