"""Files of position deletes.

Source: the Iceberg specification, "Position delete files".
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from pyiceberg import types as iceberg
from pyiceberg.manifest import DataFile, DataFileContent
from pyiceberg.table import Table

from local_aws.engine.context import Context
from local_aws.engine.iceberg.data_files import copy_parquet, data_folder, upload
from local_aws.engine.iceberg.delta import check_version
from local_aws.engine.iceberg.plan import partition_of
from local_aws.engine.scan.sql import literal

FIELDS = (
    iceberg.NestedField(2147483546, "file_path", iceberg.StringType(), required=True),
    iceberg.NestedField(2147483545, "pos", iceberg.LongType(), required=True),
)


def write(
    context: Context, table: Table, source: str, files: Mapping[str, DataFile]
) -> list[DataFile]:
    """Write the places of rows that are gone, one file for each partition.

    Parameters
    ----------
    context
        The query.
    table
        The table.
    source
        DuckDB text of the rows' places: ``file_path`` and ``pos``.
    files
        The data files that rows are deleted of, by their paths.
    """
    check_version(table)
    by_partition: dict[Any, list[str]] = defaultdict(list)
    for path, file in files.items():
        by_partition[partition_of(file)].append(path)
    found = []
    for paths in by_partition.values():
        context.check_cancelled()
        made = context.scratch / f"deletes_{uuid4().hex}.parquet"
        listed = ", ".join(map(literal, paths))
        rows = copy_parquet(
            context,
            table,
            f"SELECT file_path, pos FROM {source} WHERE file_path IN ({listed}) "
            "ORDER BY file_path, pos",
            made,
            FIELDS,
            version="v1",
        )
        of_one = files[paths[0]]
        number = FIELDS[0].field_id
        found.append(
            upload(
                table,
                made,
                f"{data_folder(table)}/{uuid4()}-deletes.parquet",
                content=DataFileContent.POSITION_DELETES,
                partition=of_one.partition,
                record_count=rows,
                spec_id=of_one.spec_id,
                column_sizes={},
                value_counts={number: rows},
                null_value_counts={number: 0},
                nan_value_counts={},
                lower_bounds={number: min(paths).encode()},
                upper_bounds={number: max(paths).encode()},
            )
        )
    return found
