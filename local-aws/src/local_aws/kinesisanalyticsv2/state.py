"""What every operation is given."""

from typing import NamedTuple

from local_aws.kinesisanalyticsv2.lifecycle import Lifecycle
from local_aws.kinesisanalyticsv2.store import Store


class State(NamedTuple):
    """What is remembered, and what is at work."""

    store: Store
    lifecycle: Lifecycle
