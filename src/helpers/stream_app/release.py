"""A version of an application: brought into service, and taken back where it does not work."""

import time
from collections.abc import Mapping
from typing import Final

from helpers.errors import ServiceError
from helpers.stream_app import health, service
from helpers.stream_app.health import Health, UnhealthyError
from helpers.stream_app.service import Application

_ROLLBACK_S: Final = 900


def start(name: str, key: str, groups: Mapping[str, Mapping[str, str]]) -> None:
    """Start an application with an archive and values, from its latest snapshot if it has one.

    Parameters
    ----------
    name : str
        Of one that does not run.
    key : str
        Of the archive in the bucket of code.
    groups : mapping
        All property groups.

    Raises
    ------
    UnhealthyError
        Where the service does not start it, with its reason.
    ServiceError
        Where AWS does not answer or refuses.
    """
    found = service.describe(name)
    if (found.code_key, found.groups) != (key, groups):
        health.finished(name, service.update(name, found.version, key, groups))
    health.finished(name, service.start(name))


def update(name: str, key: str, groups: Mapping[str, Mapping[str, str]]) -> Health:
    """Put a version in the place of the one that runs; take it back where it does not work.

    Parameters
    ----------
    name : str
        Of one that runs.
    key : str
        Of the archive in the bucket of code.
    groups : mapping
        All property groups.

    Returns
    -------
    Health
        Of the new version.

    Raises
    ------
    UnhealthyError
        Where the new version does not work: why, and to which version it was taken back.
    ServiceError
        Where AWS does not answer or refuses; a stale version is refused by the service.
    """
    before = service.describe(name)
    snapshot(name)
    try:
        operation = service.update(name, before.version, key, groups)
        health.finished(name, operation)
        return health.wait(name)
    except UnhealthyError as error:
        said = _rolled_back(before)
        raise UnhealthyError(f"{error}\n{said}") from error


def _rolled_back(former: Application) -> str:
    """Take an application back to a version, unless the service has done so itself."""
    name = former.name
    health.until(
        lambda: service.describe(name).status not in {"UPDATING", "ROLLING_BACK"},
        _ROLLBACK_S,
        f"{name} is still being updated or rolled back",
    )
    found = service.describe(name)
    # the service's own rollback is a version too: by its number alone it would be taken back again
    if (found.code_key, found.groups) != (former.code_key, former.groups):
        operation = service.operation(
            "rollback_application", ApplicationName=name, CurrentApplicationVersionId=found.version
        )
        health.finished(name, operation)
    now = service.describe(name)
    return (
        f"Rolled back to what version {former.version} was: {name} is {now.status}, version "
        f"{now.version}."
    )


def snapshot(name: str, patience_s: float = 300) -> str:
    """Take a snapshot of a running application, and wait until it is there.

    Parameters
    ----------
    name : str
    patience_s : float
        So many seconds are waited.

    Returns
    -------
    str
        The snapshot's name.

    Raises
    ------
    ServiceError
        Where the service refuses, which it does while the job begins anew, or the snapshot fails.
    """
    taken = f"before-version-{service.describe(name).version + 1}-{time.time_ns() // 1_000_000}"
    service.call("create_application_snapshot", ApplicationName=name, SnapshotName=taken)

    def ready() -> bool:
        status = service.call(
            "describe_application_snapshot", ApplicationName=name, SnapshotName=taken
        )["SnapshotDetails"]["SnapshotStatus"]
        if status == "FAILED":
            raise ServiceError(f"The snapshot {taken} of {name} failed.")
        return bool(status == "READY")

    health.until(ready, patience_s, f"The snapshot {taken} of {name} is not ready")
    return taken


def stop(name: str) -> None:
    """Stop an application with a snapshot, from which it goes on when it is started again.

    Raises
    ------
    UnhealthyError
        Where it does not stop, with the service's reason.
    ServiceError
        Where AWS does not answer or refuses.
    """
    operation = service.operation("stop_application", ApplicationName=name, Force=False)
    health.finished(name, operation)
