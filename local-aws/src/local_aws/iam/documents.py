"""Policies that are none, refused when they are handed in."""

import json
from collections.abc import Iterator
from typing import Any, Literal

from local_aws.ministack.foreign import iam, iam_evaluator

Record = dict[str, Any]
Kind = Literal["identity", "trust", "resource"]

SYNTAX = "Syntax errors in policy."
_TOP = {"Id", "Statement", "Version"}
_VERSIONS = ("2008-10-17", "2012-10-17")
_ELEMENTS = {
    "Action", "Condition", "Effect", "NotAction", "NotPrincipal", "NotResource", "Principal",
    "Resource", "Sid",
}  # fmt: skip
_ALTERNATIVES = ("Action", "Resource", "Principal")
_OF_TRUST = ("sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession", "sts:*")


def install() -> None:
    """Look at the policies of IAM before ministack keeps them."""
    iam_evaluator.replace("validate_policy_document", lambda doc: fault(doc, "identity") or None)
    of_principals = iam._trust_policy_not_principal_error
    iam.replace(
        "_trust_policy_not_principal_error",
        lambda doc: of_principals(doc) or fault(doc, "trust") or None,
    )


def fault(text: Any, kind: Kind) -> str:
    """Say what is wrong with a policy, in IAM's words.

    Parameters
    ----------
    text : str or dict
        The document.
    kind : str
        Of whom it is: an identity's names no principal, a role's trust no resource.

    Returns
    -------
    str
        Empty where nothing is.
    """
    try:
        document = json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return "This policy contains invalid Json" if kind == "trust" else SYNTAX
    if not _is_well_formed(document):
        return SYNTAX
    return next(_faults(document, kind), "")


def _statements(document: Record) -> list[Any]:
    given = document.get("Statement")
    return given if isinstance(given, list) else [given]


def _is_well_formed(document: Any) -> bool:
    return (
        isinstance(document, dict)
        and not document.keys() - _TOP
        and document.get("Version", _VERSIONS[0]) in _VERSIONS
        and bool(_statements(document))
        and all(_is_statement(each) for each in _statements(document))
    )


def _is_statement(given: Any) -> bool:
    return (
        isinstance(given, dict)
        and not given.keys() - _ELEMENTS
        and given.get("Effect") in ("Allow", "Deny")
        and not any(name in given and f"Not{name}" in given for name in _ALTERNATIVES)
        and all(_are_texts(given.get(name, [])) for name in _ELEMENTS if name.endswith("Action"))
        and all(_are_texts(given.get(name, [])) for name in _ELEMENTS if name.endswith("Resource"))
        and isinstance(given.get("Condition", {}), dict)
    )


def _are_texts(value: Any) -> bool:
    return all(isinstance(each, str) for each in _listed(value))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _faults(document: Record, kind: Kind) -> Iterator[str]:
    statements = _statements(document)
    if kind == "identity" and document.get("Version") != _VERSIONS[1]:
        yield f"Policy document must be version {_VERSIONS[1]} or greater."
    names = [each["Sid"] for each in statements if each.get("Sid")]
    if len(names) != len(set(names)):
        yield "Statement IDs (SID) in a single policy must be unique."
    for each in statements:
        if not (actions := _listed(each.get("Action", each.get("NotAction", [])))):
            yield "Policy statement must contain actions."
        if any(":" not in action and action != "*" for action in actions):
            yield "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
        resources = "Resource" in each or "NotResource" in each
        principals = "Principal" in each or "NotPrincipal" in each
        if kind == "trust":
            yield from _of_trust(actions, resources=resources, principals=principals)
        else:
            if not resources:
                yield "Policy statement must contain resources."
            if kind == "identity" and principals:
                yield "Policy document should not specify a principal."
            if kind == "resource" and not principals:
                yield "Missing required field Principal"


def _of_trust(actions: list[str], *, resources: bool, principals: bool) -> Iterator[str]:
    if not all(action.startswith(_OF_TRUST) for action in actions):
        yield "AssumeRole policy may only specify STS AssumeRole actions."
    if resources:
        yield "Has prohibited field Resource"
    if not principals:
        yield "Missing required field Principal"
