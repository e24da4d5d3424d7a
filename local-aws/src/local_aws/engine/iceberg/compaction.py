"""Which files a compaction writes anew.

Source: the Athena user guide, "OPTIMIZE" and the properties ``optimize_rewrite_…``.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pyiceberg.manifest import DataFile

from local_aws.engine.iceberg.plan import Planned, partition_of
from local_aws.engine.iceberg.properties import TARGET_SIZE

_TARGET_BYTES = 512 * 1024**2
_FILES = 5
_DELETES = 2


def candidates(planned: Sequence[Planned], properties: Mapping[str, str]) -> list[Planned]:
    """Return the files that are too small, too large, or have too many delete files.

    Small files are written anew where a partition has enough of them.
    """

    def number(name: str, default: int) -> int:
        return int(properties.get(f"optimize_rewrite_{name}", default))

    target = int(properties.get(TARGET_SIZE, _TARGET_BYTES))
    low = number("min_data_file_size_bytes", target * 3 // 4)
    high = number("max_data_file_size_bytes", target * 9 // 5)
    enough = number("data_file_threshold", _FILES)
    deletes = number("delete_file_threshold", _DELETES)
    by_partition: dict[Any, list[Planned]] = defaultdict(list)
    found = []
    for each in planned:
        if len(each.positions) + len(each.equalities) >= deletes:
            found.append(each)
        elif not low <= each.file.file_size_in_bytes <= high:
            by_partition[partition_of(each.file)].append(each)
    for files in by_partition.values():
        if len(files) >= enough:
            found += files
    return found


def unused_deletes(planned: Sequence[Planned], rewritten: Sequence[Planned]) -> list[DataFile]:
    """Return the delete files that apply to no file but those that are written anew."""
    gone = {each.file.file_path for each in rewritten}
    kept = {
        file.file_path
        for each in planned
        if each.file.file_path not in gone
        for file in (*each.positions, *each.equalities)
    }
    found = {
        file.file_path: file
        for each in rewritten
        for file in (*each.positions, *each.equalities)
        if file.file_path not in kept
    }
    return list(found.values())
