"""CloudWatch over HTTP, in AWS Query, JSON 1.0 and Smithy's CBOR."""

from local_aws.clock import clock
from local_aws.cloudwatch.errors import invalid
from local_aws.cloudwatch.operations import OPERATIONS
from local_aws.cloudwatch.store import Store
from local_aws.cloudwatch.ticker import Ticker
from local_aws.folder import DataFolder
from local_aws.ministack import monitoring
from local_aws.protocol.codec import JSON_1_0, SMITHY_CBOR
from local_aws.protocol.query import QUERY
from local_aws.protocol.service import Service


class CloudWatchService(Service[Store]):
    """CloudWatch's metrics, alarms and dashboards of one data folder.

    Parameters
    ----------
    folder : DataFolder
        Both databases are in its ``state``.
    """

    name = "cloudwatch"
    operations = OPERATIONS
    codecs = (QUERY, JSON_1_0, SMITHY_CBOR)
    invalid = staticmethod(invalid)

    ticker: Ticker
    """Looks at alarms once it is started."""

    def __init__(self, folder: DataFolder) -> None:
        super().__init__(Store(folder.state))
        self.ticker = Ticker(self.state, clock)
        monitoring.install(
            self.answer, lambda *call: self.call(self.state, *call), self.state.put_tags
        )

    def stop(self) -> None:
        """End looking at alarms and close the files."""
        self.ticker.end()
        self.state.close()
