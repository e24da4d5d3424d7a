"""Lifecycle rules carried out: objects and versions expire, unfinished uploads are ended.

S3 looks once a day; here it is once an hour, and what is due is the same: an age in days counts
from the midnight (UTC) that follows. Storage classes cost nothing here, so transitions are noted
by ministack and change nothing.
"""

import asyncio
import logging
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from local_aws.ministack.foreign import responses, s3
from local_aws.variables import Variable

log = logging.getLogger("local_aws")

Record = dict[str, Any]

EVERY_SECONDS = Variable(
    "LOCAL_S3_LIFECYCLE_SECONDS", 3600, "how often S3's lifecycle rules are carried out"
)
DAYS_AHEAD = Variable(
    "LOCAL_S3_DAYS_AHEAD", 0, "how many days ahead S3's lifecycle rules see the clock"
)
VARIABLES = (EVERY_SECONDS, DAYS_AHEAD)


def start() -> asyncio.Task[None]:
    """Carry rules out from now on, in the running loop.

    Raises
    ------
    SystemExit
        Where a variable is no number, or asks for no pause at all.
    """
    pause, ahead = _number(EVERY_SECONDS), _number(DAYS_AHEAD)
    if pause <= 0:
        raise SystemExit(f"local_aws: {EVERY_SECONDS.name} must be more than 0")
    return asyncio.create_task(_again_and_again(pause, timedelta(days=ahead)))


def _number(variable: Variable) -> float:
    text = os.environ.get(variable.name, str(variable.default))
    try:
        return float(text)
    except ValueError:
        raise SystemExit(f"local_aws: {variable.name} is {text!r}: set it to a number") from None


async def _again_and_again(pause: float, ahead: timedelta) -> None:
    while True:
        await asyncio.sleep(pause)
        sweep(datetime.now(UTC) + ahead)


def sweep(now: datetime) -> None:
    """Carry out every bucket's rules as of a time."""
    for (account, bucket), rules in list(s3._bucket_lifecycle.to_dict().items()):
        with responses.request_scope(account, responses.get_region()):
            for rule in rules if isinstance(rules, list) else ():
                if rule["Status"] == "Enabled" and bucket in s3._buckets:
                    _carry_out(bucket, rule, now)


def _carry_out(bucket: str, rule: Record, now: datetime) -> None:
    conditions = _conditions(rule.get("Filter") or {})
    expiration = rule.get("Expiration") or {}
    if "Days" in expiration or "Date" in expiration:
        for key, record in list(s3._buckets[bucket]["objects"].items()):
            if _expires(record["last_modified"], expiration, now) and _applies(
                bucket, key, record, conditions
            ):
                s3._delete_object(bucket, key)
    if noncurrent := rule.get("NoncurrentVersionExpiration"):
        for key, version in list(_superseded(bucket, noncurrent, conditions, now)):
            s3._delete_object(bucket, key, {}, {"versionId": [version]})
    if expiration.get("ExpiredObjectDeleteMarker"):
        for key, version in list(_lonely_markers(bucket, conditions)):
            s3._delete_object(bucket, key, {}, {"versionId": [version]})
    if abort := rule.get("AbortIncompleteMultipartUpload"):
        for number, upload in list(s3._multipart_uploads.items()):
            old = _due(upload["created"], abort["DaysAfterInitiation"]) <= now
            if old and upload["bucket"] == bucket and _has_prefix(upload["key"], conditions):
                s3._abort_multipart_upload(bucket, upload["key"], {"uploadId": [number]})


def _conditions(chosen: Record) -> Record:
    found = dict(chosen.get("And") or chosen)
    if "Tag" in found:
        found["Tags"] = [found.pop("Tag")]
    return found


def _applies(bucket: str, key: str, record: Record, conditions: Record) -> bool:
    if not _has_prefix(key, conditions):
        return False
    size = record["size"]
    above, below = conditions.get("ObjectSizeGreaterThan"), conditions.get("ObjectSizeLessThan")
    if (above is not None and size <= above) or (below is not None and size >= below):
        return False
    tags: Mapping[str, str] = s3._object_tags.get((bucket, key, record.get("version_id")), {})
    return all(tags.get(each["Key"]) == each["Value"] for each in conditions.get("Tags", []))


def _has_prefix(key: str, conditions: Record) -> bool:
    return key.startswith(conditions.get("Prefix") or "")


def _expires(modified: str, expiration: Record, now: datetime) -> bool:
    if "Date" in expiration:
        return _time(expiration["Date"]) <= now
    return _due(modified, expiration["Days"]) <= now


def _due(since: str, days: int) -> datetime:
    """Return the midnight after an age in days is reached."""
    reached = _time(since) + timedelta(days=days)
    midnight = reached.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if midnight == reached else midnight + timedelta(days=1)


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _superseded(
    bucket: str, rule: Record, conditions: Record, now: datetime
) -> Iterator[tuple[str, str]]:
    """Find versions that another has followed for long enough; the newest of them may be kept."""
    for (name, key), versions in s3._object_versions.items():
        if name != bucket:
            continue
        followed = list(pairwise(versions))
        kept = rule.get("NewerNoncurrentVersions", 0)
        for version, follower in followed[: len(followed) - kept]:
            old = _due(follower["last_modified"], rule["NoncurrentDays"]) <= now
            if old and _applies(bucket, key, version, conditions):
                yield key, version["version_id"]


def _lonely_markers(bucket: str, conditions: Record) -> Iterator[tuple[str, str]]:
    """Find delete markers that are all that is left of a key."""
    for (name, key), versions in s3._object_versions.items():
        alone = len(versions) == 1 and versions[0].get("is_delete_marker")
        if name == bucket and alone and _has_prefix(key, conditions):
            yield key, versions[0]["version_id"]
