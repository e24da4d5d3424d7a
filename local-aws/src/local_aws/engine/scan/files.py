"""The data files under a location, as Athena reads a folder."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping

from local_aws import objects
from local_aws.engine.context import QueryError
from local_aws.objects import StoredObject


def folder_of(location: str) -> tuple[str, str]:
    """Return bucket and prefix of a location, the prefix empty or ending with a slash.

    Raises
    ------
    QueryError
        For a location that is not in S3.
    """
    try:
        bucket, prefix = objects.split_uri(location)
    except ValueError as error:
        raise QueryError(f"HIVE_INVALID_METADATA: {error}") from error
    return bucket, prefix if not prefix or prefix.endswith("/") else f"{prefix}/"


def files_by_location(locations: Iterable[str]) -> Mapping[str, list[StoredObject]]:
    """Return the data files under each location, in the order of their keys.

    Folders below a location are read too; names that begin with ``_`` or ``.`` on the way, and
    empty objects, are not. Each bucket is listed once, however many locations it has.

    Raises
    ------
    QueryError
        For a bucket that does not exist.
    """
    folders = {location: folder_of(location) for location in locations}
    listings = {}
    for bucket in {bucket for bucket, _ in folders.values()}:
        shared = _common_prefix([prefix for name, prefix in folders.values() if name == bucket])
        try:
            found = objects.list_objects(bucket, shared)
        except objects.NoSuchBucketError as error:
            raise QueryError(
                f"HIVE_FILESYSTEM_ERROR: Failed to list directory: s3://{bucket}/{shared}: "
                f"The specified bucket does not exist"
            ) from error
        found.sort(key=lambda each: each.key)
        listings[bucket] = ([each.key for each in found], found)
    return {
        location: _under(*listings[bucket], prefix)
        for location, (bucket, prefix) in folders.items()
    }


def _under(keys: list[str], listed: list[StoredObject], prefix: str) -> list[StoredObject]:
    found = []
    for index in range(bisect_left(keys, prefix), len(keys)):
        if not keys[index].startswith(prefix):
            break
        names = keys[index][len(prefix) :].split("/")
        if listed[index].size and not any(name.startswith(("_", ".")) for name in names):
            found.append(listed[index])
    return found


def _common_prefix(prefixes: list[str]) -> str:
    first, last = min(prefixes), max(prefixes)
    length = next((i for i, c in enumerate(first) if i >= len(last) or last[i] != c), len(first))
    return first[:length]
