"""Glue over HTTP: the catalog is ours, every other action ministack's."""

from local_aws.folder import DataFolder
from local_aws.glue import access
from local_aws.glue.operations import OPERATIONS
from local_aws.protocol.service import Check, Record, Service
from local_aws.tenant import Tenant


class GlueService(Service[None]):
    """The catalog; its records are in ministack's stores, so that no state is its own."""

    name = "glue"
    operations = OPERATIONS
    passes_on = True

    def __init__(self, _: DataFolder) -> None:
        super().__init__(None)

    def resources(self, tenant: Tenant, operation: str, given: Record) -> list[Check]:
        """Return what a call needs of its caller."""
        return access.checks(tenant, operation, given)
