"""Who may do what with a resource: principals are users, groups and the namespace."""

from collections.abc import Callable, Iterable
from typing import Any

from local_aws.documents import Document
from local_aws.quicksight.answers import answered
from local_aws.quicksight.errors import invalid
from local_aws.quicksight.names import NAMESPACE, named
from local_aws.quicksight.store import Kind as StoreKind
from local_aws.quicksight.store import Store
from local_aws.tenant import Tenant

Finder = Callable[[Store, Tenant, str], Document]

_ACTIONS = {
    "datasource": "DeleteDataSource DescribeDataSource DescribeDataSourcePermissions "
    "PassDataSource UpdateDataSource UpdateDataSourcePermissions",
    "dataset": "CancelIngestion CreateIngestion CreateRefreshSchedule DeleteDataSet "
    "DeleteDataSetRefreshProperties DeleteRefreshSchedule DescribeDataSet "
    "DescribeDataSetPermissions "
    "DescribeDataSetRefreshProperties DescribeIngestion DescribeRefreshSchedule ListIngestions "
    "ListRefreshSchedules PassDataSet PutDataSetRefreshProperties UpdateDataSet "
    "UpdateDataSetPermissions UpdateRefreshSchedule",
    "dashboard": "DeleteDashboard DescribeDashboard DescribeDashboardPermissions "
    "ListDashboardVersions QueryDashboard UpdateDashboard UpdateDashboardPermissions "
    "UpdateDashboardPublishedVersion",
    "theme": "CreateThemeAlias DeleteTheme DeleteThemeAlias DescribeTheme DescribeThemeAlias "
    "DescribeThemePermissions ListThemeAliases ListThemeVersions UpdateTheme UpdateThemeAlias "
    "UpdateThemePermissions",
}
_PEOPLE: dict[str, StoreKind] = {"group": "group", "user": "user"}


def _check(store: Store, tenant: Tenant, resource: str, granted: Iterable[Document]) -> None:
    about = named(tenant, resource)
    known = {f"quicksight:{action}" for action in _ACTIONS[about.kind].split()} if about else set()
    for each in granted:
        check_principal(store, tenant, each["Principal"])
        wrong = [text for text in each["Actions"] if text not in known]
        if wrong:
            raise invalid(f"{', '.join(wrong)}: no action of {resource}")


def check_principal(store: Store, tenant: Tenant, principal: str) -> None:
    """Refuse an ARN that is no user's, group's or namespace's.

    Raises
    ------
    QuickSightError
        InvalidParameterValueException.
    """
    who = named(tenant, principal)
    if who is None or not _is_there(store, tenant, who.kind, who.id):
        raise invalid(f"Principal {principal} does not exist")


def _is_there(store: Store, tenant: Tenant, kind: str, name: str) -> bool:
    if kind == "namespace":
        return name == NAMESPACE
    people = _PEOPLE.get(kind)
    return people is not None and store.documents.get(tenant, people, name) is not None


def grant(store: Store, tenant: Tenant, resource: str, granted: list[Document]) -> None:
    """Add permissions of a resource.

    Raises
    ------
    QuickSightError
        InvalidParameterValueException where a principal or an action is none.
    """
    _check(store, tenant, resource, granted)
    held = _of(store, tenant, resource)
    for each in granted:
        actions = held.setdefault(each["Principal"], [])
        actions += [action for action in each["Actions"] if action not in actions]
    store.documents.put(tenant, "permissions", resource, held)


def _revoke(store: Store, tenant: Tenant, resource: str, taken: list[Document]) -> None:
    _check(store, tenant, resource, taken)
    held = _of(store, tenant, resource)
    for each in taken:
        left = [a for a in held.pop(each["Principal"], []) if a not in each["Actions"]]
        if left:
            held[each["Principal"]] = left
    store.documents.put(tenant, "permissions", resource, held)


def _of(store: Store, tenant: Tenant, resource: str) -> dict[str, Any]:
    return store.documents.get(tenant, "permissions", resource) or {}


def forget(store: Store, tenant: Tenant, resource: str) -> None:
    """Keep nothing about a resource that goes."""
    store.documents.delete(tenant, "permissions", resource)


def operations(label: str, find: Finder) -> tuple[Callable[..., Document], Callable[..., Document]]:
    """Make Describe…Permissions and Update…Permissions of a kind.

    Parameters
    ----------
    label : str
        Such as ``DataSet``: answers have its Id and Arn.
    find : callable
        Finds the resource's document.
    """

    def told(store: Store, tenant: Tenant, given: Document) -> Document:
        name = given[f"{label}Id"]
        own = find(store, tenant, name)["Arn"]
        held = [{"Principal": who, "Actions": can} for who, can in _of(store, tenant, own).items()]
        return answered(**{f"{label}Id": name, f"{label}Arn": own, "Permissions": held})

    def update(store: Store, tenant: Tenant, given: Document) -> Document:
        for member in ("GrantLinkPermissions", "RevokeLinkPermissions"):
            if given.get(member):
                raise invalid(f"{member}: this account does not share by links")
        with store.lock:
            own = find(store, tenant, given[f"{label}Id"])["Arn"]
            grant(store, tenant, own, given.get("GrantPermissions", []))
            _revoke(store, tenant, own, given.get("RevokePermissions", []))
        answer = told(store, tenant, given)
        if label in {"DataSet", "DataSource"}:
            del answer["Permissions"]  # these two do not tell them
        return answer

    return told, update
