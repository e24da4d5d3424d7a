"""What every operation is given."""

from typing import NamedTuple

from local_aws.kinesisanalyticsv2.lifecycle import Lifecycle
from local_aws.kinesisanalyticsv2.page import Pages
from local_aws.kinesisanalyticsv2.store import Store


class State(NamedTuple):
    """What is remembered, what is at work, and who may look at it."""

    store: Store
    lifecycle: Lifecycle
    pages: Pages
