"""Tags of applications, and when they may be maintained."""

from typing import Final

from local_aws.documents import Document
from local_aws.kinesisanalyticsv2.errors import in_use, invalid_argument, not_found, too_many_tags
from local_aws.kinesisanalyticsv2.operations.described import window
from local_aws.kinesisanalyticsv2.state import State
from local_aws.protocol.service import Record
from local_aws.tenant import Tenant

TAGS: Final = 50


def tag_resource(state: State, tenant: Tenant, given: Record) -> Record:
    """Add tags, over those of the same keys."""
    with state.store.lock:
        application = _tagged(state, tenant, given)
        tags = {**application["Tags"], **listed(given["Tags"])}
        check(tags)
        state.store.change(tenant, application["Name"], Tags=tags)
    return {}


def untag_resource(state: State, tenant: Tenant, given: Record) -> Record:
    """Take tags away."""
    with state.store.lock:
        application = _tagged(state, tenant, given)
        left = {k: v for k, v in application["Tags"].items() if k not in given["TagKeys"]}
        state.store.change(tenant, application["Name"], Tags=left)
    return {}


def list_tags_for_resource(state: State, tenant: Tenant, given: Record) -> Record:
    """Tell an application's tags."""
    tags = _tagged(state, tenant, given)["Tags"]
    return {"Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())]}


def listed(given: list[Record]) -> dict[str, str]:
    """Read tags as they are sent; a key that is there twice is refused."""
    tags = {tag["Key"]: tag.get("Value", "") for tag in given}
    if len(tags) < len(given):
        raise invalid_argument("A tag's key is there twice.")
    return tags


def check(tags: dict[str, str]) -> None:
    """Refuse more tags than an application can have, and those of AWS itself."""
    if len(tags) > TAGS:
        raise too_many_tags(f"An application has at most {TAGS} tags.")
    if reserved := [key for key in tags if key.lower().startswith("aws:")]:
        raise invalid_argument(f"The tag {reserved[0]} is reserved to AWS.")


def update_application_maintenance_configuration(
    state: State, tenant: Tenant, given: Record
) -> Record:
    """Change when the eight hours begin in which an application may be maintained."""
    wanted = given["ApplicationMaintenanceConfigurationUpdate"]
    start = wanted["ApplicationMaintenanceWindowStartTimeUpdate"]
    with state.store.lock:
        application = state.store.application(tenant, given["ApplicationName"])
        if application["Status"] not in {"READY", "RUNNING"}:
            raise in_use(f"Application cannot be updated in '{application['Status']}' state")
        state.store.change(tenant, application["Name"], Window=start)
    described = window({**application, "Window": start})
    return {
        "ApplicationARN": application["ARN"],
        "ApplicationMaintenanceConfigurationDescription": described,
    }


def _tagged(state: State, tenant: Tenant, given: Record) -> Document:
    arn = given["ResourceARN"]
    application = state.store.documents.get(tenant, "application", arn.rpartition("/")[2])
    if application is None or application["ARN"] != arn:
        raise not_found(f"There is no application {arn}.")
    return application
