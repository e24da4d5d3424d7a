"""The stack `application`: which code and values it has."""

import time
from pathlib import Path

from helpers.deploy import code
from helpers.errors import MissingError
from helpers.stream_app import properties, service


def values(stage: str, bucket: str, archive: Path | None) -> dict[str, str] | None:
    """Give the code and the values that the stack is deployed with.

    Versions are notebook 32's work, which watches over them: where the application is there, its
    stack follows what it has, and a deployment never changes that.

    Parameters
    ----------
    stage : str
    bucket : str
        Of code.
    archive : pathlib.Path or None
        With which an application begins that is not there yet.

    Returns
    -------
    dict of str to str or None
        Values of the template's parameters; None where there is neither.

    Raises
    ------
    InputError
        Where the archive is none.
    ServiceError
        Where AWS does not answer or refuses.
    """
    try:
        found = service.describe(service.name_of(stage))
    except MissingError:
        if archive is None:
            return None
        key = code.upload_application(bucket, archive)
        given = properties.for_stack(properties.of_archive(archive), f"{time.time():.3f}")
        return {"ApplicationKey": key, **given}
    start_s = found.groups.get(properties.COMPUTED, {}).get("start_s", "0")
    return {
        "ApplicationKey": found.code_key,
        **properties.for_stack(found.groups, start_s),
    }
