"""Managed Service for Apache Flink over HTTP, in JSON 1.1."""

from local_aws.folder import DataFolder
from local_aws.kinesisanalyticsv2.lifecycle import Lifecycle
from local_aws.kinesisanalyticsv2.operations import OPERATIONS
from local_aws.kinesisanalyticsv2.page import Pages
from local_aws.kinesisanalyticsv2.state import State
from local_aws.kinesisanalyticsv2.store import Store
from local_aws.protocol.service import Service


class AnalyticsService(Service[State]):
    """The applications of one data folder.

    Parameters
    ----------
    folder : DataFolder
        Documents, code and snapshots are kept below its ``state``.
    """

    name = "kinesisanalyticsv2"
    operations = OPERATIONS

    def __init__(self, folder: DataFolder) -> None:
        store = Store(folder)
        lifecycle = Lifecycle(store)
        super().__init__(State(store, lifecycle, Pages(lifecycle)))

    def begin(self, endpoint: str) -> None:
        """Start what ran when the server ended; applications call this endpoint."""
        self.state.lifecycle.begin(endpoint)

    def stop(self) -> None:
        """End every application's processes; they are started again with the server."""
        self.state.lifecycle.stop()
        self.state.store.close()
