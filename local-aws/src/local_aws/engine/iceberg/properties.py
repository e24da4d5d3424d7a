"""The table properties that Athena has for Iceberg tables, and how Iceberg calls them.

Source: the Athena user guide, "Create Iceberg tables", table properties.
"""

from collections.abc import Mapping

from pyiceberg.typedef import EMPTY_DICT

from local_aws.engine.context import QueryError

FORMAT = "write.format.default"
TARGET_SIZE = "write.target-file-size-bytes"
# the service's names of properties that others know by another
_RENAMED = {
    "format": FORMAT,
    "write_target_data_file_size_bytes": TARGET_SIZE,
    "vacuum_max_metadata_files_to_keep": "write.metadata.previous-versions-max",
}
NUMBERS = (
    *("optimize_rewrite_min_data_file_size_bytes", "optimize_rewrite_max_data_file_size_bytes"),
    *("optimize_rewrite_data_file_threshold", "optimize_rewrite_delete_file_threshold"),
    *("vacuum_min_snapshots_to_keep", "vacuum_max_snapshot_age_seconds"),
    *("vacuum_max_metadata_files_to_keep", "write_target_data_file_size_bytes"),
)
# the first one is what Iceberg takes where nothing is said
CODECS = {
    "parquet": ("zstd", "gzip", "snappy", "lz4", "none", "uncompressed"),
    "orc": ("zlib", "zstd", "snappy", "lz4", "none"),
    "avro": ("gzip", "zstd", "none", "uncompressed"),
}


def format_of(held: Mapping[str, str]) -> str:
    """Return the format that a table's data files are written in."""
    found = held.get(FORMAT, "parquet").lower()
    if found not in CODECS:
        raise QueryError(f"INVALID_TABLE_PROPERTY: Unsupported file format: {found}")
    return found


def codec_of(held: Mapping[str, str], file_format: str) -> str:
    """Return the codec that a table's files of a format are written with."""
    return held.get(_codec_name(file_format), CODECS[file_format][0]).lower()


def _codec_name(file_format: str) -> str:
    return f"write.{file_format}.compression-codec"


def checked(given: Mapping[str, str], held: Mapping[str, str] = EMPTY_DICT) -> dict[str, str]:
    """Return properties as the table's metadata holds them.

    Parameters
    ----------
    given
        By the service's names.
    held
        What the metadata holds already.

    Raises
    ------
    QueryError
        INVALID_TABLE_PROPERTY for a property or value that the service does not have, NOT_SUPPORTED
        for a codec that is not here.
    """
    found = {}
    file_format = format_of({FORMAT: given["format"]} if "format" in given else held)
    for name, value in given.items():
        if name in NUMBERS:
            if not value.isdigit():
                raise QueryError(f"INVALID_TABLE_PROPERTY: {name} must be a whole number: {value}")
        elif name == "write_compression":
            if (file_format, value.lower()) == ("avro", "snappy"):
                # pyiceberg packs manifests by the same property, and has no snappy here
                raise QueryError("NOT_SUPPORTED: codec snappy of Avro files is not supported here")
            if value.lower() not in CODECS[file_format]:
                raise QueryError(f"INVALID_TABLE_PROPERTY: Unsupported compression: {value}")
            found[_codec_name(file_format)] = value.lower()
            continue
        elif name != "format":
            raise QueryError(f"INVALID_TABLE_PROPERTY: Unsupported table property key: {name}")
        found[_RENAMED.get(name, name)] = value if name in NUMBERS else value.lower()
    return found


def metadata_name(name: str, held: Mapping[str, str]) -> str:
    """Return what a table's metadata, which holds these properties, calls one of the service."""
    if name == "write_compression":
        return _codec_name(format_of(held))
    return _RENAMED.get(name, name)


def athena_names(held: Mapping[str, str]) -> dict[str, str]:
    """Return the properties of a table's metadata by the service's names."""
    names = {theirs: own for own, theirs in _RENAMED.items()}
    names[_codec_name(format_of(held))] = "write_compression"
    return {names.get(key, key): value for key, value in held.items()}
