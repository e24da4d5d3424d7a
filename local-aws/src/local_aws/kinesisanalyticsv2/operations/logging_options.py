"""Where an application's log goes."""

import re
from typing import Final

from local_aws.documents import Document
from local_aws.kinesisanalyticsv2 import versions
from local_aws.kinesisanalyticsv2.errors import invalid_argument, not_found
from local_aws.kinesisanalyticsv2.state import State
from local_aws.protocol.service import Record
from local_aws.tenant import Tenant

_STREAM: Final = re.compile(r"arn:[\w-]+:logs:[\w-]+:\d{12}:log-group:[^:]+:log-stream:[^:*]+")


def check(options: list[Record]) -> None:
    """Refuse more options than the service has room for, and what is no log stream."""
    if len(options) > 1:
        raise invalid_argument("An application has one CloudWatchLoggingOption.")
    for option in options:
        if not _STREAM.fullmatch(option["LogStreamARN"]):
            raise invalid_argument(f"{option['LogStreamARN']} is no ARN of a log stream.")


def add_application_cloud_watch_logging_option(
    state: State, tenant: Tenant, given: Record
) -> Record:
    """Let the log go to a stream, from now on; the service has room for one."""
    store = state.store
    with store.lock:
        application = versions.present(store, tenant, given)
        if application["Logging"]:
            raise invalid_argument("The application has a CloudWatchLoggingOption already.")
        made = {
            "CloudWatchLoggingOptionId": f"{application['Version'] + 1}.1",
            "LogStreamARN": given["CloudWatchLoggingOption"]["LogStreamARN"],
        }
        check([made])
        return _changed(state, tenant, application, [made])


def delete_application_cloud_watch_logging_option(
    state: State, tenant: Tenant, given: Record
) -> Record:
    """Let the log go nowhere."""
    store = state.store
    with store.lock:
        application = versions.present(store, tenant, given)
        option = given["CloudWatchLoggingOptionId"]
        left = [
            each for each in application["Logging"] if each["CloudWatchLoggingOptionId"] != option
        ]
        if len(left) == len(application["Logging"]):
            raise not_found(f"There is no CloudWatchLoggingOptionId {option}.")
        return _changed(state, tenant, application, left)


def _changed(state: State, tenant: Tenant, application: Document, options: list[Record]) -> Record:
    made = versions.advance(state.store, tenant, application, Logging=options)
    operation = state.store.begin(
        tenant,
        made["Name"],
        "UpdateApplication",
        ApplicationVersionChangeDetails={
            "ApplicationVersionUpdatedFrom": application["Version"],
            "ApplicationVersionUpdatedTo": made["Version"],
        },
    )
    state.store.finish(tenant, made["Name"], operation, "SUCCESSFUL")
    return {
        "ApplicationARN": made["ARN"],
        "ApplicationVersionId": made["Version"],
        "CloudWatchLoggingOptionDescriptions": options,
        "OperationId": operation,
    }
