"""What the service remembers: applications, their versions, snapshots and operations."""

import secrets
import shutil
import threading
import time
from pathlib import Path
from typing import Literal

from local_aws.documents import Document, Documents
from local_aws.folder import DataFolder
from local_aws.kinesisanalyticsv2.errors import not_found
from local_aws.tenant import Tenant

Kind = Literal["application", "version", "snapshot", "operation"]

OF_VERSION = (
    "Version",
    "VersionCreated",
    "Runtime",
    "Role",
    "Configuration",
    "Code",
    "CodeVersion",
    "UpdatedFrom",
    "RolledBackFrom",
    "RolledBackTo",
    "Logging",
    "LastStatus",
)
"""Members of an application that belong to its version."""


class Store:
    """Everything of every tenant; `lock` is held by whoever changes an application.

    Parameters
    ----------
    folder : DataFolder
        Documents, code, snapshots and checkpoints are kept below its ``state``; what a cluster
        needs while it runs lies in its scratch.
    """

    def __init__(self, folder: DataFolder) -> None:
        self.lock = threading.RLock()
        self._kept = folder.state / "kinesisanalyticsv2"
        self._kept.mkdir(mode=0o700, exist_ok=True)
        self._scratch = folder.scratch / "flink"
        self.documents: Documents[Kind] = Documents(self._kept / "documents.sqlite")

    def application(self, tenant: Tenant, name: str) -> Document:
        """Return an application.

        Raises
        ------
        ServiceError
            ResourceNotFoundException.
        """
        found = self.documents.get(tenant, "application", name)
        if found is None:
            raise not_found(f"Application '{name}' does not exist.")
        return found

    def put(self, tenant: Tenant, application: Document) -> None:
        """Write an application."""
        self.documents.put(tenant, "application", application["Name"], application)

    def change(self, tenant: Tenant, name: str, **members: object) -> None:
        """Change members of an application, if it is still there."""
        with self.lock:
            found = self.documents.get(tenant, "application", name)
            if found is not None:
                self.put(tenant, {**found, **members})

    def put_version(self, tenant: Tenant, application: Document) -> None:
        """Keep the present version of an application."""
        name, number = application["Name"], application["Version"]
        kept = {member: application[member] for member in OF_VERSION if member in application}
        self.documents.put(tenant, "version", f"{name}/{number}", kept, name)

    def version(self, tenant: Tenant, name: str, number: int) -> Document | None:
        """Return what an application was in a version."""
        return self.documents.get(tenant, "version", f"{name}/{number}")

    def of_application(self, tenant: Tenant, kind: Kind, name: str) -> list[Document]:
        """List versions, snapshots or operations of an application, oldest first."""
        return self.documents.all(tenant, kind, name)

    def put_snapshot(self, tenant: Tenant, name: str, snapshot: Document) -> None:
        """Write a snapshot."""
        key = f"{name}/{snapshot['SnapshotName']}"
        self.documents.put(tenant, "snapshot", key, snapshot, name)

    def snapshot(self, tenant: Tenant, name: str, snapshot: str) -> Document | None:
        """Return a snapshot."""
        return self.documents.get(tenant, "snapshot", f"{name}/{snapshot}")

    def delete_snapshot(self, tenant: Tenant, name: str, snapshot: Document) -> None:
        """Forget a snapshot, and delete what it is made of."""
        self.documents.delete(tenant, "snapshot", f"{name}/{snapshot['SnapshotName']}")
        if place := snapshot.get("Place"):
            shutil.rmtree(place.removeprefix("file:"), ignore_errors=True)

    def begin(self, tenant: Tenant, name: str, operation: str, **members: object) -> str:
        """Note that an operation begins, and return its id."""
        made = secrets.token_urlsafe(16)
        document = {
            "OperationId": made,
            "Operation": operation,
            "StartTime": time.time(),
            "OperationStatus": "IN_PROGRESS",
            **members,
        }
        self.documents.put(tenant, "operation", f"{name}/{made}", document, name)
        return made

    def finish(
        self, tenant: Tenant, name: str, operation: str, status: str, **members: object
    ) -> None:
        """Note how an operation ended, unless it has already."""
        found = self.documents.get(tenant, "operation", f"{name}/{operation}")
        if found and found["OperationStatus"] == "IN_PROGRESS":
            ended = {**found, "OperationStatus": status, "EndTime": time.time(), **members}
            self.documents.put(tenant, "operation", f"{name}/{operation}", ended, name)

    def kept(self, application: Document) -> Path:
        """Return the folder of what an application keeps."""
        return self._kept / str(application["Id"])

    def scratch(self, application: Document) -> Path:
        """Return a new folder for one run of an application, in the place of the last one's."""
        own = self._scratch / str(application["Id"])
        shutil.rmtree(own, ignore_errors=True)
        place = own / secrets.token_hex(4)
        place.mkdir(mode=0o700, parents=True)
        return place

    def delete(self, tenant: Tenant, application: Document) -> None:
        """Delete an application with all that it has."""
        name = application["Name"]
        for kind in ("version", "snapshot", "operation"):
            self.documents.delete_owned(tenant, kind, name)
        self.documents.delete(tenant, "application", name)
        shutil.rmtree(self.kept(application), ignore_errors=True)
        shutil.rmtree(self._scratch / str(application["Id"]), ignore_errors=True)

    def every(self) -> list[tuple[Tenant, Document]]:
        """Go through the applications of all tenants."""
        return [
            (tenant, application)
            for tenant in self.documents.tenants()
            for application in self.documents.all(tenant, "application")
        ]

    def close(self) -> None:
        """Close the file."""
        self.documents.close()
