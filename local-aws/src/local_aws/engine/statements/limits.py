"""What the service refuses in the properties of a CTAS, whatever its query.

Source: the Athena user guide, "CREATE TABLE AS", the table properties.
"""

from collections.abc import Mapping

from local_aws.engine.context import QueryError
from local_aws.engine.statements.properties import Value, text_property

_ICEBERG = (
    *("location", "partitioning", "vacuum_min_snapshots_to_keep"),
    *("vacuum_max_snapshot_age_in_seconds", "vacuum_max_metadata_files_to_keep"),
    *("optimize_rewrite_min_data_file_size_bytes", "optimize_rewrite_max_data_file_size_bytes"),
    *("optimize_rewrite_data_file_threshold", "optimize_rewrite_delete_file_threshold"),
)
_OF_ONE_FORMAT = {"orc_compression": "ORC", "parquet_compression": "PARQUET"}


def check_hive_table(properties: Mapping[str, Value]) -> None:
    """Check the properties that depend on the kind of the table or on each other.

    Raises
    ------
    QueryError
        INVALID_TABLE_PROPERTY for a property of Iceberg's, for a table that is not external, and
        for a codec's property beside another or of another format.
    """
    kind = text_property(properties, "table_type") or "HIVE"
    if kind.upper() != "HIVE":
        raise QueryError(f"INVALID_TABLE_PROPERTY: table_type is HIVE or ICEBERG, not {kind}")
    for name in _ICEBERG:
        if name in properties:
            raise QueryError(
                f"INVALID_TABLE_PROPERTY: table property '{name}' is for table_type ICEBERG alone"
            )
    external = properties.get("is_external", True)
    if external is not True:
        raise QueryError(
            "INVALID_TABLE_PROPERTY: is_external must be true for a table of table_type HIVE"
        )
    file_format = (text_property(properties, "format") or "PARQUET").upper()
    for name, only in _OF_ONE_FORMAT.items():
        if name not in properties:
            continue
        if file_format != only:
            raise QueryError(f"INVALID_TABLE_PROPERTY: {name} is for format {only} alone")
        if "write_compression" in properties:
            raise QueryError(
                f"INVALID_TABLE_PROPERTY: write_compression and {name} cannot both be given"
            )
