"""Clients that act as a function's role, for what Lambda does in it."""

import threading
from functools import cache
from typing import Any, NamedTuple

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from local_aws.functions import credentials

_CONFIG = Config(connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 1})
_making = threading.Lock()  # a session makes one client at a time
Failures = (BotoCoreError, ClientError)


class As(NamedTuple):
    """Who calls which local AWS."""

    role: str
    session: str
    """The function's name."""
    region: str
    endpoint: str


def client(service: str, caller: As) -> Any:
    """Make a client of a service that acts for a role.

    Parameters
    ----------
    service : str
        As botocore names it.
    caller : As
        The role.
    """
    given = credentials.of_role(caller.role, caller.session)
    with _making:
        return _session().create_client(
            service,
            aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=given["AWS_SESSION_TOKEN"],
            region_name=caller.region,
            endpoint_url=caller.endpoint,
            config=_CONFIG,
        )


@cache
def _session() -> Session:
    # one for all: it reads the services' models once
    return Session()


def send_to_queue(queue: str, caller: As, body: str, **more: Any) -> None:
    """Send a message to a queue of an ARN.

    SendMessage alone is what the role must be allowed: nobody asks for the URL.
    """
    _, _, _, _, account, name = queue.split(":", 5)
    url = f"{caller.endpoint}/{account}/{name}"
    client("sqs", caller).send_message(QueueUrl=url, MessageBody=body, **more)
