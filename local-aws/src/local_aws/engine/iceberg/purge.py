"""The files of an Iceberg table that is dropped."""

from contextlib import suppress

from local_aws import objects


def purge(location: str) -> None:
    """Delete the data and the metadata below a table's location, and nothing beside them."""
    bucket, prefix = objects.split_uri(location)
    for folder in ("data", "metadata"):
        with suppress(objects.NoSuchBucketError):
            for found in objects.list_objects(
                bucket, f"{prefix.rstrip('/')}/{folder}/".lstrip("/")
            ):
                objects.delete(bucket, found.key)
