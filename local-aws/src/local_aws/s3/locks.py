"""Until when a version is locked: ministack compares times as texts, whatever their form is.

API reference of PutObject, ``x-amz-object-lock-retain-until-date``: ISO 8601, in the future.
"""

from datetime import UTC, datetime
from typing import Any

from local_aws.ministack.foreign import s3

Headers = dict[str, str]

_UNTIL = "RetainUntilDate"
_HEADER = "x-amz-object-lock-retain-until-date"


def install() -> None:
    """Let dates be dates, and compare them in the form that ministack's clock has."""
    check, header_error = s3._check_object_lock, s3._object_lock_header_error

    def check_in_time(bucket: str, key: str, headers: Headers, version: str | None) -> Any:
        retention = s3._object_retention.get((bucket, key, version))
        if retention and (until := _read(retention.get(_UNTIL, ""))):
            written = until.isoformat(timespec="milliseconds")
            retention[_UNTIL] = written.replace("+00:00", "Z")
        return check(bucket, key, headers, version)

    def refused(bucket: str, headers: Headers) -> Any:
        given = headers.get(_HEADER)
        return header_error(bucket, headers) or (_refused_date(given) if given else None)

    s3.replace("_check_object_lock", check_in_time)
    s3.replace("_object_lock_header_error", refused)


def _refused_date(given: str) -> Any:
    until = _read(given)
    if until is None:
        text = "The retain until date must be provided in ISO 8601 format"
    elif until <= datetime.now(UTC):
        text = "The retain until date must be in the future!"
    else:
        return None
    extra = {"ArgumentName": _HEADER, "ArgumentValue": given}
    return s3._error("InvalidArgument", text, 400, extra=extra)


def _read(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
