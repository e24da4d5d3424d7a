"""Values that the names of folders tell of the Parquet files in them: DuckDB takes them from there.

A column that a file holds too is read from the folder's name, which costs nothing.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import unquote

from local_aws.engine.scan.partitions import NULL_VALUE
from local_aws.engine.scan.sql import literal
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType

_NATIVE: Final = ("tinyint", "smallint", "integer", "bigint", "varchar", "date")


def names_told(
    path: str, wanted: Mapping[str, str], kinds: Mapping[str, TrinoType]
) -> tuple[str, ...] | None:
    """Return the columns that a path's folders tell, None where one wanted is not told as it is.

    Parameters
    ----------
    path
        Of a file.
    wanted
        Columns, and the text of the value that each has in the file.
    kinds
        The types of these columns.
    """
    if any(kinds[name].name not in _NATIVE or kinds[name].args for name in wanted):
        return None
    pairs = [part.split("=", 1) for part in path.split("/")[:-1] if "=" in part]
    found = [name for name, _ in pairs]
    spelled = [name.lower() for name in found]
    by_name = {name: unquote(value) for name, value in pairs}
    for name, value in wanted.items():
        if (
            name not in by_name
            or spelled.count(name) != 1
            or not _same(by_name[name], value, kinds[name])
        ):
            return None
    return tuple(found)


def read_told(paths: Sequence[str], kinds: Mapping[str, TrinoType]) -> str:
    """Return DuckDB's reader of files whose folders tell some columns, of these types."""
    types = ", ".join(f"{literal(name)}: {to_duckdb(kind)}" for name, kind in kinds.items())
    return (
        f"read_parquet([{', '.join(map(literal, paths))}], hive_partitioning=true, "
        f"hive_types_autocast=false, hive_types={{{types}}})"
    )


def _same(folder: str, value: str, kind: TrinoType) -> bool:
    if NULL_VALUE in (folder, value):
        return False
    if folder == value or kind.name == "varchar":
        return folder == value
    return re.fullmatch(r"\d+", folder + value) is not None and int(folder) == int(value)
