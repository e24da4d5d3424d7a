"""Addresses of Flink's page."""

from typing import Final

from local_aws.kinesisanalyticsv2.errors import in_use, invalid_argument
from local_aws.kinesisanalyticsv2.state import State
from local_aws.protocol.service import Record
from local_aws.tenant import Tenant

_SECONDS: Final = 43_200


def create_application_presigned_url(state: State, tenant: Tenant, given: Record) -> Record:
    """Make an address of a running application's page."""
    application = state.store.application(tenant, given["ApplicationName"])
    if (given["UrlType"] == "FLINK_DASHBOARD_URL") != (application["Mode"] == "STREAMING"):
        raise invalid_argument(f"{given['UrlType']} is not of {application['Mode']} applications.")
    if application["Status"] != "RUNNING":
        raise in_use(
            f"Application {application['Name']} is in {application['Status']} status: its page is "
            "there while it is RUNNING"
        )
    seconds = given.get("SessionExpirationDurationInSeconds", _SECONDS)
    return {"AuthorizedUrl": state.pages.address(tenant, application["Name"], seconds)}
