"""AWS::IAM::Role, AWS::IAM::Policy and AWS::IAM::ManagedPolicy."""

from collections.abc import Iterator

from local_aws.cloudformation.calls import Call
from local_aws.cloudformation.types.model import (
    Made,
    Record,
    Resource,
    changed,
    changed_tags,
    chosen,
    document,
    names,
    tag_list,
)

_HOUR_S = 3600
_MOST_VERSIONS = 5
_KINDS = {"Roles": "Role", "Users": "User", "Groups": "Group"}


def _create(call: Call, properties: Record, name: str) -> Made:
    given = chosen(properties, ("Path", "Description", "MaxSessionDuration", "PermissionsBoundary"))
    trust = document(properties["AssumeRolePolicyDocument"])
    if tags := tag_list(properties):
        given["Tags"] = tags
    role = call("iam", "CreateRole", RoleName=name, AssumeRolePolicyDocument=trust, **given)["Role"]
    _set_policies(call, name, {}, properties)
    return Made(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


def _inline(properties: Record) -> dict[str, str]:
    policies = properties.get("Policies") or []
    return {each["PolicyName"]: document(each["PolicyDocument"]) for each in policies}


def _set_policies(call: Call, name: str, old: Record, new: Record) -> None:
    before, now = (set(each.get("ManagedPolicyArns") or []) for each in (old, new))
    for arn in sorted(before - now):
        call("iam", "DetachRolePolicy", RoleName=name, PolicyArn=arn)
    for arn in sorted(now - before):
        call("iam", "AttachRolePolicy", RoleName=name, PolicyArn=arn)
    written, wanted = _inline(old), _inline(new)
    for policy in written.keys() - wanted.keys():
        call("iam", "DeleteRolePolicy", RoleName=name, PolicyName=policy)
    for policy, text in wanted.items():
        if written.get(policy) != text:
            call("iam", "PutRolePolicy", RoleName=name, PolicyName=policy, PolicyDocument=text)


def _update(call: Call, name: str, old: Record, new: Record) -> Record:
    if changed(old, new, "AssumeRolePolicyDocument"):
        trust = document(new["AssumeRolePolicyDocument"])
        call("iam", "UpdateAssumeRolePolicy", RoleName=name, PolicyDocument=trust)
    if changed(old, new, "Description", "MaxSessionDuration"):
        call(
            "iam",
            "UpdateRole",
            RoleName=name,
            Description=new.get("Description", ""),
            MaxSessionDuration=new.get("MaxSessionDuration", _HOUR_S),
        )
    if changed(old, new, "PermissionsBoundary"):
        if boundary := new.get("PermissionsBoundary"):
            call("iam", "PutRolePermissionsBoundary", RoleName=name, PermissionsBoundary=boundary)
        else:
            call("iam", "DeleteRolePermissionsBoundary", RoleName=name)
    _set_policies(call, name, old, new)
    added, gone = changed_tags(old, new)
    if gone:
        call("iam", "UntagRole", RoleName=name, TagKeys=gone)
    if added:
        tags = [{"Key": key, "Value": value} for key, value in added.items()]
        call("iam", "TagRole", RoleName=name, Tags=tags)
    role = call("iam", "GetRole", RoleName=name)["Role"]
    return {"Arn": role["Arn"], "RoleId": role["RoleId"]}


def _delete(call: Call, name: str, properties: Record) -> None:
    _set_policies(call, name, properties, {})
    call("iam", "DeleteRole", RoleName=name)


def _holders(properties: Record) -> Iterator[tuple[str, str]]:
    for member, kind in _KINDS.items():
        for holder in properties.get(member) or []:
            yield kind, holder


def _put_policy(call: Call, properties: Record, name: str) -> Made:
    for kind, holder in _holders(properties):
        call(
            "iam",
            f"Put{kind}Policy",
            **{f"{kind}Name": holder},
            PolicyName=properties["PolicyName"],
            PolicyDocument=document(properties["PolicyDocument"]),
        )
    return Made(name, {"Id": name})


def _update_policy(call: Call, name: str, old: Record, new: Record) -> Record:
    kept = set(_holders(new)) if old["PolicyName"] == new["PolicyName"] else set()
    made = _put_policy(call, new, name)
    _take_policy(call, old["PolicyName"], [each for each in _holders(old) if each not in kept])
    return made.attributes


def _delete_policy(call: Call, _name: str, properties: Record) -> None:
    _take_policy(call, properties["PolicyName"], list(_holders(properties)))


def _take_policy(call: Call, policy: str, holders: list[tuple[str, str]]) -> None:
    for kind, holder in holders:
        call("iam", f"Delete{kind}Policy", **{f"{kind}Name": holder}, PolicyName=policy)


def _create_managed(call: Call, properties: Record, name: str) -> Made:
    given = chosen(properties, ("Path", "Description"))
    text = document(properties["PolicyDocument"])
    policy = call("iam", "CreatePolicy", PolicyName=name, PolicyDocument=text, **given)["Policy"]
    _attach(call, policy["Arn"], {}, properties)
    attributes = {
        "PolicyArn": policy["Arn"],
        "PolicyId": policy["PolicyId"],
        "DefaultVersionId": policy["DefaultVersionId"],
    }
    return Made(policy["Arn"], attributes)


def _attach(call: Call, arn: str, old: Record, new: Record) -> None:
    before, now = set(_holders(old)), set(_holders(new))
    for kind, holder in sorted(before - now):
        call("iam", f"Detach{kind}Policy", **{f"{kind}Name": holder}, PolicyArn=arn)
    for kind, holder in sorted(now - before):
        call("iam", f"Attach{kind}Policy", **{f"{kind}Name": holder}, PolicyArn=arn)


def _update_managed(call: Call, arn: str, old: Record, new: Record) -> Record:
    if changed(old, new, "PolicyDocument"):
        versions = call("iam", "ListPolicyVersions", PolicyArn=arn)["Versions"]
        if len(versions) >= _MOST_VERSIONS:
            oldest = next(v for v in reversed(versions) if not v["IsDefaultVersion"])
            call("iam", "DeletePolicyVersion", PolicyArn=arn, VersionId=oldest["VersionId"])
        text = document(new["PolicyDocument"])
        call("iam", "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=text, SetAsDefault=True)
    _attach(call, arn, old, new)
    policy = call("iam", "GetPolicy", PolicyArn=arn)["Policy"]
    return {"PolicyArn": arn, "DefaultVersionId": policy["DefaultVersionId"]}


def _delete_managed(call: Call, arn: str, properties: Record) -> None:
    _attach(call, arn, properties, {})
    for version in call("iam", "ListPolicyVersions", PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            call("iam", "DeletePolicyVersion", PolicyArn=arn, VersionId=version["VersionId"])
    call("iam", "DeletePolicy", PolicyArn=arn)


TYPES = {
    "AWS::IAM::Role": Resource(
        names(
            "RoleName Path Description MaxSessionDuration PermissionsBoundary Tags "
            "AssumeRolePolicyDocument ManagedPolicyArns Policies"
        ),
        _create,
        _update,
        _delete,
        named_by="RoleName",
        longest=64,
    ),
    "AWS::IAM::Policy": Resource(
        names("PolicyName PolicyDocument Roles Users Groups"),
        _put_policy,
        _update_policy,
        _delete_policy,
        longest=128,
    ),
    "AWS::IAM::ManagedPolicy": Resource(
        names("ManagedPolicyName Path Description PolicyDocument Roles Users Groups"),
        _create_managed,
        _update_managed,
        _delete_managed,
        named_by="ManagedPolicyName",
        longest=128,
    ),
}
