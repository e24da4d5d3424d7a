"""The objects behind the paths that manifests name."""

from collections import defaultdict
from collections.abc import Iterable
from os.path import commonprefix

from local_aws import objects
from local_aws.engine.context import QueryError
from local_aws.objects import StoredObject


def stored(paths: Iterable[str]) -> dict[str, StoredObject]:
    """Return the object of each path; each bucket is listed once.

    Raises
    ------
    QueryError
        ICEBERG_CANNOT_OPEN_SPLIT where one is gone.
    """
    by_bucket: dict[str, dict[str, str]] = defaultdict(dict)
    for path in paths:
        bucket, key = objects.split_uri(path)
        by_bucket[bucket][key] = path
    found: dict[str, StoredObject] = {}
    for bucket, keys in by_bucket.items():
        try:
            shared = commonprefix(list(keys))  # noqa: RUF071 - of keys, which are no paths
            listed = objects.list_objects(bucket, shared)
        except objects.NoSuchBucketError:
            listed = []
        found |= {keys[each.key]: each for each in listed if each.key in keys}
        for key, path in keys.items():
            if path not in found:
                raise QueryError(
                    f"ICEBERG_CANNOT_OPEN_SPLIT: Error opening Iceberg split {path} "
                    f"(offset=0, length=0): File {key} does not exist"
                )
    return found
