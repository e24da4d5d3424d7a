"""The table properties that Athena has for Iceberg tables, and how Iceberg calls them.

Source: the Athena user guide, "Create Iceberg tables", table properties.
"""

from collections.abc import Mapping

from local_aws.engine.context import QueryError

FORMAT = "write.format.default"
CODEC = "write.parquet.compression-codec"
TARGET_SIZE = "write.target-file-size-bytes"
# the service's names of properties that others know by another
_RENAMED = {
    "format": FORMAT,
    "write_compression": CODEC,
    "write_target_data_file_size_bytes": TARGET_SIZE,
    "vacuum_max_metadata_files_to_keep": "write.metadata.previous-versions-max",
}
NUMBERS = (
    *("optimize_rewrite_min_data_file_size_bytes", "optimize_rewrite_max_data_file_size_bytes"),
    *("optimize_rewrite_data_file_threshold", "optimize_rewrite_delete_file_threshold"),
    *("vacuum_min_snapshots_to_keep", "vacuum_max_snapshot_age_seconds"),
    *("vacuum_max_metadata_files_to_keep", "write_target_data_file_size_bytes"),
)
CODECS = ("zstd", "gzip", "snappy", "lz4", "none", "uncompressed")


def checked(given: Mapping[str, str]) -> dict[str, str]:
    """Return properties as the table's metadata holds them.

    Raises
    ------
    QueryError
        INVALID_TABLE_PROPERTY for a property or value that the service does not have, and
        NOT_SUPPORTED for a format other than Parquet.
    """
    found = {}
    for name, value in given.items():
        if name in NUMBERS:
            if not value.isdigit():
                raise QueryError(f"INVALID_TABLE_PROPERTY: {name} must be a whole number: {value}")
        elif name == "format":
            if value.lower() in ("orc", "avro"):
                raise QueryError(
                    f"NOT_SUPPORTED: format {value} of Iceberg tables is not supported here"
                )
            if value.lower() != "parquet":
                raise QueryError(f"INVALID_TABLE_PROPERTY: Unsupported file format: {value}")
        elif name == "write_compression":
            if value.lower() not in CODECS:
                raise QueryError(f"INVALID_TABLE_PROPERTY: Unsupported compression: {value}")
        else:
            raise QueryError(f"INVALID_TABLE_PROPERTY: Unsupported table property key: {name}")
        found[_RENAMED.get(name, name)] = value if name in NUMBERS else value.lower()
    return found


def metadata_name(name: str) -> str:
    """Return what a table's metadata calls a property of the service."""
    return _RENAMED.get(name, name)


def athena_names(held: Mapping[str, str]) -> dict[str, str]:
    """Return the properties of a table's metadata by the service's names."""
    names = {theirs: own for own, theirs in _RENAMED.items()}
    return {names.get(key, key): value for key, value in held.items()}
