"""The platform deployed for the tests of a file."""

from collections.abc import Iterator

import pytest

from helpers import aws
from helpers.deploy import platform
from helpers.deploy.platform import Platform
from support import lake, topics


@pytest.fixture(scope="module")
def inbox(local_aws: str) -> Iterator[str]:
    """The platform deployed, and a queue that gets each message of its topic."""
    with lake.at(local_aws):
        aws.client.cache_clear()
        outputs = platform.deploy()
        yield topics.inbox(outputs["TopicArn"], "inbox")
        platform.destroy(Platform(), lambda _line: None, data=True)
        aws.client.cache_clear()
