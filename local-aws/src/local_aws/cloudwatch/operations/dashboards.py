"""Operations on dashboards, which are an account's and of no region."""

from typing import Any

from local_aws.cloudwatch import dashboards
from local_aws.cloudwatch.errors import CloudWatchError, invalid_value, no_such_dashboard
from local_aws.cloudwatch.operations import tags
from local_aws.cloudwatch.operations.pages import page
from local_aws.cloudwatch.store import EVERYWHERE, Store
from local_aws.protocol.codec import time_of
from local_aws.tenant import Tenant

Request = dict[str, Any]

PAGE = 1000
ENTRY = ("DashboardName", "DashboardArn", "Size")


def put_dashboard(store: Store, tenant: Tenant, request: Request) -> Request:
    """Make a dashboard or replace one; what is odd in it comes back as messages."""
    name, body = request["DashboardName"], request["DashboardBody"]
    if not dashboards.NAME.fullmatch(name):
        raise invalid_value(
            f"The value {name} for field DashboardName contains invalid characters. It can only "
            "contain alphanumerics, dash (-) and underscore (_)."
        )
    checked = dashboards.check(body)
    if checked.errors:
        raise CloudWatchError(
            "DashboardInvalidInputError",
            dashboards.refusal(checked.errors),
            members={"dashboardValidationMessages": checked.errors},
        )
    home = Tenant(tenant.account, EVERYWHERE)
    arn = f"arn:aws:cloudwatch::{tenant.account}:dashboard/{name}"
    before = store.documents.get(home, "dashboard", name)
    document = {
        "DashboardName": name,
        "DashboardArn": arn,
        "DashboardBody": body,
        "Size": len(body.encode()),
        "LastModified": store.now(),
    }
    given = tags.of(request.get("Tags", []))
    store.documents.put(home, "dashboard", name, document)
    if given and before is None:
        tags.put(store, tenant, arn, given)
    return {"DashboardValidationMessages": checked.warnings}


def get_dashboard(store: Store, tenant: Tenant, request: Request) -> Request:
    """Give a dashboard back as it was put."""
    home, name = Tenant(tenant.account, EVERYWHERE), request["DashboardName"]
    found = store.documents.get(home, "dashboard", name)
    if found is None:
        raise no_such_dashboard(name)
    return {member: found[member] for member in ("DashboardArn", "DashboardBody", "DashboardName")}


def list_dashboards(store: Store, tenant: Tenant, request: Request) -> Request:
    """List dashboards by name."""
    home = Tenant(tenant.account, EVERYWHERE)
    prefix = request.get("DashboardNamePrefix", "")
    found = [
        {member: each[member] for member in ENTRY} | {"LastModified": time_of(each["LastModified"])}
        for each in store.documents.all(home, "dashboard")
        if each["DashboardName"].startswith(prefix)
    ]
    found.sort(key=lambda each: str(each["DashboardName"]))
    shown, more = page(found, request.get("NextToken"), PAGE)
    return {"DashboardEntries": shown} | more


def delete_dashboards(store: Store, tenant: Tenant, request: Request) -> Request:
    """Delete dashboards, all of them or, where one does not exist, none."""
    home = Tenant(tenant.account, EVERYWHERE)
    for name in request["DashboardNames"]:
        if store.documents.get(home, "dashboard", name) is None:
            raise no_such_dashboard(name)
    for name in request["DashboardNames"]:
        store.documents.delete(home, "dashboard", name)
        store.put_tags(tenant, f"arn:aws:cloudwatch::{tenant.account}:dashboard/{name}", {})
    return {}
