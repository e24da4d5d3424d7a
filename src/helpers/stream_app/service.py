"""The calls: each says how it restores, since the service remembers neither choice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from helpers import aws
from helpers.errors import MissingError, ServiceError
from helpers.stream_app import properties

_RESTORE: Final = {
    # an empty state where there is no snapshot; what finds no operator is not thrown away
    "ApplicationRestoreConfiguration": {"ApplicationRestoreType": "RESTORE_FROM_LATEST_SNAPSHOT"},
    "FlinkRunConfiguration": {"AllowNonRestoredState": False},
}


@dataclass(frozen=True)
class Application:
    """What the service tells of an application.

    Attributes
    ----------
    name, status : str
    version : int
    code_bucket, code_key : str
        Where its archive lies.
    groups : dict
        Its property groups.
    """

    name: str
    status: str
    version: int
    code_bucket: str
    code_key: str
    groups: properties.Groups


def name_of(stage: str) -> str:
    """Give the name that the stack `application` of a stage gives."""
    return f"ecommerce-{stage}-streaming-app"


def describe(name: str) -> Application:
    """Look an application up.

    Raises
    ------
    MissingError
        Where there is none.
    ServiceError
        Where AWS does not answer or refuses.
    """
    return _application(call("describe_application", ApplicationName=name)["ApplicationDetail"])


def at_snapshot(name: str, snapshot: str) -> Application:
    """Look up what an application was when one of its snapshots was taken.

    Raises
    ------
    MissingError
        Where there is no such application, snapshot, or version any more.
    ServiceError
        Where AWS does not answer or refuses.
    """
    describe(name)  # a name that is wrong is told as that
    try:
        found = call("describe_application_snapshot", ApplicationName=name, SnapshotName=snapshot)
        version = found["SnapshotDetails"]["ApplicationVersionId"]
        said = call(
            "describe_application_version", ApplicationName=name, ApplicationVersionId=version
        )
    except MissingError as error:
        raise MissingError(f"The snapshot {snapshot} of {name}, or its version,") from error
    return _application(said["ApplicationVersionDetail"])


def _application(said: Mapping[str, Any]) -> Application:
    configuration = said["ApplicationConfigurationDescription"]
    code = configuration["ApplicationCodeConfigurationDescription"]["CodeContentDescription"]
    place = code["S3ApplicationCodeLocationDescription"]
    groups = configuration.get("EnvironmentPropertyDescriptions", {})
    return Application(
        said["ApplicationName"],
        said["ApplicationStatus"],
        said["ApplicationVersionId"],
        place["BucketARN"].rpartition(":")[2],
        place["FileKey"],
        properties.of_service(groups.get("PropertyGroupDescriptions", ())),
    )


def has_state(name: str) -> bool:
    """Say whether an application has a snapshot that it would go on from.

    Raises
    ------
    MissingError
        Where there is no such application.
    ServiceError
        Where AWS does not answer or refuses.
    """
    return bool(call("list_application_snapshots", ApplicationName=name)["SnapshotSummaries"])


def start(name: str) -> str:
    """Begin to start an application, from its latest snapshot if it has one.

    Returns
    -------
    str
        The operation's id.

    Raises
    ------
    ServiceError
        Where the service refuses.
    """
    return operation("start_application", ApplicationName=name, RunConfiguration=_RESTORE)


def update(name: str, version: int, key: str, groups: Mapping[str, Mapping[str, str]]) -> str:
    """Begin to give an application other code and values; one that runs keeps its state.

    Parameters
    ----------
    name : str
    version : int
        The one that it has; where somebody else was quicker the service refuses.
    key : str
        Of the archive, in the bucket that it has.
    groups : mapping
        All property groups: what is not among them is gone.

    Returns
    -------
    str
        The operation's id.

    Raises
    ------
    ServiceError
        Where the service refuses.
    """
    return operation(
        "update_application",
        ApplicationName=name,
        CurrentApplicationVersionId=version,
        ApplicationConfigurationUpdate={
            "ApplicationCodeConfigurationUpdate": {
                "CodeContentUpdate": {"S3ContentLocationUpdate": {"FileKeyUpdate": key}}
            },
            "EnvironmentPropertyUpdates": {"PropertyGroups": properties.for_service(groups)},
        },
        RunConfigurationUpdate=_RESTORE,
    )


def operation(verb: str, **arguments: Any) -> str:
    """Call what begins an operation, and give the operation's id."""
    return str(call(verb, **arguments)["OperationId"])


def call(verb: str, **arguments: Any) -> dict[str, Any]:
    """Call the service, and turn its refusal into one line.

    Parameters
    ----------
    verb : str
        As boto3's client has it.
    **arguments
        Of the call.

    Raises
    ------
    MissingError
        Where there is no such application.
    ServiceError
        Where AWS does not answer or refuses.
    """
    client = aws.client("kinesisanalyticsv2")
    try:
        answer: dict[str, Any] = getattr(client, verb)(**arguments)
    except client.exceptions.ResourceNotFoundException as error:
        raise MissingError(f"The application {arguments.get('ApplicationName')}") from error
    except (BotoCoreError, ClientError) as error:
        raise ServiceError(f"{arguments.get('ApplicationName')}: {error}") from error
    return answer
