"""Tags of alarms and dashboards."""

import re
from typing import Any

from local_aws.cloudwatch.errors import CloudWatchError, invalid, invalid_value
from local_aws.cloudwatch.store import EVERYWHERE, Store
from local_aws.tenant import Tenant

Request = dict[str, Any]

MOST_TAGS = 50
_ARN = re.compile(r"arn:aws:cloudwatch:([^:]*):(\d{12}):(alarm:|dashboard/)(.+)")


def list_tags_for_resource(store: Store, tenant: Tenant, request: Request) -> Request:
    """List the tags of an alarm or a dashboard."""
    arn = _existing(store, tenant, request["ResourceARN"])
    return {
        "Tags": [{"Key": key, "Value": value} for key, value in store.tags(tenant, arn).items()]
    }


def tag_resource(store: Store, tenant: Tenant, request: Request) -> Request:
    """Add tags, over those of the same keys."""
    arn = _existing(store, tenant, request["ResourceARN"])
    put(store, tenant, arn, store.tags(tenant, arn) | of(request["Tags"]))
    return {}


def untag_resource(store: Store, tenant: Tenant, request: Request) -> Request:
    """Remove tags by their keys."""
    arn = _existing(store, tenant, request["ResourceARN"])
    kept = {k: v for k, v in store.tags(tenant, arn).items() if k not in request["TagKeys"]}
    put(store, tenant, arn, kept)
    return {}


def of(tags: list[dict[str, str]]) -> dict[str, str]:
    """Turn the tags of a request into a dictionary.

    Raises
    ------
    CloudWatchError
        InvalidParameterValue for a key of AWS's own.
    """
    for tag in tags:
        if tag["Key"].lower().startswith("aws:"):
            raise invalid_value("System tags can not be added/updated by requester")
    return {tag["Key"]: tag["Value"] for tag in tags}


def put(store: Store, tenant: Tenant, arn: str, tags: dict[str, str]) -> None:
    """Write the tags of a resource, in the place of those that it has."""
    if len(tags) > MOST_TAGS:
        raise invalid(f"The number of tags exceeds the limit of {MOST_TAGS}.")
    store.put_tags(tenant, arn, tags)


def _existing(store: Store, tenant: Tenant, arn: str) -> str:
    found = _ARN.fullmatch(arn)
    if not found:
        raise invalid_value(f"Invalid ARN: {arn}")
    region, account, kind, name = found.groups()
    if kind == "alarm:":
        mine = (account, region) == (tenant.account, tenant.region)
        there = mine and store.alarm(tenant, name) is not None
    else:
        home = Tenant(tenant.account, EVERYWHERE)
        there = account == home.account and store.documents.get(home, "dashboard", name) is not None
    if not there:
        raise CloudWatchError(
            "ResourceNotFoundException",
            "",
            404,
            {"ResourceType": kind.rstrip(":/"), "ResourceId": name},
        )
    return arn
