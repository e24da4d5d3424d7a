"""Namespaces, users, groups and who is in them: the one namespace is ``default``."""

import re

from local_aws.documents import Document
from local_aws.protocol.errors import not_supported
from local_aws.quicksight.answers import answered, page, shown
from local_aws.quicksight.errors import exists, invalid, missing
from local_aws.quicksight.names import NAMESPACE, arn
from local_aws.quicksight.operations import tags
from local_aws.quicksight.store import Store
from local_aws.tenant import Tenant

_GROUP = ("Arn", "GroupName", "Description", "PrincipalId")
_USER = ("Arn", "UserName", "Email", "Role", "IdentityType", "Active", "PrincipalId")
_REFUSED = (
    "CustomFederationProviderUrl",
    "CustomPermissionsName",
    "ExternalLoginFederationProviderType",
    "ExternalLoginId",
)
_ROLE = re.compile(r"arn:[\w-]+:iam::\d{12}:role/(?:.*/)?([\w+=,.@-]+)")
_IAM_USER = re.compile(r"arn:[\w-]+:iam::\d{12}:user/(?:.*/)?([\w+=,.@-]+)")


def _check(given: Document) -> None:
    if given["Namespace"] != NAMESPACE:
        raise missing("NAMESPACE", given["Namespace"])


def _namespace(tenant: Tenant) -> Document:
    return {
        "Name": NAMESPACE,
        "Arn": arn(tenant, "namespace", NAMESPACE),
        "CapacityRegion": tenant.region,
        "CreationStatus": "CREATED",
        "IdentityStore": "QUICKSIGHT",
    }


def describe_namespace(_: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeNamespace."""
    _check(given)
    return answered(Namespace=_namespace(tenant))


def list_namespaces(_: Store, tenant: Tenant, given: Document) -> Document:
    """ListNamespaces."""
    items, token = page([_namespace(tenant)], given)
    return answered(Namespaces=items, **token)


def describe_subscription(_: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeAccountSubscription: every account here has an Enterprise edition."""
    info = {
        "AccountName": f"local-{tenant.account}",
        "Edition": "ENTERPRISE",
        "AuthenticationType": "IAM_AND_QUICKSIGHT",
        "AccountSubscriptionStatus": "ACCOUNT_CREATED",
    }
    return answered(AccountInfo=info)


def create_group(store: Store, tenant: Tenant, given: Document) -> Document:
    """CreateGroup."""
    _check(given)
    name = given["GroupName"]
    own = arn(tenant, "group", name)
    group = {"Arn": own, "GroupName": name, "PrincipalId": f"group/d-local/{name}"}
    if "Description" in given:
        group["Description"] = given["Description"]
    with store.lock:
        if store.documents.get(tenant, "group", name) is not None:
            raise exists("GROUP", name)
        store.documents.put(tenant, "group", name, group)
    return answered(201, Group=shown(group, _GROUP))


def _group(store: Store, tenant: Tenant, given: Document) -> Document:
    _check(given)
    found = store.documents.get(tenant, "group", given["GroupName"])
    if found is None:
        raise missing("GROUP", given["GroupName"])
    return found


def describe_group(store: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeGroup."""
    return answered(Group=shown(_group(store, tenant, given), _GROUP))


def update_group(store: Store, tenant: Tenant, given: Document) -> Document:
    """UpdateGroup: its description is all that can change."""
    with store.lock:
        group = _group(store, tenant, given)
        group.pop("Description", None)
        if "Description" in given:
            group["Description"] = given["Description"]
        store.documents.put(tenant, "group", group["GroupName"], group)
    return answered(Group=shown(group, _GROUP))


def delete_group(store: Store, tenant: Tenant, given: Document) -> Document:
    """DeleteGroup."""
    with store.lock:
        name = _group(store, tenant, given)["GroupName"]
        store.documents.delete(tenant, "group", name)
        store.documents.delete_owned(tenant, "member", name)
    return answered()


def list_groups(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListGroups."""
    _check(given)
    items, token = page(store.documents.all(tenant, "group"), given)
    return answered(GroupList=[shown(each, _GROUP) for each in items], **token)


def register_user(store: Store, tenant: Tenant, given: Document) -> Document:
    """RegisterUser: a user's name is its own, or that of who it is in IAM."""
    _check(given)
    for member in _REFUSED:
        if given.get(member):
            raise not_supported(f"{member} of a user")
    name = _user_name(given)
    own = arn(tenant, "user", name)
    user = {
        "Arn": own,
        "UserName": name,
        "Email": given["Email"],
        "Role": given["UserRole"],
        "IdentityType": given["IdentityType"],
        "Active": given["IdentityType"] == "IAM",
        "PrincipalId": f"user/d-local/{name}",
    }
    with store.lock:
        if store.documents.get(tenant, "user", name) is not None:
            raise exists("USER", name)
        tags.put(store, tenant, own, given.get("Tags", []))
        store.documents.put(tenant, "user", name, user)
    return answered(201, User=shown(user, _USER))


def _user_name(given: Document) -> str:
    if given["IdentityType"] == "IAM_IDENTITY_CENTER":
        raise not_supported("users of IAM Identity Center")
    if given["IdentityType"] == "QUICKSIGHT":
        if "UserName" not in given or "IamArn" in given or "SessionName" in given:
            raise invalid("A user of QuickSight must have UserName, and nothing of IAM")
        return str(given["UserName"])
    who = given.get("IamArn", "")
    if found := _IAM_USER.fullmatch(who):
        return found[1]
    found = _ROLE.fullmatch(who)
    if found is None:
        raise invalid("A user of IAM must have IamArn, of a user or a role")
    if "SessionName" not in given:
        raise invalid("A user of a role must have SessionName")
    return f"{found[1]}/{given['SessionName']}"


def _user(store: Store, tenant: Tenant, given: Document) -> Document:
    _check(given)
    found = store.documents.get(tenant, "user", given["UserName"])
    if found is None:
        raise missing("USER", given["UserName"])
    return found


def describe_user(store: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeUser."""
    return answered(User=shown(_user(store, tenant, given), _USER))


def delete_user(store: Store, tenant: Tenant, given: Document) -> Document:
    """DeleteUser."""
    with store.lock:
        found = _user(store, tenant, given)
        name = found["UserName"]
        store.documents.delete(tenant, "user", name)
        tags.forget(store, tenant, found["Arn"])
        for member in store.documents.all(tenant, "member"):
            if member["MemberName"] == name:
                store.documents.delete(tenant, "member", _key(member["GroupName"], name))
    return answered()


def list_users(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListUsers."""
    _check(given)
    items, token = page(store.documents.all(tenant, "user"), given)
    return answered(UserList=[shown(each, _USER) for each in items], **token)


def _key(group: str, member: str) -> str:
    return f"{group}/{member}"


def _member(tenant: Tenant, name: str) -> Document:
    return {"Arn": arn(tenant, "user", name), "MemberName": name}


def add_member(store: Store, tenant: Tenant, given: Document) -> Document:
    """CreateGroupMembership."""
    name = given["MemberName"]
    with store.lock:
        group = _group(store, tenant, given)["GroupName"]
        _user(store, tenant, {**given, "UserName": name})
        document = {"GroupName": group, "MemberName": name}
        store.documents.put(tenant, "member", _key(group, name), document, owner=group)
    return answered(GroupMember=_member(tenant, name))


def describe_member(store: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeGroupMembership."""
    group = _group(store, tenant, given)["GroupName"]
    if store.documents.get(tenant, "member", _key(group, given["MemberName"])) is None:
        raise missing("USER", given["MemberName"])
    return answered(GroupMember=_member(tenant, given["MemberName"]))


def remove_member(store: Store, tenant: Tenant, given: Document) -> Document:
    """DeleteGroupMembership."""
    describe_member(store, tenant, given)
    store.documents.delete(tenant, "member", _key(given["GroupName"], given["MemberName"]))
    return answered()


def list_members(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListGroupMemberships."""
    group = _group(store, tenant, given)["GroupName"]
    held = store.documents.all(tenant, "member", group)
    items, token = page([_member(tenant, each["MemberName"]) for each in held], given)
    return answered(GroupMemberList=items, **token)
