"""The thread of one application, and what it keeps."""

import threading
from dataclasses import dataclass, field

from local_aws.kinesisanalyticsv2.flink.cluster import Cluster
from local_aws.kinesisanalyticsv2.telling import Teller


@dataclass
class Keeper:
    """The thread of one application, what it does, and what it keeps."""

    operation: str
    cancelled: threading.Event = field(default_factory=threading.Event)
    cluster: Cluster | None = None
    teller: Teller | None = None
    thread: threading.Thread | None = None

    def end(self) -> None:
        """End the cluster, and tell what is left of its log."""
        if self.teller:
            self.teller.end()
        if self.cluster:
            self.cluster.end()

    def succeed(self, previous: "Keeper", *, at_once: bool) -> None:
        """Wait until another thread has ended, and take over what it kept.

        Parameters
        ----------
        previous : Keeper
            Cancelled.
        at_once : bool
            Whether its cluster is ended first, so that nothing has to be waited for.
        """
        if at_once and previous.cluster:
            previous.cluster.end()
        if previous.thread:
            previous.thread.join()
        if at_once and previous.cluster:
            previous.cluster.end()  # it may have come up meanwhile
        self.cluster, self.teller = previous.cluster, previous.teller
