"""Kinesis over HTTP, in JSON 1.1 and CBOR."""

from typing import ClassVar

from local_aws.folder import DataFolder
from local_aws.kinesis import access
from local_aws.kinesis.limits import options_from_environment
from local_aws.kinesis.operations import OPERATIONS, records
from local_aws.kinesis.store import Store
from local_aws.ministack import streams
from local_aws.protocol.codec import CBOR, JSON
from local_aws.protocol.service import Check, Record, Service, Shortcut
from local_aws.tenant import Tenant


class KinesisService(Service[Store]):
    """Kinesis Data Streams of one data folder.

    Parameters
    ----------
    folder : DataFolder
        Streams and records are kept below its ``state``.
    """

    name = "kinesis"
    operations = OPERATIONS
    codecs = (JSON, CBOR)
    also_required = records.KEYS_REQUIRED
    # half a million records a busy second go this way, and the general way costs ten times as much
    shortcuts: ClassVar = {"PutRecords": Shortcut(records.put_records_checked, records.written)}
    refused_members = ("DryRun",)
    in_thread = False

    def __init__(self, folder: DataFolder) -> None:
        try:
            options = options_from_environment()
        except ValueError as error:
            raise SystemExit(f"local_aws: {error}") from error
        super().__init__(Store(options, folder.state / "kinesis"))
        streams.install(self.state, self.answer)

    def resources(self, tenant: Tenant, operation: str, given: Record) -> list[Check]:
        """Return what a call needs of its caller."""
        return access.checks(tenant, operation, given)

    def stop(self) -> None:
        """Close the files; everything that was answered is in them."""
        self.state.close()
