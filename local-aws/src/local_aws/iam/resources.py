"""Which resource a call to a service of ministack's is about, where ministack names it coarsely.

The forms are those of the Service Authorization Reference.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from local_aws.ministack.foreign import iam
from local_aws.tenant import Tenant

Given = dict[str, Any]


def exact(service: str, operation: str, given: Given, path: str, tenant: Tenant) -> str | None:
    """Return the ARN that AWS authorizes a call on, None where ministack's own is right.

    Parameters
    ----------
    service : str
        As ministack names it, such as ``monitoring``.
    operation : str
        The operation's, or the action's, name.
    given : dict
        The call's arguments.
    path : str
        The request's path.
    tenant : Tenant
        Whose call it is.
    """
    found = _EXACT.get(service)
    if found is None:
        return None
    return found(operation, given, path, tenant.account, tenant.region)


def action(service: str, operation: str) -> str:
    """Return the action that an operation needs, which now and then has another name.

    Parameters
    ----------
    service : str
        As botocore or ministack names it.
    operation : str
        Of the service.
    """
    namespace = _NAMESPACES.get(service, service)
    if service == "budgets" and not operation.endswith("Resource"):
        reads = operation.startswith(("Describe", "List"))
        return "budgets:ViewBudget" if reads else "budgets:ModifyBudget"
    if service == "lambda" and operation.startswith("Invoke"):
        return "lambda:InvokeFunction"
    return f"{namespace}:{operation}"


_NAMESPACES = {
    "dynamodbstreams": "dynamodb",
    "kinesisanalyticsv2": "kinesisanalytics",
    "monitoring": "cloudwatch",
    "tagging": "tag",
}


def _budgets(operation: str, given: Given, _path: str, account: str, _region: str) -> str | None:
    if arn := given.get("ResourceARN"):
        return str(arn)
    inside = given.get("Budget") or given.get("NewBudget") or {}
    name = given.get("BudgetName") or inside.get("BudgetName") or "*"
    return f"arn:aws:budgets::{account}:budget/{name}"


def _logs(operation: str, given: Given, _path: str, account: str, region: str) -> str | None:
    if operation in {"TagResource", "UntagResource", "ListTagsForResource"}:
        return None
    group = given.get("logGroupName") or ""
    named = given.get("logGroupIdentifier") or given.get("resourceArn") or ""
    if named:
        group = named.removesuffix(":*").rpartition("log-group:")[2]
    if operation == "DescribeMetricFilters" and not group:
        return "*"
    stream = given.get("logStreamName") if operation in _OF_LOG_STREAM else ""
    return f"arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:{stream or ''}"


_OF_LOG_STREAM = {"PutLogEvents", "GetLogEvents", "DeleteLogStream"}


def _sns(operation: str, given: Given, _path: str, account: str, region: str) -> str | None:
    if subscription := given.get("SubscriptionArn"):
        return str(subscription).rpartition(":")[0]  # authorized on its topic
    if arn := given.get("ResourceArn"):
        return str(arn)
    return None


def _iam(operation: str, given: Given, _path: str, account: str, _region: str) -> str | None:
    path = given.get("Path") or "/"
    if name := given.get("RoleName"):
        known = iam._roles.get_scoped(account, None, name) or {}
        return str(known.get("Arn") or f"arn:aws:iam::{account}:role{path}{name}")
    if name := given.get("UserName"):
        known = iam._users.get_scoped(account, None, name) or {}
        return str(known.get("Arn") or f"arn:aws:iam::{account}:user{path}{name}")
    if operation == "CreatePolicy":
        return f"arn:aws:iam::{account}:policy{path}{given.get('PolicyName', '')}"
    if name := given.get("InstanceProfileName"):
        return f"arn:aws:iam::{account}:instance-profile{path}{name}"
    if operation.startswith("Simulate"):
        return str(given.get("PolicySourceArn") or "*")
    return None


def _monitoring(operation: str, given: Given, _path: str, account: str, region: str) -> str | None:
    if "Dashboard" in operation:
        name = given.get("DashboardName") or given.get("DashboardNames.member.1") or ""
        if isinstance(given.get("DashboardNames"), list):
            name = next(iter(given["DashboardNames"]), "")
        return f"arn:aws:cloudwatch::{account}:dashboard/{name}" if name else "*"
    name = given.get("AlarmName") or given.get("AlarmNames.member.1")
    if name is None and isinstance(given.get("AlarmNames"), list):
        name = next(iter(given["AlarmNames"]), None)
    if "Alarm" in operation:
        return f"arn:aws:cloudwatch:{region}:{account}:alarm:{name or '*'}"
    if arn := given.get("ResourceARN"):
        return str(arn)
    return "*" if "Metric" in operation else None


def _scheduler(operation: str, given: Given, path: str, account: str, region: str) -> str | None:
    kind, _, name = unquote(path).strip("/").partition("/")
    arn = f"arn:aws:scheduler:{region}:{account}:"
    if kind == "schedules":
        group = given.get("GroupName") or given.get("groupName") or "default"
        return f"{arn}schedule/{group}/{name or '*'}"
    if kind == "schedule-groups":
        return f"{arn}schedule-group/{name or '*'}"
    return None


def _lambda(operation: str, given: Given, path: str, account: str, region: str) -> str | None:
    if operation == "CreateFunction":
        return f"arn:aws:lambda:{region}:{account}:function:{given.get('FunctionName', '')}"
    return None


def _analytics(operation: str, given: Given, _path: str, account: str, region: str) -> str | None:
    if operation in {"CreateApplication", "ListApplications"}:
        return "*"
    if arn := given.get("ResourceARN"):
        return str(arn)
    name = given.get("ApplicationName", "")
    return f"arn:aws:kinesisanalytics:{region}:{account}:application/{name}"


def _cloudformation(
    operation: str, given: Given, _path: str, account: str, region: str
) -> str | None:
    name = str(given.get("StackName") or given.get("ChangeSetName") or "")
    if name.startswith("arn:"):
        return name
    return f"arn:aws:cloudformation:{region}:{account}:stack/{name}/*" if name else "*"


def _firehose(operation: str, given: Given, _path: str, account: str, region: str) -> str | None:
    name = given.get("DeliveryStreamName")
    return f"arn:aws:firehose:{region}:{account}:deliverystream/{name}" if name else "*"


def _glue(operation: str, given: Given, _path: str, account: str, region: str) -> str | None:
    """Return the resource of what is no catalog: the catalog's calls are our own service's."""
    if arn := given.get("ResourceArn"):
        return str(arn)
    if database := given.get("DatabaseName"):
        table = given.get("TableName")
        place = f"table/{database}/{table}" if table else f"database/{database}"
        return f"arn:aws:glue:{region}:{account}:{place.lower()}"
    for kind in ("Crawler", "Job", "Trigger", "Workflow", "Connection", "Classifier"):
        if kind in operation:
            name = given.get(f"{kind}Name") or given.get("Name")
            return f"arn:aws:glue:{region}:{account}:{kind.lower()}/{name or '*'}"
    return f"arn:aws:glue:{region}:{account}:catalog"


_EXACT: dict[str, Callable[[str, Given, str, str, str], str | None]] = {
    "budgets": _budgets,
    "cloudwatch": _monitoring,
    "cloudformation": _cloudformation,
    "firehose": _firehose,
    "glue": _glue,
    "iam": _iam,
    "kinesisanalyticsv2": _analytics,
    "lambda": _lambda,
    "logs": _logs,
    "monitoring": _monitoring,
    "scheduler": _scheduler,
    "sns": _sns,
}
