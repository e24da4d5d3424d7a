"""The platform: which stacks it is made of, in which order, and what one takes from another."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from helpers import aws
from helpers.checks import FORMS
from helpers.deploy import application, code, removal, stacks
from helpers.errors import InputError, MissingError, ServiceError
from helpers.paths import PROJECT

TEMPLATES: Final = PROJECT / "infra"
KEPT: Final = ("bootstrap", "data")
"""Stacks of what cannot be made again, or is needed to make the others."""
OTHERS: Final = ("streams", "alerts", "roles", "application", "observability")
STACKS: Final = (*KEPT, *OTHERS)
DASHBOARDS: Final = "dashboards"
"""The stack that is made where somebody asks for it: the account needs a QuickSight subscription,
which costs by the person."""
NOBODY: Final = "none"
DEFAULT_STAGE: Final = "dev"
"""The stage whose names are the design's own."""


_LEFT: Final = (
    "It is somebody's, or was left when a stack of this name was removed by itself: take it away "
    "if nobody needs it, or bring it into the stack by CloudFormation's import of resources, and "
    "run this again. `make destroy DATA=yes` removes stacks with all that they hold."
)


@dataclass(frozen=True)
class Platform:
    """What is to be deployed.

    Attributes
    ----------
    stage : str
        Part of every name but those of the default stage's streams and database.
    bucket : str
        The lake's; empty for one that carries stage, account and region.
    database : str
        The Glue database; empty for the stage's own.
    email : str
        Who gets a message of each alert; ``none`` for nobody, empty for who gets it now.
    link : str
        Where a message leads; ``{user_id}`` in it becomes the user. ``none`` and empty as above.
    fan_out : bool or None
        Whether stream 2 is pushed to the function instead of read once a second; None as it is.
    application : pathlib.Path or None
        The archive that the streaming application begins with, where there is none yet; without
        one, its stack is left out.
    dashboards : bool
        Whether `DASHBOARDS` is made too; where it is there, it stays.

    Raises
    ------
    InputError
        Where a value is not what it must be.
    """

    stage: str = DEFAULT_STAGE
    bucket: str = ""
    database: str = ""
    email: str = ""
    link: str = ""
    fan_out: bool | None = None
    application: Path | None = None
    dashboards: bool = False

    def __post_init__(self) -> None:
        for value, form, problem in (
            (
                self.stage,
                FORMS["stage"][0],
                "the stage {!r} is none: take small letters and digits, 12 at most",
            ),
            (
                self.bucket,
                f"|{FORMS['bucket'][0]}",
                "{!r} is no name of a bucket: take small letters, digits and hyphens, 3 to 63",
            ),
            (
                self.database,
                "|db_commerce(_[a-z0-9_]{1,60})?",
                "the database {!r} is none of the platform's: take db_commerce, or db_commerce_…",
            ),
            (
                self.link,
                FORMS["link"][0],
                "{!r} is no link: give one as https://…/{{user_id}}, or none",
            ),
            (
                self.email,
                FORMS["email"][0],
                "{!r} is no address: give one as ops@example.org, or none",
            ),
        ):
            if not re.fullmatch(form, value):
                raise InputError(problem.format(value))

    def stack(self, name: str) -> str:
        """Give the full name of one of `STACKS`."""
        return f"ecommerce-{self.stage}-{name}"

    def values(self) -> dict[str, str]:
        """Give the values of the templates' parameters that no stack has among its outputs.

        What is not said is left out: a stack that is there keeps what it has.
        """
        given = {"Stage": self.stage, "LakeBucketName": self.bucket}
        for name, value in (("Email", self.email), ("Link", self.link)):
            if value:
                given[name] = "" if value == NOBODY else value
        if self.fan_out is not None:
            given["FanOut"] = "yes" if self.fan_out else "no"
        if self.stage != DEFAULT_STAGE:
            prefix = f"ecommerce-{self.stage}-raw-user-activity"
            given |= {
                "DatabaseName": f"db_commerce_{self.stage}",
                "RawStreamName": f"{prefix}-stream-1",
                "AlertStreamName": f"{prefix}-stream-2",
                "DeadLetterStreamName": f"{prefix}-dead-letters",
            }
        return given | ({"DatabaseName": self.database} if self.database else {})


def deploy(
    platform: Platform = Platform(), say: Callable[[str], None] = lambda _line: None
) -> dict[str, str]:
    """Bring every stack to what its template says.

    Parameters
    ----------
    platform : Platform
        What is wanted.
    say : callable
        Takes a line for each stack, change and resource.

    Returns
    -------
    dict of str to str
        The outputs of all stacks.

    Raises
    ------
    InputError
        Where CloudFormation refuses a value, or the stage is in another region.
    ServiceError
        Where a resource fails, with the first cause, or AWS is out of reach.
    """
    _check_region(platform)
    known = platform.values()
    outputs: dict[str, str] = {}
    for name in (*STACKS, DASHBOARDS) if platform.dashboards else STACKS:
        if name == "alerts":
            known["CodeKey"] = code.upload(known["CodeBucketName"])
            known["CodeBucket"] = known["CodeBucketName"]
        if name == "application":
            begun = application.values(
                platform.stage, known["CodeBucketName"], platform.application
            )
            if begun is None:
                say(f"{platform.stack(name)}\n  left out: no archive of the note was given")
                continue
            known |= begun
        made = _deploy(platform, name, known, say)
        known |= made
        outputs |= made
    return outputs | {name: known[name] for name in ("LakeBucketName", "DatabaseName")}


def deploy_dashboards(
    platform: Platform, say: Callable[[str], None] = lambda _line: None
) -> dict[str, str]:
    """Bring `DASHBOARDS` alone to what its template says, beside the stacks that are there.

    Parameters
    ----------
    platform, say
        As for `deploy`.

    Returns
    -------
    dict of str to str
        The stack's outputs.

    Raises
    ------
    InputError
        Where the platform is not deployed, or CloudFormation refuses a value.
    ServiceError
        Where a resource fails, with the first cause, or AWS is out of reach.
    """
    known = platform.values()
    for name in STACKS:
        known |= _outputs(platform.stack(name))
    return _deploy(platform, DASHBOARDS, known, say)


def _outputs(stack: str) -> dict[str, str]:
    """Give the outputs of a stack that is there."""
    try:
        found = aws.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except (ClientError, BotoCoreError) as error:
        if "does not exist" in str(error):
            raise MissingError(f"The stack {stack}") from None
        raise ServiceError(f"The stack {stack} could not be looked up: {error}") from error
    return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", ())}


def _deploy(
    platform: Platform, name: str, known: Mapping[str, str], say: Callable[[str], None]
) -> dict[str, str]:
    say(platform.stack(name))
    try:
        done = stacks.deploy(
            platform.stack(name),
            TEMPLATES / f"{name}.yaml",
            known,
            lambda line: say(f"  {line}"),
            role=known.get("DeployerRoleArn"),
        )
    except ServiceError as error:
        if name in KEPT and "already exists" in str(error):
            raise ServiceError(f"{error}\n{_LEFT}") from error
        raise
    if not done.changed:
        say("  nothing changed")
    return done.outputs


def destroy(platform: Platform, say: Callable[[str], None], *, data: bool) -> None:
    """Remove the stacks, the last one first.

    Parameters
    ----------
    platform : Platform
        Its stage counts.
    say : callable
        As for `deploy`.
    data : bool
        Whether raw files, lake, catalog, alerts, poison, failures and code go too.

    Raises
    ------
    ServiceError
        Where a resource does not go, or AWS is out of reach.
    """
    for name in (DASHBOARDS, *reversed(STACKS if data else OTHERS)):
        stack = platform.stack(name)
        say(stack)
        if name == DASHBOARDS:
            removal.remove_dashboard(f"ecommerce-{platform.stage}", lambda line: say(f"  {line}"))
        if name in KEPT:
            removal.remove_data(stack, lambda line: say(f"  {line}"))
        if not stacks.destroy(stack, lambda line: say(f"  {line}")):
            say("  there is none")


def unconfirmed(outputs: Mapping[str, str]) -> list[str]:
    """List who gets no message yet: addresses whose mail of confirmation was not answered.

    Parameters
    ----------
    outputs : mapping of str to str
        Of `deploy`.

    Returns
    -------
    list of str
        A line each.

    Raises
    ------
    ServiceError
        Where SNS is out of reach or refuses.
    """
    pages = aws.client("sns").get_paginator("list_subscriptions_by_topic")
    try:
        return [
            f"{found['Endpoint']} gets nothing from {topic.rpartition(':')[2]} before the link in "
            "the mail of AWS is opened"
            for topic in (outputs["TopicArn"], outputs["OperationsTopicArn"])
            for page in pages.paginate(TopicArn=topic)
            for found in page["Subscriptions"]
            if found["SubscriptionArn"] == "PendingConfirmation"
        ]
    except (ClientError, BotoCoreError) as error:
        raise ServiceError(f"The subscriptions could not be looked up: {error}") from error


def _check_region(platform: Platform) -> None:
    """Refuse a stage that is in another region: roles are global, and there is one of each."""
    iam: Any = aws.client("iam")
    role = platform.stack("deployer")
    try:
        tags = iam.get_role(RoleName=role)["Role"].get("Tags", [])
    except iam.exceptions.NoSuchEntityException:
        return
    except (ClientError, BotoCoreError) as error:
        raise ServiceError(f"The role {role} could not be looked up: {error}") from error
    where = next((tag["Value"] for tag in tags if tag["Key"] == "region"), None)
    here = aws.client("cloudformation").meta.region_name
    if where not in {None, here}:
        raise InputError(
            f"The stage {platform.stage} is in {where}, not in {here}: set AWS_DEFAULT_REGION to "
            f"{where}, or take another stage."
        )
